/* The format safetensors: eight bytes with the length of the header (little-endian), a JSON header, then the tensors
 * without gaps. https://huggingface.co/docs/safetensors */
#include "runtime/run/safetensors.h"

#include <stdio.h>
#include <string.h>

#include "runtime/platform/endian.h"
#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"
#include "runtime/run/json_text.h"

enum { LENGTH_BYTES = MS_SAFETENSORS_LENGTH_BYTES, MAX_HEADER_BYTES = 1 << 20 };

/* ---- Writing ---- */

int ms_safetensors_add(json_t *header, const char *name, json_t *shape, size_t n_floats, size_t *offset) {
  const size_t end = *offset + n_floats * sizeof(float);
  json_t *tensor = json_pack("{s:s, s:o, s:[I, I]}", "dtype", "F32", "shape", shape, "data_offsets",
                             (json_int_t)*offset, (json_int_t)end);
  *offset = end;
  return json_object_set_new(header, name, tensor);
}

/* Spaces behind the header are allowed, and put the tensors on a cache line's boundary. */
void ms_safetensors_add_header(struct ms_text *text, const json_t *header) {
  static const char spaces[MS_ALIGNMENT] = "                                                               ";
  uint64_t header_bytes = 0;
  ms_text_add_bytes(text, (const char *)&header_bytes, LENGTH_BYTES);
  ms_text_add_json(text, header, JSON_COMPACT);
  const size_t n_spaces = (MS_ALIGNMENT - text->length % MS_ALIGNMENT) % MS_ALIGNMENT;
  ms_text_add_bytes(text, spaces, n_spaces);
  if (text->failed)
    return;
  header_bytes = text->length - LENGTH_BYTES;
  ms_little_endian(&header_bytes, 1, LENGTH_BYTES);
  memcpy(text->data, &header_bytes, LENGTH_BYTES);
}

/* ---- Reading ---- */

enum ms_status ms_safetensors_parse(const char *path, const uint8_t *file, size_t n_bytes, struct ms_safetensors *s) {
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
  if (ms_json_parse(path, (const char *)file + LENGTH_BYTES, (size_t)header_bytes, &header, &error) == MS_ERROR_MEMORY)
    return MS_ERROR_MEMORY;
  if (!json_is_object(header)) {
    json_decref(header);
    return ms_fail(MS_ERROR_DATA, "%s: not a safetensors file: its header is not JSON (%s)", path,
                   header ? "not an object" : error.text);
  }
  const size_t data_at = LENGTH_BYTES + (size_t)header_bytes;
  *s = (struct ms_safetensors){header, file + data_at, data_at, n_bytes - data_at};
  return MS_OK;
}

size_t ms_safetensors_count(const struct ms_safetensors *s) {
  return json_object_size(s->header) - (json_object_get(s->header, MS_SAFETENSORS_METADATA) != NULL);
}

static bool read_size(const json_t *value, size_t *size) {
  if (!json_is_integer(value) || json_integer_value(value) < 0)
    return false;
  *size = (size_t)json_integer_value(value);
  return (uintmax_t)json_integer_value(value) <= SIZE_MAX;
}

enum ms_status ms_safetensors_find(const char *path, const struct ms_safetensors *s, const char *name,
                                   size_t n_dimensions, struct ms_tensor *tensor) {
  const json_t *entry = json_object_get(s->header, name);
  if (!entry)
    return ms_fail(MS_ERROR_DATA,
                   "%s: holds no tensor %s: not a model of this program: import it first, if it is another's", path,
                   name);
  const char *dtype = json_string_value(json_object_get(entry, "dtype"));
  const json_t *shape = json_object_get(entry, "shape"), *offsets = json_object_get(entry, "data_offsets");
  if (!dtype || strcmp(dtype, "F32") != 0)
    return ms_fail(MS_ERROR_DATA, "%s: tensor %s has type %.16s, must be F32", path, name, dtype ? dtype : "none");
  size_t begin, end;
  if (json_array_size(offsets) != 2 || !read_size(json_array_get(offsets, 0), &begin) ||
      !read_size(json_array_get(offsets, 1), &end) || begin > end)
    return ms_fail(MS_ERROR_DATA, "%s: tensor %s: its position is no range of bytes", path, name);
  if (end > s->data_bytes)
    return ms_fail(MS_ERROR_DATA, "%s: cut off: tensor %s ends at byte %zu behind the header, the file ends at %zu",
                   path, name, end, s->data_bytes);
  size_t n_floats = 1;
  if (json_array_size(shape) != n_dimensions)
    return ms_fail(MS_ERROR_DATA, "%s: tensor %s must have %zu dimensions", path, name, n_dimensions);
  for (size_t d = 0; d < n_dimensions; ++d) {
    size_t *size = &tensor->shape[d];
    if (!read_size(json_array_get(shape, d), size) || *size < 1 || *size > s->data_bytes / sizeof(float) / n_floats)
      return ms_fail(MS_ERROR_DATA, "%s: tensor %s: dimension %zu does not fit the file", path, name, d + 1);
    n_floats *= *size;
  }
  if (end - begin != n_floats * sizeof(float))
    return ms_fail(MS_ERROR_DATA, "%s: tensor %s: its position does not fit its shape", path, name);
  tensor->bytes = s->data + begin;
  tensor->n_bytes = end - begin;
  return MS_OK;
}

enum ms_status ms_safetensors_check_ranges(const char *path, const struct ms_safetensors *s,
                                           const struct ms_tensor *tensors, size_t n) {
  size_t total = 0; /* of n byte ranges within a file: no overflow */
  for (size_t i = 0; i < n; ++i)
    total += tensors[i].n_bytes;
  if (total != s->data_bytes)
    return ms_fail(MS_ERROR_DATA, "%s: the tensors take %zu bytes, the file holds %zu: they overlap or leave gaps",
                   path, total, s->data_bytes);
  for (size_t i = 0; i < n; ++i)
    for (size_t j = i + 1; j < n; ++j)
      if (tensors[i].bytes < tensors[j].bytes + tensors[j].n_bytes &&
          tensors[j].bytes < tensors[i].bytes + tensors[i].n_bytes)
        return ms_fail(MS_ERROR_DATA, "%s: two tensors overlap", path);
  return MS_OK;
}
