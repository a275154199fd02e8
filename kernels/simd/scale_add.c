/* Scaled accumulation, the last step of ms_sgemm. */
#include <assert.h>

#include "simd.h"

static inline void scale_add(float alpha, const float *x, float beta, float *y, size_t width) {
  const vec alphas = v_set1(alpha), v = v_load_first(x, width);
  v_store_first(y, width,
                beta == 0.0f ? v_mul(alphas, v) : v_fma(alphas, v, v_mul(v_set1(beta), v_load_first(y, width))));
}

void ISA(ms_scale_add_f32)(size_t m, size_t n, float alpha, const float *x, size_t ldx, float beta, float *y,
                           size_t ldy) {
  assert(ldx >= n && ldy >= n);
  for (size_t i = 0; i < m; ++i, x += ldx, y += ldy) {
    size_t j = 0;
    for (; n - j >= LANES; j += LANES)
      scale_add(alpha, x + j, beta, y + j, LANES);
    if (j < n)
      scale_add(alpha, x + j, beta, y + j, n - j);
  }
}
