/* One Adam step with L1 and L2 penalties, NEON. */
#include <assert.h>
#include <float.h>

#include "neon.h"
#include "vec.h"

void ms_adam_f32_neon(size_t rows, size_t cols, const struct ms_adam *adam, const float *g, size_t ldg, float *w,
                      float *m, float *v, size_t ld) {
  assert(ldg >= cols && ld >= cols);
  const float32x4_t zero = vdupq_n_f32(0.0f);
  const float32x4_t smallest_normal = vdupq_n_f32(FLT_MIN);
  const float32x4_t beta1 = vdupq_n_f32(adam->beta1), rest1 = vdupq_n_f32(adam->one_minus_beta1);
  const float32x4_t beta2 = vdupq_n_f32(adam->beta2), rest2 = vdupq_n_f32(adam->one_minus_beta2);
  const float32x4_t epsilon = vdupq_n_f32(adam->epsilon), step_size = vdupq_n_f32(adam->step_size);
  const float32x4_t l1_plus = vdupq_n_f32(adam->l1), l1_minus = vdupq_n_f32(-adam->l1);
  const float32x4_t two_l2 = vdupq_n_f32(adam->two_l2);

  for (size_t i = 0; i < rows; ++i)
    for (size_t j = 0; j < cols; j += LANES) {
      const size_t width = min_size(cols - j, LANES);
      const size_t at = i * ld + j;
      const float32x4_t w0 = load_first(w + at, width);
      const float32x4_t l1 = blend(less(w0, zero), l1_minus, zero_unless(greater(w0, zero), l1_plus));
      const float32x4_t grad = vaddq_f32(fma_lanes(two_l2, w0, load_first(g + i * ldg + j, width)), l1);

      float32x4_t m1 = fma_lanes(beta1, load_first(m + at, width), vmulq_f32(rest1, grad));
      m1 = blend(less(vabsq_f32(m1), smallest_normal), zero, m1);
      store_first(m + at, width, m1);

      const float32x4_t square = vmulq_f32(rest2, vmulq_f32(grad, grad));
      float32x4_t v1 = fma_lanes(beta2, load_first(v + at, width), square);
      v1 = blend(less(v1, smallest_normal), zero, v1);
      store_first(v + at, width, v1);

      const float32x4_t denominator = vaddq_f32(vsqrtq_f32(v1), epsilon);
      const float32x4_t update = vdivq_f32(vmulq_f32(step_size, m1), denominator);
      store_first(w + at, width, vsubq_f32(w0, update));
    }
}
