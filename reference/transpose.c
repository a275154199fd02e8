/* Transposition, scalar. */
#include <assert.h>

#include "reference/reference.h"

void ms_transpose_f32_reference(size_t m, size_t n, const float *x, size_t ldx, float *y, size_t ldy) {
  assert(ldx >= n && ldy >= m);
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; ++j)
      y[j * ldy + i] = x[i * ldx + j];
}
