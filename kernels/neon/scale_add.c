/* Scaled accumulation, the last step of ms_sgemm, NEON. */
#include <assert.h>

#include "neon.h"
#include "vec.h"

void ms_scale_add_f32_neon(size_t m, size_t n, float alpha, const float *x, size_t ldx, float beta, float *y,
                           size_t ldy) {
  assert(ldx >= n && ldy >= n);
  const float32x4_t alphas = vdupq_n_f32(alpha), betas = vdupq_n_f32(beta);
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; j += LANES) {
      const size_t width = min_size(n - j, LANES);
      const float32x4_t v = load_first(x + i * ldx + j, width);
      float *y_ij = y + i * ldy + j;
      const float32x4_t sum =
          beta == 0.0f ? vmulq_f32(alphas, v) : fma_lanes(alphas, v, vmulq_f32(betas, load_first(y_ij, width)));
      store_first(y_ij, width, sum);
    }
}
