/* Scaled accumulation, the last step of ms_sgemm, AVX2 + FMA. */
#include <assert.h>

#include "avx2.h"
#include "vec.h"

void ms_scale_add_f32_avx2(size_t m, size_t n, float alpha, const float *x, size_t ldx, float beta, float *y,
                           size_t ldy) {
  assert(ldx >= n && ldy >= n);
  const __m256 alphas = _mm256_set1_ps(alpha), betas = _mm256_set1_ps(beta);
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; j += LANES) {
      const size_t width = min_size(n - j, LANES);
      const __m256 v = load_first(x + i * ldx + j, width);
      float *y_ij = y + i * ldy + j;
      const __m256 sum = beta == 0.0f ? _mm256_mul_ps(alphas, v)
                                      : _mm256_fmadd_ps(alphas, v, _mm256_mul_ps(betas, load_first(y_ij, width)));
      store_first(y_ij, width, sum);
    }
}
