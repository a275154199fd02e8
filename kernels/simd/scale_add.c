/* Scaled accumulation, the last step of ms_sgemm. */
#include <assert.h>

#include "simd.h"

void ISA(ms_scale_add_f32)(size_t m, size_t n, float alpha, const float *x, size_t ldx, float beta, float *y,
                           size_t ldy) {
  assert(ldx >= n && ldy >= n);
  const vec alphas = v_set1(alpha), betas = v_set1(beta);
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; j += LANES) {
      const size_t width = min_size(n - j, LANES);
      const vec v = v_load_first(x + i * ldx + j, width);
      float *y_ij = y + i * ldy + j;
      const vec sum = beta == 0.0f ? v_mul(alphas, v) : v_fma(alphas, v, v_mul(betas, v_load_first(y_ij, width)));
      v_store_first(y_ij, width, sum);
    }
}
