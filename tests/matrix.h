/* Matrices in guarded buffers, in pairs: one for the reference, one for the kernel under test. */
#ifndef MS_TESTS_MATRIX_H
#define MS_TESTS_MATRIX_H

#include <stddef.h>
#include <stdint.h>

/* What a matrix is filled with. All values are finite, and products and sums of a few thousand of them too. */
enum values {
  ORDINARY, /* uniform in -1 .. 1 */
  EXTREME   /* that, mixed with +0, -0, subnormals, the smallest normals, 1e15 and 1e-15 */
};

struct matrix {
  size_t rows, cols, ld;
  size_t n_bytes; /* from the first element to the last, the gaps between rows included */
  float *data;    /* in a test_buffer() */
};

/* rows x cols with a random leading dimension of cols to cols + 9 and a random distance (in floats) to the guard
 * page. */
struct matrix matrix_new(size_t rows, size_t cols, enum values values);

/* The same shape, leading dimension and content (gaps included) in another buffer. */
struct matrix matrix_copy(const struct matrix *from);

/* Fails the case unless both hold the same bits, gaps included, and nothing outside them was written. */
void matrix_check_same(const struct matrix *expected, const struct matrix *found, const char *name);

float random_value(enum values values);

#endif
