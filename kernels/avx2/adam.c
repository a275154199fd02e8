/* One Adam step with L1 and L2 penalties, AVX2 + FMA. */
#include <assert.h>
#include <float.h>

#include "avx2.h"
#include "vec.h"

void ms_adam_f32_avx2(size_t rows, size_t cols, const struct ms_adam *adam, const float *g, size_t ldg, float *w,
                      float *m, float *v, size_t ld) {
  assert(ldg >= cols && ld >= cols);
  const __m256 zero = _mm256_setzero_ps();
  const __m256 sign_bit = _mm256_set1_ps(-0.0f);
  const __m256 smallest_normal = _mm256_set1_ps(FLT_MIN);
  const __m256 beta1 = _mm256_set1_ps(adam->beta1), rest1 = _mm256_set1_ps(adam->one_minus_beta1);
  const __m256 beta2 = _mm256_set1_ps(adam->beta2), rest2 = _mm256_set1_ps(adam->one_minus_beta2);
  const __m256 epsilon = _mm256_set1_ps(adam->epsilon), step_size = _mm256_set1_ps(adam->step_size);
  const __m256 l1_plus = _mm256_set1_ps(adam->l1), l1_minus = _mm256_set1_ps(-adam->l1);
  const __m256 two_l2 = _mm256_set1_ps(adam->two_l2);

  for (size_t i = 0; i < rows; ++i)
    for (size_t j = 0; j < cols; j += LANES) {
      const size_t width = min_size(cols - j, LANES);
      const size_t at = i * ld + j;
      const __m256 w0 = load_first(w + at, width);
      const __m256 l1 = _mm256_or_ps(zero_unless(greater(w0, zero), l1_plus), zero_unless(less(w0, zero), l1_minus));
      const __m256 grad = _mm256_add_ps(_mm256_fmadd_ps(two_l2, w0, load_first(g + i * ldg + j, width)), l1);

      __m256 m1 = _mm256_fmadd_ps(beta1, load_first(m + at, width), _mm256_mul_ps(rest1, grad));
      m1 = _mm256_andnot_ps(less(_mm256_andnot_ps(sign_bit, m1), smallest_normal), m1);
      store_first(m + at, width, m1);

      const __m256 square = _mm256_mul_ps(rest2, _mm256_mul_ps(grad, grad));
      __m256 v1 = _mm256_fmadd_ps(beta2, load_first(v + at, width), square);
      v1 = _mm256_andnot_ps(less(v1, smallest_normal), v1);
      store_first(v + at, width, v1);

      const __m256 denominator = _mm256_add_ps(_mm256_sqrt_ps(v1), epsilon);
      const __m256 update = _mm256_div_ps(_mm256_mul_ps(step_size, m1), denominator);
      store_first(w + at, width, _mm256_sub_ps(w0, update));
    }
}
