/* The non-zeros of a tile, scalar. */
#include <assert.h>

#include "reference/reference.h"

static size_t compress(size_t m, size_t n, const float *x, size_t row_stride, size_t col_stride, uint64_t *masks,
                       float *values) {
  assert(m <= MS_TILE && n <= MS_TILE);
  size_t n_values = 0;
  for (size_t i = 0; i < MS_TILE; ++i) {
    masks[i] = 0;
    for (size_t j = 0; i < m && j < n; ++j) {
      const float v = x[i * row_stride + j * col_stride];
      if (v != 0.0f) {
        masks[i] |= UINT64_C(1) << j;
        values[n_values++] = v;
      }
    }
  }
  return n_values;
}

size_t ms_compress_f32_reference(size_t m, size_t n, const float *x, size_t ldx, uint64_t *masks, float *values) {
  return compress(m, n, x, ldx, 1, masks, values);
}

size_t ms_compress_transposed_f32_reference(size_t m, size_t n, const float *x, size_t ldx, uint64_t *masks,
                                            float *values) {
  return compress(n, m, x, 1, ldx, masks, values);
}
