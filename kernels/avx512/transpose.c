/* Transposition, AVX-512, by tiles of 16 x 16. */
#include "transpose.h"

#include <assert.h>

#include "avx512.h"

void ms_transpose_f32_avx512(size_t m, size_t n, const float *x, size_t ldx, float *y, size_t ldy) {
  assert(ldx >= n && ldy >= m);
  for (size_t i = 0; i < m; i += LANES)
    for (size_t j = 0; j < n; j += LANES) {
      const size_t rows = min_size(m - i, LANES), cols = min_size(n - j, LANES);
      transpose_tile(rows, cols, x + i * ldx + j, ldx, y + j * ldy + i, ldy, rows);
    }
}
