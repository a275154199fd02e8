/* Scaled accumulation, the last step of ms_sgemm, AVX-512. */
#include <assert.h>

#include "avx512.h"
#include "vec.h"

void ms_scale_add_f32_avx512(size_t m, size_t n, float alpha, const float *x, size_t ldx, float beta, float *y,
                             size_t ldy) {
  assert(ldx >= n && ldy >= n);
  const __m512 alphas = _mm512_set1_ps(alpha), betas = _mm512_set1_ps(beta);
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; j += LANES) {
      const size_t width = min_size(n - j, LANES);
      const __m512 v = load_first(x + i * ldx + j, width);
      float *y_ij = y + i * ldy + j;
      const __m512 sum = beta == 0.0f ? _mm512_mul_ps(alphas, v)
                                      : _mm512_fmadd_ps(alphas, v, _mm512_mul_ps(betas, load_first(y_ij, width)));
      store_first(y_ij, width, sum);
    }
}
