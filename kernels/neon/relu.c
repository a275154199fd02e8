/* ReLU forward and backward, NEON. */
#include <assert.h>

#include "neon.h"
#include "vec.h"

void ms_relu_forward_f32_neon(size_t m, size_t n, const float *x, size_t ldx, float *y, size_t ldy) {
  assert(ldx >= n && ldy >= n);
  const float32x4_t zero = vdupq_n_f32(0.0f);
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; j += LANES) {
      const size_t width = min_size(n - j, LANES);
      const float32x4_t v = load_first(x + i * ldx + j, width);
      store_first(y + i * ldy + j, width, zero_unless(greater(v, zero), v));
    }
}

void ms_relu_backward_f32_neon(size_t m, size_t n, const float *y, size_t ldy, float scale, const float *dy,
                               size_t lddy, float *dx, size_t lddx) {
  assert(ldy >= n && lddy >= n && lddx >= n);
  const float32x4_t zero = vdupq_n_f32(0.0f);
  const float32x4_t scales = vdupq_n_f32(scale);
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; j += LANES) {
      const size_t width = min_size(n - j, LANES);
      const uint32x4_t active = greater(load_first(y + i * ldy + j, width), zero);
      const float32x4_t grad = vmulq_f32(scales, load_first(dy + i * lddy + j, width));
      store_first(dx + i * lddx + j, width, zero_unless(active, grad));
    }
}
