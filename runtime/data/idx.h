/* IDX, the file format of MNIST: two zero bytes, a type byte (8: unsigned byte), the number of dimensions, each
 * dimension as a big-endian 32-bit integer, then the elements, last dimension fastest. Reads unsigned bytes only. */
#ifndef MS_DATA_IDX_H
#define MS_DATA_IDX_H

#include "runtime/mnist_simd.h"

#define MS_IDX_MAX_DIMENSIONS 3

struct ms_idx {
  size_t n_dimensions;
  size_t size[MS_IDX_MAX_DIMENSIONS];
  uint8_t *file;           /* the whole file; free() it */
  const uint8_t *elements; /* inside file */
};

/* Reads a file that must have n_dimensions dimensions, none of them 0. MS_ERROR_DATA, naming the path: missing, a
 * folder, empty, wrong magic or number of dimensions, or a length that disagrees with the header. */
enum ms_status ms_idx_read(const char *path, size_t n_dimensions, struct ms_idx *idx);

/* The same of the header alone, which is held against the file's length; file and elements are then NULL. */
enum ms_status ms_idx_read_header(const char *path, size_t n_dimensions, struct ms_idx *idx);

/* The item of a place in the first dimension, below size[0]: an image (rows, cols) of images, a label of labels. */
enum ms_status ms_idx_read_item(const char *path, const struct ms_idx *idx, size_t index, uint8_t *elements);

#endif
