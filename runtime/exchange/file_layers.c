/* The tensors of a file as dense layers. */
#include "runtime/exchange/file_layers.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/data/npz.h"
#include "runtime/data/unfold.h"
#include "runtime/platform/error.h"
#include "runtime/platform/files.h"
#include "runtime/run/safetensors.h"

enum { MAX_TENSORS = 2 * MS_FILE_MAX_LAYERS, MAX_DIGITS = 9 };

/* ---- Names ---- */

enum role { WEIGHT, KERNEL, BIAS, NO_ROLE };

/* "net.0.weight", "dense_1/kernel:0": what precedes the last '.' or '/' to prefix, and what the rest means. */
static enum role split_name(const char *name, char prefix[MS_FILE_NAME_SIZE]) {
  static const char *const roles[NO_ROLE] = {"weight", "kernel", "bias"};
  const char *word = name;
  if (strlen(name) >= MS_FILE_NAME_SIZE)
    return NO_ROLE;
  for (const char *c = name; *c; ++c)
    if (*c == '.' || *c == '/')
      word = c + 1;
  const size_t before = (size_t)(word - name);
  memcpy(prefix, name, before);
  prefix[before > 0 ? before - 1 : 0] = '\0';
  const size_t length = strcspn(word, ":"); /* TensorFlow's number of an output */
  for (int role = 0; role < NO_ROLE; ++role)
    if (strlen(roles[role]) == length && memcmp(word, roles[role], length) == 0 &&
        (!word[length] || strcmp(word + length, ":0") == 0))
      return (enum role)role;
  return NO_ROLE;
}

/* Where the last number in a text begins, its digits to *n_digits; without one, 0 of them at its end. */
static const char *last_number(const char *text, size_t *n_digits) {
  const char *end = text + strlen(text);
  while (end > text && !(end[-1] >= '0' && end[-1] <= '9'))
    --end;
  const char *begin = end;
  while (begin > text && begin[-1] >= '0' && begin[-1] <= '9')
    --begin;
  *n_digits = (size_t)(end - begin);
  return begin;
}

/* Bytes of the folders that all prefixes share, "model." or "sequential_1/": numbers in them order nothing. */
static size_t common_bytes(const struct ms_file_layers *layers) {
  const char *first = layers->layers[0].prefix;
  size_t common = 0;
  for (size_t i = 0; first[i]; ++i) {
    for (size_t l = 1; l < layers->n; ++l)
      if (layers->layers[l].prefix[i] != first[i])
        return common;
    if (first[i] == '.' || first[i] == '/')
      common = i + 1;
  }
  return common;
}

/* Keras calls its layers dense, dense_1, dense_2: the first may do without a number. */
static bool precedes(const char *first, const char *other) {
  const size_t length = strlen(first);
  return strncmp(first, other, length) == 0 && other[length] == '_';
}

static int by_rank(const void *a, const void *b) {
  const struct ms_file_layer *x = a, *y = b;
  return x->rank < y->rank ? -1 : x->rank > y->rank;
}

static enum ms_status sort(const char *path, struct ms_file_layers *layers) {
  struct ms_file_layer *all = layers->layers;
  const size_t common = layers->n > 1 ? common_bytes(layers) : 0;
  for (size_t l = 0; l < layers->n; ++l) {
    size_t n_digits;
    const char *number = last_number(all[l].prefix + common, &n_digits);
    if (n_digits > MAX_DIGITS)
      return ms_fail(MS_ERROR_DATA, "%s: the number in %s is too large to order layers", path, all[l].prefix);
    all[l].rank = n_digits > 0 ? 1 + strtoull(number, NULL, 10) : 0;
  }
  qsort(all, layers->n, sizeof *all, by_rank);
  for (size_t l = 1; l < layers->n; ++l) {
    if (all[0].rank == 0 && !precedes(all[0].prefix, all[l].prefix))
      return ms_fail(MS_ERROR_DATA, "%s: %s has no number: numbers in the names say which layer follows which", path,
                     all[0].prefix);
    if (all[l].rank == all[l - 1].rank)
      return ms_fail(MS_ERROR_DATA, "%s: %s and %s have the same number: numbers say which layer follows which", path,
                     all[l - 1].prefix, all[l].prefix);
  }
  return MS_OK;
}

/* ---- Tensors ---- */

/* That of the prefix, a new one if need be; NULL: there is no room. */
static struct ms_file_layer *find_layer(struct ms_file_layers *layers, const char *prefix) {
  for (size_t l = 0; l < layers->n; ++l)
    if (strcmp(layers->layers[l].prefix, prefix) == 0)
      return &layers->layers[l];
  if (layers->n == MS_FILE_MAX_LAYERS)
    return NULL;
  strcpy(layers->layers[layers->n].prefix, prefix);
  return &layers->layers[layers->n++];
}

static enum ms_status no_role(const char *path, const char *name) {
  return ms_fail(MS_ERROR_DATA, "%s: %.64s is no weight, kernel or bias: only dense layers with ReLU are read", path,
                 name);
}

static enum ms_status add(const char *path, struct ms_file_layers *layers, const char *name,
                          const struct ms_array *array) {
  char prefix[MS_FILE_NAME_SIZE], text[MS_ARRAY_TEXT_SIZE];
  const enum role role = split_name(name, prefix);
  const size_t n_dimensions = role == BIAS ? 1 : 2;
  if (role == NO_ROLE)
    return no_role(path, name);
  if (array->type != MS_F32)
    return ms_fail(MS_ERROR_DATA, "%s: %s is %s, must be float32: save ARRAY.astype('float32')", path, name,
                   ms_array_text(array, text));
  if (array->n_dimensions != n_dimensions)
    return ms_fail(MS_ERROR_DATA, "%s: %s is %s, must have %zu dimension%s: only dense layers with ReLU are read", path,
                   name, ms_array_text(array, text), n_dimensions, n_dimensions == 1 ? "" : "s");
  struct ms_file_layer *layer = find_layer(layers, prefix);
  if (!layer)
    return ms_fail(MS_ERROR_DATA, "%s: has more than %d layers", path, MS_FILE_MAX_LAYERS);
  struct ms_array *place = role == BIAS ? &layer->bias : &layer->weight;
  if (place->elements)
    return ms_fail(MS_ERROR_DATA, "%s: %s is the second %s of its layer", path, name, role == BIAS ? "bias" : "weight");
  *place = *array;
  layer->is_kernel |= role == KERNEL;
  return MS_OK;
}

static enum ms_status read_npz(const char *path, const uint8_t *file, size_t n_bytes, struct ms_file_layers *layers) {
  const uint64_t limit = (uint64_t)n_bytes * MS_MAX_UNFOLDING; /* more come of bytes that several arrays share */
  uint64_t total = 0, array_bytes;
  for (size_t i = 0;; ++i) {
    char name[MS_FILE_NAME_SIZE];
    struct ms_array array;
    void *memory;
    MS_TRY(ms_npz_read_at(path, file, n_bytes, i, name, sizeof name, &array, &memory));
    if (!memory)
      return MS_OK;
    layers->memory[layers->n_memory++] = memory;
    MS_TRY(ms_array_bytes(path, &array, &array_bytes));
    total += array_bytes;
    if (total > limit)
      return ms_fail(MS_ERROR_DATA, "%s: its arrays overlap: get it again", path);
    MS_TRY(add(path, layers, name, &array)); /* refuses one too many before memory is full */
  }
}

static enum ms_status add_tensors(const char *path, const struct ms_safetensors *s, struct ms_file_layers *layers) {
  struct ms_tensor tensors[MAX_TENSORS];
  size_t n = 0;
  const char *name;
  json_t *entry;
  if (ms_safetensors_count(s) > MAX_TENSORS)
    return ms_fail(MS_ERROR_DATA, "%s: has more than %d tensors", path, MAX_TENSORS);
  json_object_foreach(s->header, name, entry) {
    char prefix[MS_FILE_NAME_SIZE];
    if (strcmp(name, MS_SAFETENSORS_METADATA) == 0)
      continue;
    const enum role role = split_name(name, prefix);
    if (role == NO_ROLE)
      return no_role(path, name);
    struct ms_array array = {.type = MS_F32, .is_little_endian = true, .n_dimensions = role == BIAS ? 1 : 2};
    MS_TRY(ms_safetensors_find(path, s, name, array.n_dimensions, &tensors[n]));
    memcpy(array.size, tensors[n].shape, sizeof tensors[n].shape);
    array.elements = tensors[n++].bytes;
    MS_TRY(add(path, layers, name, &array));
  }
  return ms_safetensors_check_ranges(path, s, tensors, n);
}

static enum ms_status read_safetensors(const char *path, const uint8_t *file, size_t n_bytes,
                                       struct ms_file_layers *layers) {
  struct ms_safetensors s;
  MS_TRY(ms_safetensors_parse(path, file, n_bytes, &s));
  const enum ms_status status = add_tensors(path, &s, layers);
  json_decref(s.header);
  return status;
}

static enum ms_status check_pairs(const char *path, const struct ms_file_layers *layers) {
  if (layers->n == 0)
    return ms_fail(MS_ERROR_DATA, "%s: holds no tensors", path);
  for (size_t l = 0; l < layers->n; ++l) {
    const struct ms_file_layer *layer = &layers->layers[l];
    if (!layer->weight.elements || !layer->bias.elements)
      return ms_fail(MS_ERROR_DATA, "%s: layer '%s' has no %s", path, layer->prefix,
                     layer->bias.elements ? "weight" : "bias");
  }
  return MS_OK;
}

enum ms_status ms_file_layers_read(const char *path, struct ms_file_layers *layers) {
  uint8_t *file;
  size_t n_bytes;
  memset(layers, 0, sizeof *layers);
  MS_TRY(ms_file_read(path, SIZE_MAX / 2, &file, &n_bytes));
  layers->memory[layers->n_memory++] = file;
  /* As the length of a header, these would be beyond any. */
  const bool is_zip = n_bytes >= 4 && (memcmp(file, "PK\3\4", 4) == 0 || memcmp(file, "PK\5\6", 4) == 0);
  enum ms_status status =
      is_zip ? read_npz(path, file, n_bytes, layers) : read_safetensors(path, file, n_bytes, layers);
  if (status == MS_OK)
    status = check_pairs(path, layers);
  if (status == MS_OK)
    status = sort(path, layers);
  if (status != MS_OK)
    ms_file_layers_free(layers);
  return status;
}

void ms_file_layers_free(struct ms_file_layers *layers) {
  for (size_t i = 0; i < layers->n_memory; ++i)
    free(layers->memory[i]);
  layers->n_memory = 0;
}
