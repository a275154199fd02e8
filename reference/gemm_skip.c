/* Matrix product that leaves out the zeros of A, scalar. */
#include <assert.h>
#include <math.h>

#include "reference/reference.h"

/* Adds the terms of one row of a tile to a row of C. Returns the number of non-zeros. */
static size_t add_terms(size_t n, uint64_t mask, const float *values, const float *b, size_t b_row_stride,
                        size_t b_col_stride, float *c) {
  size_t n_values = 0;
  for (size_t p = 0; p < MS_TILE; ++p)
    if (mask >> p & 1) {
      const float a = values[n_values++];
      for (size_t j = 0; j < n; ++j)
        c[j] = fmaf(a, b[p * b_row_stride + j * b_col_stride], c[j]);
    }
  return n_values;
}

void ms_gemm_skip_f32_reference(size_t m, size_t n, size_t k, const struct ms_nonzeros *a, const float *b,
                                size_t b_row_stride, size_t b_col_stride, float *c, size_t ldc, float *workspace) {
  assert(ldc >= n);
  (void)workspace;
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; ++j)
      c[i * ldc + j] = 0.0f;
  for (size_t p = 0; p < k; p += MS_TILE)
    for (size_t i0 = 0; i0 < m; i0 += MS_TILE) {
      const size_t tile = p / MS_TILE * a->row_tiles + i0 / MS_TILE;
      const float *values = a->values + tile * MS_TILE_VALUES;
      for (size_t i = i0; i < m && i < i0 + MS_TILE; ++i)
        values += add_terms(n, a->masks[tile * MS_TILE + i - i0], values, b + p * b_row_stride, b_row_stride,
                            b_col_stride, c + i * ldc);
    }
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; ++j)
      c[i * ldc + j] += 0.0f;
}
