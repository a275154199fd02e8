/* One Adam step with L1 and L2 penalties, AVX-512. */
#include <assert.h>
#include <float.h>

#include "avx512.h"
#include "vec.h"

void ms_adam_f32_avx512(size_t rows, size_t cols, const struct ms_adam *adam, const float *g, size_t ldg, float *w,
                        float *m, float *v, size_t ld) {
  assert(ldg >= cols && ld >= cols);
  const __m512 zero = _mm512_setzero_ps();
  const __m512 smallest_normal = _mm512_set1_ps(FLT_MIN);
  const __m512 beta1 = _mm512_set1_ps(adam->beta1), rest1 = _mm512_set1_ps(adam->one_minus_beta1);
  const __m512 beta2 = _mm512_set1_ps(adam->beta2), rest2 = _mm512_set1_ps(adam->one_minus_beta2);
  const __m512 epsilon = _mm512_set1_ps(adam->epsilon), step_size = _mm512_set1_ps(adam->step_size);
  const __m512 l1_plus = _mm512_set1_ps(adam->l1), l1_minus = _mm512_set1_ps(-adam->l1);
  const __m512 two_l2 = _mm512_set1_ps(adam->two_l2);

  for (size_t i = 0; i < rows; ++i)
    for (size_t j = 0; j < cols; j += LANES) {
      const size_t width = min_size(cols - j, LANES);
      const size_t at = i * ld + j;
      const __m512 w0 = load_first(w + at, width);
      const __m512 l1 = blend(less(w0, zero), l1_minus, zero_unless(greater(w0, zero), l1_plus));
      const __m512 grad = _mm512_add_ps(_mm512_fmadd_ps(two_l2, w0, load_first(g + i * ldg + j, width)), l1);

      __m512 m1 = _mm512_fmadd_ps(beta1, load_first(m + at, width), _mm512_mul_ps(rest1, grad));
      m1 = blend(less(_mm512_abs_ps(m1), smallest_normal), zero, m1);
      store_first(m + at, width, m1);

      const __m512 square = _mm512_mul_ps(rest2, _mm512_mul_ps(grad, grad));
      __m512 v1 = _mm512_fmadd_ps(beta2, load_first(v + at, width), square);
      v1 = blend(less(v1, smallest_normal), zero, v1);
      store_first(v + at, width, v1);

      const __m512 denominator = _mm512_add_ps(_mm512_sqrt_ps(v1), epsilon);
      const __m512 update = _mm512_div_ps(_mm512_mul_ps(step_size, m1), denominator);
      store_first(w + at, width, _mm512_sub_ps(w0, update));
    }
}
