/* One Adam step with L1 and L2 penalties. */
#include <assert.h>
#include <float.h>

#include "simd.h"

void ISA(ms_adam_f32)(size_t rows, size_t cols, const struct ms_adam *adam, const float *g, size_t ldg, float *w,
                      float *m, float *v, size_t ld) {
  assert(ldg >= cols && ld >= cols);
  const vec zero = v_set1(0.0f);
  const vec smallest_normal = v_set1(FLT_MIN);
  const vec beta1 = v_set1(adam->beta1), rest1 = v_set1(adam->one_minus_beta1);
  const vec beta2 = v_set1(adam->beta2), rest2 = v_set1(adam->one_minus_beta2);
  const vec epsilon = v_set1(adam->epsilon), step_size = v_set1(adam->step_size);
  const vec l1_plus = v_set1(adam->l1), l1_minus = v_set1(-adam->l1);
  const vec two_l2 = v_set1(adam->two_l2);

  for (size_t i = 0; i < rows; ++i)
    for (size_t j = 0; j < cols; j += LANES) {
      const size_t width = min_size(cols - j, LANES);
      const size_t at = i * ld + j;
      const vec w0 = v_load_first(w + at, width);
      const vec l1 = v_blend(v_greater(zero, w0), l1_minus, v_zero_unless(v_greater(w0, zero), l1_plus));
      const vec grad = v_add(v_fma(two_l2, w0, v_load_first(g + i * ldg + j, width)), l1);

      vec m1 = v_fma(beta1, v_load_first(m + at, width), v_mul(rest1, grad));
      m1 = v_zero_where(v_greater(smallest_normal, v_abs(m1)), m1);
      v_store_first(m + at, width, m1);

      const vec square = v_mul(rest2, v_mul(grad, grad));
      vec v1 = v_fma(beta2, v_load_first(v + at, width), square);
      v1 = v_zero_where(v_greater(smallest_normal, v1), v1);
      v_store_first(v + at, width, v1);

      const vec denominator = v_add(v_sqrt(v1), epsilon);
      const vec update = v_div(v_mul(step_size, m1), denominator);
      v_store_first(w + at, width, v_sub(w0, update));
    }
}
