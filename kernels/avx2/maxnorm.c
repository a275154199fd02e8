/* MaxNorm on the columns of a weight matrix, AVX2 + FMA. */
#include <assert.h>

#include "avx2.h"
#include "vec.h"

void ms_maxnorm_f32_avx2(size_t m, size_t n, float max_norm, float *w, size_t ldw, float *workspace) {
  assert(ldw >= n);
  float *factor = workspace; /* (n): first the sum of squares, then the factor */
  for (size_t j = 0; j < n; ++j)
    factor[j] = 0.0f;
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; j += LANES) {
      const size_t width = min_size(n - j, LANES);
      const __m256 v = load_first(w + i * ldw + j, width);
      store_first(factor + j, width, _mm256_fmadd_ps(v, v, load_first(factor + j, width)));
    }

  const __m256 limit = _mm256_set1_ps(max_norm);
  for (size_t j = 0; j < n; j += LANES) {
    const size_t width = min_size(n - j, LANES);
    const __m256 norm = _mm256_sqrt_ps(load_first(factor + j, width));
    const __m256 shrink = _mm256_div_ps(limit, norm);
    store_first(factor + j, width, blend(greater(norm, limit), shrink, _mm256_set1_ps(1.0f)));
  }
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; j += LANES) {
      const size_t width = min_size(n - j, LANES);
      const __m256 scaled = _mm256_mul_ps(load_first(w + i * ldw + j, width), load_first(factor + j, width));
      store_first(w + i * ldw + j, width, scaled);
    }
}
