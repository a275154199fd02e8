/* Model files: safetensors with the tensors dense<l>.weight (n_in, n_out) and dense<l>.bias (n_out), float32. Files of
 * this program carry a SHA-256 over all their bytes, computed with its own 64 digits as zeros, and one of the
 * weights. */
#include "runtime/run/model_file.h"

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
#include "runtime/run/safetensors.h"

enum { LENGTH_BYTES = MS_SAFETENSORS_LENGTH_BYTES, MAX_TENSORS = 2 * (MS_MAX_HIDDEN + 1) };

void ms_weight_name(char name[MS_TENSOR_NAME_SIZE], size_t layer) {
  snprintf(name, MS_TENSOR_NAME_SIZE, "dense%zu.weight", layer + 1);
}

void ms_bias_name(char name[MS_TENSOR_NAME_SIZE], size_t layer) {
  snprintf(name, MS_TENSOR_NAME_SIZE, "dense%zu.bias", layer + 1);
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

/* What is not known is left out. */
static int add_digest(json_t *metadata, const char *key, const char *hex) {
  return hex[0] ? json_object_set_new(metadata, key, json_string(hex)) : 0;
}

/* All that precedes the tensors. */
static void make_head(const struct ms_network *network, struct ms_text *head, size_t *data_bytes) {
  json_t *header = json_object();
  char digest[65], contract[16], name[MS_TENSOR_NAME_SIZE];
  ms_network_sha256(network, digest);
  snprintf(contract, sizeof contract, "%d", MS_CONTRACT_VERSION);
  json_t *metadata = json_pack("{s:s, s:s, s:s, s:s}", "producer", "mnist_simd " MS_VERSION, "numerics_contract",
                               contract, "weights_sha256", digest, "file_sha256", no_digest);
  int failed = add_digest(metadata, data_key, network->data_sha256);
  failed |= add_digest(metadata, test_key, network->test_sha256);
  failed |= json_object_set_new(header, MS_SAFETENSORS_METADATA, metadata);
  *data_bytes = 0;
  for (size_t l = 0; l < network->n_layers; ++l) {
    const struct ms_dense *layer = &network->layers[l];
    const json_int_t n_in = (json_int_t)layer->n_in, n_out = (json_int_t)layer->n_out;
    ms_weight_name(name, l);
    failed |=
        ms_safetensors_add(header, name, json_pack("[I, I]", n_in, n_out), layer->n_in * layer->n_out, data_bytes);
    ms_bias_name(name, l);
    failed |= ms_safetensors_add(header, name, json_pack("[I]", n_out), layer->n_out, data_bytes);
  }
  ms_safetensors_add_header(head, failed ? NULL : header);
  json_decref(header);
}

static void fill_file(const struct ms_network *network, const struct ms_text *head, size_t data_bytes, uint8_t *file) {
  const size_t data_at = head->length;
  memcpy(file, head->data, data_at);
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

/* name: for messages. */
static enum ms_status encode(const struct ms_network *network, const char *name, uint8_t **file, size_t *n_bytes) {
  size_t data_bytes;
  struct ms_text head = {0};
  make_head(network, &head, &data_bytes);
  enum ms_status status = ms_text_status(&head, name);
  if (status == MS_OK) {
    *n_bytes = head.length + data_bytes;
    status = ms_allocate(*n_bytes, 1, name, file);
    if (status == MS_OK)
      fill_file(network, &head, data_bytes, *file);
  }
  ms_text_free(&head);
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

/* Dense layers 1 .. n, as many as the header names: weight and bias of each in turn. */
static enum ms_status find_layers(const char *path, const struct ms_safetensors *s, struct ms_tensor *tensors,
                                  size_t *n_layers) {
  const size_t n_tensors = ms_safetensors_count(s);
  if (n_tensors < 2 || n_tensors % 2 != 0 || n_tensors > MAX_TENSORS)
    return ms_fail(MS_ERROR_DATA, "%s: holds %zu tensors, a model has a weight and a bias for each of 1 to %d layers",
                   path, n_tensors, MS_MAX_HIDDEN + 1);
  *n_layers = n_tensors / 2;
  for (size_t l = 0; l < *n_layers; ++l) {
    struct ms_tensor *weight = &tensors[2 * l], *bias = &tensors[2 * l + 1];
    char name[MS_TENSOR_NAME_SIZE];
    ms_weight_name(name, l);
    MS_TRY(ms_safetensors_find(path, s, name, 2, weight));
    ms_bias_name(name, l);
    MS_TRY(ms_safetensors_find(path, s, name, 1, bias));
    if (bias->shape[0] != weight->shape[1] || (l > 0 && weight->shape[0] != weight[-2].shape[1]))
      return ms_fail(MS_ERROR_DATA, "%s: the shapes of layer %zu do not fit together or not the layer before", path,
                     l + 1);
    if (weight->shape[1] > MS_MAX_UNITS)
      return ms_fail(MS_ERROR_DATA, "%s: layer %zu has %zu units, at most %d are possible", path, l + 1,
                     weight->shape[1], MS_MAX_UNITS);
  }
  return ms_safetensors_check_ranges(path, s, tensors, n_tensors);
}

static enum ms_status build_network(const char *path, const struct ms_safetensors *s, struct ms_network **network) {
  struct ms_tensor tensors[MAX_TENSORS] = {0};
  size_t n_layers = 0, units[MS_MAX_HIDDEN + 2];
  MS_TRY(find_layers(path, s, tensors, &n_layers));
  units[0] = tensors[0].shape[0];
  for (size_t l = 0; l < n_layers; ++l)
    units[l + 1] = tensors[2 * l].shape[1];
  MS_TRY(ms_network_create(n_layers, units, network));
  for (size_t l = 0; l < n_layers; ++l) {
    memcpy((*network)->layers[l].weight, tensors[2 * l].bytes, tensors[2 * l].n_bytes);
    memcpy((*network)->layers[l].bias, tensors[2 * l + 1].bytes, tensors[2 * l + 1].n_bytes);
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
  struct ms_text head = {0};
  size_t data_bytes, n_other = 0;
  make_head(network, &head, &data_bytes);
  if (ms_text_status(&head, path) != MS_OK) {
    ms_text_free(&head);
    return MS_ERROR_MEMORY;
  }
  const uint8_t *ours = (const uint8_t *)head.data;
  const size_t digits = digest_position(ours, head.length);
  *is_ours = header_end == head.length;
  for (size_t i = LENGTH_BYTES; *is_ours && i < header_end; ++i)
    n_other += (i < digits || i >= digits + DIGEST_DIGITS) && file[i] != ours[i];
  *is_ours = *is_ours && n_other <= FEW;
  ms_text_free(&head);
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
  const json_t *metadata = json_object_get(header, MS_SAFETENSORS_METADATA);
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
  struct ms_safetensors s;
  MS_TRY(ms_safetensors_parse(path, file, n_bytes, &s));
  enum ms_status status = build_network(path, &s, network);
  if (status == MS_OK) {
    status = check_digests(path, s.header, file, s.data_at, n_bytes, *network);
    if (status != MS_OK) {
      ms_network_free(*network);
      *network = NULL;
    }
  }
  json_decref(s.header);
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
