/* Model files: safetensors with the tensors dense<l>.weight (n_in, n_out) and dense<l>.bias (n_out), float32.
 * Format: eight bytes with the length of the header (little-endian), a JSON header that names type, shape and position
 * of each tensor, then the tensors without gaps. https://huggingface.co/docs/safetensors Files of this program carry a
 * SHA-256 over all their bytes, computed with its own 64 digits as zeros, and one of the weights. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/kernels.h"
#include "runtime/nn/network.h"
#include "runtime/platform/endian.h"
#include "runtime/platform/error.h"
#include "runtime/platform/files.h"
#include "runtime/platform/memory.h"
#include "runtime/platform/parse.h"
#include "runtime/platform/sha256.h"
#include "runtime/run/json_text.h"

enum { LENGTH_BYTES = 8, NAME_SIZE = 40, MAX_HEADER_BYTES = 1 << 20 };

struct tensor {
  size_t shape[2];
  size_t n_dimensions;
  const uint8_t *bytes;
  size_t n_bytes;
};

static void weight_name(char name[NAME_SIZE], size_t layer) {
  snprintf(name, NAME_SIZE, "dense%zu.weight", layer + 1);
}

static void bias_name(char name[NAME_SIZE], size_t layer) {
  snprintf(name, NAME_SIZE, "dense%zu.bias", layer + 1);
}

/* What a network knows of its run's images, in the metadata; a network of a library user's training has neither. */
static const char data_key[] = "data_sha256", test_key[] = "test_sha256";

/* ---- The file's digest ---- */

static const char no_digest[] = "0000000000000000000000000000000000000000000000000000000000000000";
static const char digest_key[] = "\"file_sha256\":\"";
enum { DIGEST_DIGITS = sizeof no_digest - 1, KEY_BYTES = sizeof digest_key - 1 };

/* Where the digits stand in the header; 0: nowhere. */
static size_t digest_position(const uint8_t *file, size_t header_end) {
  for (size_t i = LENGTH_BYTES; i + KEY_BYTES + DIGEST_DIGITS <= header_end; ++i)
    if (memcmp(file + i, digest_key, KEY_BYTES) == 0)
      return i + KEY_BYTES;
  return 0;
}

/* With the digits at `position` taken for zeros. */
static void file_digest(const uint8_t *file, size_t n_bytes, size_t position, char hex[65]) {
  struct ms_sha256 sha;
  ms_sha256_init(&sha);
  ms_sha256_update(&sha, file, position);
  ms_sha256_update(&sha, no_digest, DIGEST_DIGITS);
  ms_sha256_update(&sha, file + position + DIGEST_DIGITS, n_bytes - position - DIGEST_DIGITS);
  ms_sha256_finish(&sha, hex);
}

/* ---- Writing ---- */

static int add_tensor(json_t *header, const char *name, json_t *shape, size_t n_floats, size_t *offset) {
  const size_t end = *offset + n_floats * sizeof(float);
  json_t *tensor = json_pack("{s:s, s:o, s:[I, I]}", "dtype", "F32", "shape", shape, "data_offsets",
                             (json_int_t)*offset, (json_int_t)end);
  *offset = end;
  return json_object_set_new(header, name, tensor);
}

/* What is not known is left out. */
static int add_digest(json_t *metadata, const char *key, const char *hex) {
  return hex[0] ? json_object_set_new(metadata, key, json_string(hex)) : 0;
}

static void make_header(const struct ms_network *network, struct ms_text *text, size_t *data_bytes) {
  json_t *header = json_object();
  char digest[65], contract[16], name[NAME_SIZE];
  ms_network_sha256(network, digest);
  snprintf(contract, sizeof contract, "%d", MS_CONTRACT_VERSION);
  json_t *metadata = json_pack("{s:s, s:s, s:s, s:s}", "producer", "mnist_simd " MS_VERSION, "numerics_contract",
                               contract, "weights_sha256", digest, "file_sha256", no_digest);
  int failed = add_digest(metadata, data_key, network->data_sha256);
  failed |= add_digest(metadata, test_key, network->test_sha256);
  failed |= json_object_set_new(header, "__metadata__", metadata);
  *data_bytes = 0;
  for (size_t l = 0; l < network->n_layers; ++l) {
    const struct ms_dense *layer = &network->layers[l];
    const json_int_t n_in = (json_int_t)layer->n_in, n_out = (json_int_t)layer->n_out;
    weight_name(name, l);
    failed |= add_tensor(header, name, json_pack("[I, I]", n_in, n_out), layer->n_in * layer->n_out, data_bytes);
    bias_name(name, l);
    failed |= add_tensor(header, name, json_pack("[I]", n_out), layer->n_out, data_bytes);
  }
  ms_text_add_json(text, failed ? NULL : header, JSON_COMPACT);
  json_decref(header);
}

static void fill_file(const struct ms_network *network, const struct ms_text *header, size_t data_at, size_t data_bytes,
                      uint8_t *file) {
  const uint64_t header_bytes = data_at - LENGTH_BYTES;
  memcpy(file, &header_bytes, LENGTH_BYTES);
  ms_little_endian(file, 1, LENGTH_BYTES);
  memset(file + LENGTH_BYTES, ' ', data_at - LENGTH_BYTES);
  memcpy(file + LENGTH_BYTES, header->data, header->length);
  uint8_t *next = file + data_at;
  for (size_t l = 0; l < network->n_layers; ++l) {
    const struct ms_dense *layer = &network->layers[l];
    memcpy(next, layer->weight, layer->n_in * layer->n_out * sizeof(float));
    next += layer->n_in * layer->n_out * sizeof(float);
    memcpy(next, layer->bias, layer->n_out * sizeof(float));
    next += layer->n_out * sizeof(float);
  }
  ms_little_endian(file + data_at, data_bytes / sizeof(float), sizeof(float));
  char hex[65];
  const size_t position = digest_position(file, data_at);
  file_digest(file, data_at + data_bytes, position, hex);
  memcpy(file + position, hex, DIGEST_DIGITS);
}

/* Where the tensors begin: spaces behind the header are allowed, and put them on a cache line's boundary. */
static size_t data_position(const struct ms_text *header) {
  return (LENGTH_BYTES + header->length + MS_ALIGNMENT - 1) / MS_ALIGNMENT * MS_ALIGNMENT;
}

/* name: for messages. */
static enum ms_status encode(const struct ms_network *network, const char *name, uint8_t **file, size_t *n_bytes) {
  size_t data_bytes;
  struct ms_text header = {0};
  make_header(network, &header, &data_bytes);
  enum ms_status status = ms_text_status(&header, name);
  if (status == MS_OK) {
    const size_t data_at = data_position(&header);
    *n_bytes = data_at + data_bytes;
    status = ms_allocate(*n_bytes, 1, name, file);
    if (status == MS_OK)
      fill_file(network, &header, data_at, data_bytes, *file);
  }
  ms_text_free(&header);
  return status;
}

enum ms_status ms_network_to_bytes(const struct ms_network *network, uint8_t **bytes, size_t *n_bytes) {
  MS_REQUIRE(bytes);
  *bytes = NULL;
  MS_REQUIRE(n_bytes);
  *n_bytes = 0;
  MS_REQUIRE(network);
  return encode(network, "network", bytes, n_bytes);
}

enum ms_status ms_network_save(const struct ms_network *network, const char *path) {
  uint8_t *file;
  size_t n_bytes;
  MS_REQUIRE(network);
  MS_REQUIRE(path);
  MS_TRY(encode(network, path, &file, &n_bytes));
  const enum ms_status status = ms_file_write(path, file, n_bytes);
  free(file);
  return status;
}

/* ---- Reading ---- */

static bool read_size(const json_t *value, size_t *size) {
  if (!json_is_integer(value) || json_integer_value(value) < 0)
    return false;
  *size = (size_t)json_integer_value(value);
  return (uintmax_t)json_integer_value(value) <= SIZE_MAX;
}

/* Finds a float32 tensor whose position lies in the file and agrees with its shape. */
static enum ms_status find_tensor(const char *path, const json_t *header, const char *name, size_t n_dimensions,
                                  const uint8_t *data, size_t data_bytes, struct tensor *tensor) {
  const json_t *entry = json_object_get(header, name);
  if (!entry)
    return ms_fail(MS_ERROR_DATA, "%s: holds no tensor %s: not a model of this program", path, name);
  const char *dtype = json_string_value(json_object_get(entry, "dtype"));
  const json_t *shape = json_object_get(entry, "shape"), *offsets = json_object_get(entry, "data_offsets");
  if (!dtype || strcmp(dtype, "F32") != 0)
    return ms_fail(MS_ERROR_DATA, "%s: tensor %s has type %.16s, must be F32", path, name, dtype ? dtype : "none");
  size_t begin, end;
  if (json_array_size(offsets) != 2 || !read_size(json_array_get(offsets, 0), &begin) ||
      !read_size(json_array_get(offsets, 1), &end) || begin > end)
    return ms_fail(MS_ERROR_DATA, "%s: tensor %s: its position is no range of bytes", path, name);
  if (end > data_bytes)
    return ms_fail(MS_ERROR_DATA, "%s: cut off: tensor %s ends at byte %zu behind the header, the file ends at %zu",
                   path, name, end, data_bytes);
  size_t n_floats = 1;
  if (json_array_size(shape) != n_dimensions)
    return ms_fail(MS_ERROR_DATA, "%s: tensor %s must have %zu dimensions", path, name, n_dimensions);
  for (size_t d = 0; d < n_dimensions; ++d) {
    size_t *size = &tensor->shape[d];
    if (!read_size(json_array_get(shape, d), size) || *size < 1 || *size > data_bytes / sizeof(float) / n_floats)
      return ms_fail(MS_ERROR_DATA, "%s: tensor %s: dimension %zu does not fit the file", path, name, d + 1);
    n_floats *= *size;
  }
  if (end - begin != n_floats * sizeof(float))
    return ms_fail(MS_ERROR_DATA, "%s: tensor %s: its position does not fit its shape", path, name);
  tensor->n_dimensions = n_dimensions;
  tensor->bytes = data + begin;
  tensor->n_bytes = end - begin;
  return MS_OK;
}

/* Dense layers 1 .. n, as many as the header names; *n_layers of them to weights and biases. */
static enum ms_status find_layers(const char *path, const json_t *header, const uint8_t *data, size_t data_bytes,
                                  struct tensor *weights, struct tensor *biases, size_t *n_layers) {
  const size_t n_tensors = json_object_size(header) - (json_object_get(header, "__metadata__") != NULL);
  if (n_tensors < 2 || n_tensors % 2 != 0 || n_tensors / 2 > MS_MAX_HIDDEN + 1)
    return ms_fail(MS_ERROR_DATA, "%s: holds %zu tensors, a model has a weight and a bias for each of 1 to %d layers",
                   path, n_tensors, MS_MAX_HIDDEN + 1);
  *n_layers = n_tensors / 2;
  size_t total = 0;
  for (size_t l = 0; l < *n_layers; ++l) {
    char name[NAME_SIZE];
    weight_name(name, l);
    MS_TRY(find_tensor(path, header, name, 2, data, data_bytes, &weights[l]));
    bias_name(name, l);
    MS_TRY(find_tensor(path, header, name, 1, data, data_bytes, &biases[l]));
    if (biases[l].shape[0] != weights[l].shape[1] || (l > 0 && weights[l].shape[0] != weights[l - 1].shape[1]))
      return ms_fail(MS_ERROR_DATA, "%s: the shapes of layer %zu do not fit together or not the layer before", path,
                     l + 1);
    if (weights[l].shape[1] > MS_MAX_UNITS)
      return ms_fail(MS_ERROR_DATA, "%s: layer %zu has %zu units, at most %d are possible", path, l + 1,
                     weights[l].shape[1], MS_MAX_UNITS);
    total += weights[l].n_bytes + biases[l].n_bytes;
  }
  if (total != data_bytes)
    return ms_fail(MS_ERROR_DATA, "%s: the tensors take %zu bytes, the file holds %zu: they overlap or leave gaps",
                   path, total, data_bytes);
  return MS_OK;
}

static enum ms_status check_overlap(const char *path, const struct tensor *weights, const struct tensor *biases,
                                    size_t n_layers) {
  const struct tensor *all[2 * (MS_MAX_HIDDEN + 1)];
  for (size_t l = 0; l < n_layers; ++l) {
    all[2 * l] = &weights[l];
    all[2 * l + 1] = &biases[l];
  }
  for (size_t i = 0; i < 2 * n_layers; ++i)
    for (size_t j = i + 1; j < 2 * n_layers; ++j)
      if (all[i]->bytes < all[j]->bytes + all[j]->n_bytes && all[j]->bytes < all[i]->bytes + all[i]->n_bytes)
        return ms_fail(MS_ERROR_DATA, "%s: two tensors overlap", path);
  return MS_OK;
}

static enum ms_status build_network(const char *path, const json_t *header, const uint8_t *data, size_t data_bytes,
                                    struct ms_network **network) {
  struct tensor weights[MS_MAX_HIDDEN + 1] = {0}, biases[MS_MAX_HIDDEN + 1] = {0};
  size_t n_layers = 0, units[MS_MAX_HIDDEN + 2];
  MS_TRY(find_layers(path, header, data, data_bytes, weights, biases, &n_layers));
  MS_TRY(check_overlap(path, weights, biases, n_layers));
  units[0] = weights[0].shape[0];
  for (size_t l = 0; l < n_layers; ++l)
    units[l + 1] = weights[l].shape[1];
  MS_TRY(ms_network_create(n_layers, units, network));
  for (size_t l = 0; l < n_layers; ++l) {
    memcpy((*network)->layers[l].weight, weights[l].bytes, weights[l].n_bytes);
    memcpy((*network)->layers[l].bias, biases[l].bytes, biases[l].n_bytes);
  }
  ms_little_endian((*network)->memory, (*network)->memory_floats, sizeof(float));
  if (!ms_network_is_finite(*network)) {
    ms_network_free(*network);
    *network = NULL;
    return ms_fail(MS_ERROR_DATA, "%s: a weight is infinite or not a number: the file is damaged", path);
  }
  return MS_OK;
}

/* Whether the header is the one that this program writes for the network, but for a few bytes at most, and for the
 * digits of the file's digest: then the file was damaged, not written again. */
static enum ms_status has_our_header(const char *path, const uint8_t *file, size_t header_end,
                                     const struct ms_network *network, bool *is_ours) {
  enum { FEW = 8 };
  struct ms_text text = {0};
  size_t data_bytes, n_other = 0;
  make_header(network, &text, &data_bytes);
  if (ms_text_status(&text, path) != MS_OK) {
    ms_text_free(&text);
    return MS_ERROR_MEMORY;
  }
  const size_t digits = (size_t)(strstr(text.data, digest_key) - text.data) + KEY_BYTES;
  for (size_t i = 0; i < header_end - LENGTH_BYTES; ++i)
    n_other += (i < digits || i >= digits + DIGEST_DIGITS) &&
               file[LENGTH_BYTES + i] != (i < text.length ? (uint8_t)text.data[i] : ' ');
  *is_ours = header_end == data_position(&text) && n_other <= FEW;
  ms_text_free(&text);
  return MS_OK;
}

/* False if it is there and is no digest. */
static bool read_digest(const json_t *metadata, const char *key, char hex[65]) {
  const json_t *value = json_object_get(metadata, key);
  const char *text = json_string_value(value);
  if (text && ms_is_hex(text, 64))
    memcpy(hex, text, 65);
  return !value || hex[0];
}

/* A file of this program, known by any of its metadata, carries two digests: of all its bytes, and of the weights
 * alone. Another program that writes the tensors again, under a header of its own, keeps the metadata: then only the
 * second is right, and it suffices: a weight that was changed, by damage or on purpose, agrees with neither. Shapes are
 * in the first alone, but they have to fit each other and the tensors' lengths (find_layers), which no accident keeps
 * when it changes them. Files of others may carry none. */
static enum ms_status check_digests(const char *path, const json_t *header, const uint8_t *file, size_t header_end,
                                    size_t n_bytes, struct ms_network *network) {
  static const char *const keys[] = {"producer", "numerics_contract", "weights_sha256", "file_sha256"};
  const json_t *metadata = json_object_get(header, "__metadata__");
  bool ours = false;
  for (size_t i = 0; i < sizeof keys / sizeof keys[0]; ++i)
    ours = ours || json_object_get(metadata, keys[i]) != NULL;
  if (!ours)
    return MS_OK;
  if (!read_digest(metadata, data_key, network->data_sha256) || !read_digest(metadata, test_key, network->test_sha256))
    return ms_fail(MS_ERROR_DATA, "%s: the SHA-256 of its images is none: the file is damaged", path);
  const size_t position = digest_position(file, header_end);
  char hex[65] = "";
  if (position > 0)
    file_digest(file, n_bytes, position, hex);
  if (position > 0 && memcmp(file + position, hex, DIGEST_DIGITS) == 0)
    return MS_OK;
  const char *weights = json_string_value(json_object_get(metadata, "weights_sha256"));
  bool is_ours;
  MS_TRY(has_our_header(path, file, header_end, network, &is_ours));
  ms_network_sha256(network, hex);
  if (is_ours)
    return ms_fail(MS_ERROR_DATA, "%s: its SHA-256 is not that of its bytes: the file is damaged", path);
  if (!weights)
    return ms_fail(MS_ERROR_DATA, "%s: the SHA-256 of its weights is missing: the file is damaged", path);
  if (strcmp(weights, hex) != 0)
    return ms_fail(MS_ERROR_DATA,
                   "%s: its SHA-256 is not that of its weights: the file is damaged, or another program changed the "
                   "weights and kept the metadata",
                   path);
  network->is_rewritten = true;
  return MS_OK;
}

static enum ms_status parse(const char *path, const uint8_t *file, size_t n_bytes, struct ms_network **network) {
  uint64_t header_bytes = 0;
  if (n_bytes >= LENGTH_BYTES)
    memcpy(&header_bytes, file, LENGTH_BYTES);
  ms_little_endian(&header_bytes, 1, LENGTH_BYTES);
  if (n_bytes > LENGTH_BYTES && header_bytes <= n_bytes - LENGTH_BYTES && header_bytes > MAX_HEADER_BYTES)
    return ms_fail(MS_ERROR_DATA,
                   "%s: its header has %ju bytes, this reader accepts at most %d: not a model of dense layers", path,
                   (uintmax_t)header_bytes, MAX_HEADER_BYTES);
  if (n_bytes <= LENGTH_BYTES || header_bytes > n_bytes - LENGTH_BYTES)
    return ms_fail(MS_ERROR_DATA, "%s: not a safetensors file, or cut off: its header does not fit its %zu bytes", path,
                   n_bytes);
  json_error_t error;
  json_t *header;
  enum ms_status status = ms_json_parse(path, (const char *)file + LENGTH_BYTES, (size_t)header_bytes, &header, &error);
  if (status == MS_ERROR_MEMORY)
    return status;
  if (!json_is_object(header)) {
    json_decref(header);
    return ms_fail(MS_ERROR_DATA, "%s: not a safetensors file: its header is not JSON (%s)", path,
                   header ? "not an object" : error.text);
  }
  const size_t data_at = LENGTH_BYTES + (size_t)header_bytes;
  status = build_network(path, header, file + data_at, n_bytes - data_at, network);
  if (status == MS_OK) {
    status = check_digests(path, header, file, data_at, n_bytes, *network);
    if (status != MS_OK) {
      ms_network_free(*network);
      *network = NULL;
    }
  }
  json_decref(header);
  return status;
}

enum ms_status ms_network_load(const char *path, struct ms_network **network) {
  MS_REQUIRE(network);
  *network = NULL;
  MS_REQUIRE(path);
  uint8_t *file;
  size_t n_bytes;
  MS_TRY(ms_file_read(path, SIZE_MAX / 2, &file, &n_bytes));
  const enum ms_status status = parse(path, file, n_bytes, network);
  free(file);
  return status;
}

enum ms_status ms_network_from_bytes(const void *bytes, size_t n_bytes, struct ms_network **network) {
  MS_REQUIRE(network);
  *network = NULL;
  MS_REQUIRE(bytes);
  return parse("network", bytes, n_bytes, network);
}
