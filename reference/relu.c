/* ReLU forward and backward, scalar. */
#include <assert.h>

#include "reference/reference.h"

void ms_relu_forward_f32_reference(size_t m, size_t n, const float *x, size_t ldx, float *y, size_t ldy) {
  assert(ldx >= n && ldy >= n);
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; ++j) {
      const float x_ij = x[i * ldx + j];
      y[i * ldy + j] = x_ij > 0.0f ? x_ij : 0.0f;
    }
}

void ms_relu_backward_f32_reference(size_t m, size_t n, const float *y, size_t ldy, float scale, const float *dy,
                                    size_t lddy, float *dx, size_t lddx) {
  assert(ldy >= n && lddy >= n && lddx >= n);
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; ++j)
      dx[i * lddx + j] = y[i * ldy + j] > 0.0f ? scale * dy[i * lddy + j] : 0.0f;
}
