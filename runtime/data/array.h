/* Arrays of numbers as files hold them, and what they say: images and labels. */
#ifndef MS_DATA_ARRAY_H
#define MS_DATA_ARRAY_H

#include "runtime/mnist_simd.h"

#define MS_ARRAY_MAX_DIMENSIONS 4

enum ms_element { MS_U8, MS_I8, MS_U16, MS_I16, MS_U32, MS_I32, MS_U64, MS_I64, MS_F32, MS_F64, MS_N_ELEMENTS };

struct ms_array {
  enum ms_element type;
  bool is_little_endian;
  size_t n_dimensions, size[MS_ARRAY_MAX_DIMENSIONS]; /* none of them 0; the last varies fastest */
  const uint8_t *elements;                            /* not aligned; NULL where a header alone was read */
};

size_t ms_element_bytes(enum ms_element type);

/* "int32 (60000, 8)" */
#define MS_ARRAY_TEXT_SIZE 128
const char *ms_array_text(const struct ms_array *array, char text[MS_ARRAY_TEXT_SIZE]);

/* The bytes of all elements, *n_bytes. MS_ERROR_DATA: a dimension is 0, or they are more than memory can hold. */
enum ms_status ms_array_bytes(const char *path, const struct ms_array *array, uint64_t *n_bytes);

/* Images (n, rows, cols), (n, pixels), (n, 1, rows, cols) or (n, rows, cols, 1): part's n, rows, cols, and images or
 * floats. Whole numbers from 0 to 255 become bytes; so do fractions p / 255 in floats. Other floats from 0 to 1 stay
 * floats. *owned: memory that holds them, or NULL where they are array's elements as they lie in it. is_transposed:
 * rows and columns are exchanged. note (MS_ARRAY_TEXT_SIZE): what was made of them, "" for bytes.
 * MS_ERROR_DATA, naming path, type and dimensions: other dimensions, colours, a value out of range or not finite. */
enum ms_status ms_array_images(const char *path, const struct ms_array *array, bool is_transposed,
                               struct ms_dataset *part, void **owned, char *note);

/* Labels (n), (n, 1), or the first of QMNIST's eight numbers, (n, 8) of int32, as bytes: *n of them. The rest as with
 * images. */
enum ms_status ms_array_labels(const char *path, const struct ms_array *array, size_t *n, const uint8_t **labels,
                               void **owned);

#endif
