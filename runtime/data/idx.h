/* IDX, the file format of MNIST: two zero bytes, a type byte, the number of dimensions, each dimension as a big-endian
 * 32-bit integer, then the elements, big-endian, last dimension fastest. */
#ifndef MS_DATA_IDX_H
#define MS_DATA_IDX_H

#include "runtime/data/array.h"

/* The array in a whole file, whose memory its elements are in. MS_ERROR_DATA, naming path: it does not begin as IDX
 * files do, has an unknown type, a dimension of 0 or over MS_ARRAY_MAX_DIMENSIONS of them, or its length disagrees with
 * its header. */
enum ms_status ms_idx_parse(const char *path, const uint8_t *file, size_t n_bytes, struct ms_array *array);

/* The same of the header alone, which is held against the file's length; elements is then NULL. Of a gzip file:
 * *is_gzip, and nothing else. */
enum ms_status ms_idx_read_header(const char *path, struct ms_array *array, bool *is_gzip);

/* The bytes of the item at a place in the first dimension, below size[0]: an image (rows, cols) of images, a label of
 * labels. */
enum ms_status ms_idx_read_item(const char *path, const struct ms_array *array, size_t index, uint8_t *elements);

#endif
