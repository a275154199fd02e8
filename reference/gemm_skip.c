/* Matrix product that leaves out the zeros of A, scalar. */
#include <assert.h>

#include "reference/fma.h"
#include "reference/reference.h"

/* Adds the terms of one row of a tile, whose first row of B stands at b->data, to a row of C. Returns the number of
 * non-zeros. */
static size_t add_terms(size_t n, uint64_t mask, const float *values, const float *b_rows, const struct ms_tiled *b,
                        float *c, size_t c_tile_stride) {
  size_t n_values = 0;
  for (size_t p = 0; p < MS_TILE; ++p)
    if (mask >> p & 1) {
      const float a = values[n_values++];
      for (size_t j0 = 0; j0 < n; j0 += MS_TILE) {
        const float *b_row = b_rows + p * b->row_stride + j0 / MS_TILE * b->col_tile_stride;
        float *c_row = c + j0 / MS_TILE * c_tile_stride;
        const size_t width = n - j0 < MS_TILE ? n - j0 : MS_TILE;
        for (size_t j = 0; j < width; ++j)
          c_row[j] = ms_fma(a, b_row[j * b->col_stride], c_row[j]);
      }
    }
  return n_values;
}

void ms_gemm_skip_f32_reference(size_t m, size_t n, size_t k, const struct ms_nonzeros *a, const struct ms_tiled *b,
                                float *c, size_t ldc, size_t c_tile_stride, float *workspace) {
  (void)workspace;
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; ++j)
      c[i * ldc + j / MS_TILE * c_tile_stride + j % MS_TILE] = 0.0f;
  for (size_t p = 0; p < k; p += MS_TILE)
    for (size_t i0 = 0; i0 < m; i0 += MS_TILE) {
      const size_t tile = p / MS_TILE * a->row_tiles + i0 / MS_TILE;
      const float *values = a->values + tile * MS_TILE_VALUES;
      for (size_t i = i0; i < m && i < i0 + MS_TILE; ++i)
        values += add_terms(n, a->masks[tile * MS_TILE + i - i0], values, b->data + p / MS_TILE * b->row_tile_stride, b,
                            c + i * ldc, c_tile_stride);
    }
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; ++j)
      c[i * ldc + j / MS_TILE * c_tile_stride + j % MS_TILE] += 0.0f;
}
