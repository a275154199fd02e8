/* ReLU forward and backward. */
#include <assert.h>

#include "simd.h"

static inline void forward(const float *x, float *y, size_t width) {
  const vec v = v_load_first(x, width);
  v_store_first(y, width, v_zero_unless(v_greater(v, v_set1(0.0f)), v));
}

void ISA(ms_relu_forward_f32)(size_t m, size_t n, const float *x, size_t ldx, float *y, size_t ldy) {
  assert(ldx >= n && ldy >= n);
  for (size_t i = 0; i < m; ++i, x += ldx, y += ldy) {
    size_t j = 0;
    for (; n - j >= LANES; j += LANES)
      forward(x + j, y + j, LANES);
    if (j < n)
      forward(x + j, y + j, n - j);
  }
}

static inline void backward(const float *y, vec scale, const float *dy, float *dx, size_t width) {
  const vmask active = v_greater(v_load_first(y, width), v_set1(0.0f));
  v_store_first(dx, width, v_zero_unless(active, v_mul(scale, v_load_first(dy, width))));
}

void ISA(ms_relu_backward_f32)(size_t m, size_t n, const float *y, size_t ldy, float scale, const float *dy,
                               size_t lddy, float *dx, size_t lddx) {
  assert(ldy >= n && lddy >= n && lddx >= n);
  const vec scales = v_set1(scale);
  for (size_t i = 0; i < m; ++i, y += ldy, dy += lddy, dx += lddx) {
    size_t j = 0;
    for (; n - j >= LANES; j += LANES)
      backward(y + j, scales, dy + j, dx + j, LANES);
    if (j < n)
      backward(y + j, scales, dy + j, dx + j, n - j);
  }
}
