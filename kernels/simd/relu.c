/* ReLU forward and backward. */
#include <assert.h>

#include "simd.h"

void ISA(ms_relu_forward_f32)(size_t m, size_t n, const float *x, size_t ldx, float *y, size_t ldy) {
  assert(ldx >= n && ldy >= n);
  const vec zero = v_set1(0.0f);
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; j += LANES) {
      const size_t width = min_size(n - j, LANES);
      const vec v = v_load_first(x + i * ldx + j, width);
      v_store_first(y + i * ldy + j, width, v_zero_unless(v_greater(v, zero), v));
    }
}

void ISA(ms_relu_backward_f32)(size_t m, size_t n, const float *y, size_t ldy, float scale, const float *dy,
                               size_t lddy, float *dx, size_t lddx) {
  assert(ldy >= n && lddy >= n && lddx >= n);
  const vec zero = v_set1(0.0f);
  const vec scales = v_set1(scale);
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; j += LANES) {
      const size_t width = min_size(n - j, LANES);
      const vmask active = v_greater(v_load_first(y + i * ldy + j, width), zero);
      const vec grad = v_mul(scales, v_load_first(dy + i * lddy + j, width));
      v_store_first(dx + i * lddx + j, width, v_zero_unless(active, grad));
    }
}
