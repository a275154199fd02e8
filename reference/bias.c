/* Bias of a dense layer, forward and backward, scalar. */
#include <assert.h>

#include "reference/reference.h"

void ms_bias_forward_f32_reference(size_t m, size_t n, const float *bias, const float *x, size_t ldx, float *y,
                                   size_t ldy) {
  assert(ldx >= n && ldy >= n);
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; ++j)
      y[i * ldy + j] = x[i * ldx + j] + bias[j];
}

void ms_bias_backward_f32_reference(size_t m, size_t n, const float *dy, size_t lddy, float *dbias) {
  assert(lddy >= n);
  for (size_t j = 0; j < n; ++j)
    dbias[j] = 0.0f;
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; ++j)
      dbias[j] = dbias[j] + dy[i * lddy + j];
}
