/* The format safetensors: a JSON header that names type, shape and byte range of each tensor, then the tensors without
 * gaps. Float32 tensors of one and two dimensions; what they mean is not known here (model_file.c). */
#ifndef MS_RUN_SAFETENSORS_H
#define MS_RUN_SAFETENSORS_H

#include <jansson.h>

#include "runtime/platform/text.h"

/* Bytes before the header: its length. */
#define MS_SAFETENSORS_LENGTH_BYTES 8

struct ms_safetensors {
  json_t *header;      /* an object: free it by json_decref */
  const uint8_t *data; /* the tensors, within the file's bytes, from data_at on */
  size_t data_at, data_bytes;
};

struct ms_tensor {
  size_t shape[2];
  const uint8_t *bytes; /* float32, little-endian, not aligned */
  size_t n_bytes;
};

/* MS_ERROR_DATA, naming path: no such file, or cut off. *s then needs no freeing. */
enum ms_status ms_safetensors_parse(const char *path, const uint8_t *file, size_t n_bytes, struct ms_safetensors *s);

/* The header's entry that is no tensor. */
#define MS_SAFETENSORS_METADATA "__metadata__"
size_t ms_safetensors_count(const struct ms_safetensors *s);

/* A tensor of 1 or 2 dimensions. MS_ERROR_DATA: there is none of this name, its type is not F32, it has other
 * dimensions, or its byte range leaves the file or disagrees with its shape. */
enum ms_status ms_safetensors_find(const char *path, const struct ms_safetensors *s, const char *name,
                                   size_t n_dimensions, struct ms_tensor *tensor);

/* MS_ERROR_DATA unless the n tensors take all bytes behind the header, each byte once. */
enum ms_status ms_safetensors_check_ranges(const char *path, const struct ms_safetensors *s,
                                           const struct ms_tensor *tensors, size_t n);

/* Adds a tensor to a header, at *offset behind it, which moves to the tensor's end; takes shape. Not 0: it failed. */
int ms_safetensors_add(json_t *header, const char *name, json_t *shape, size_t n_floats, size_t *offset);

/* Adds all that precedes the tensors to text; NULL makes ms_text_status fail. */
void ms_safetensors_add_header(struct ms_text *text, const json_t *header);

#endif
