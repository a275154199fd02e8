/* One Adam step with L1 and L2 penalties, scalar. */
#include <assert.h>
#include <float.h>
#include <math.h>

#include "reference/fma.h"
#include "reference/reference.h"

void ms_adam_f32_reference(size_t rows, size_t cols, const struct ms_adam *adam, const float *g, size_t ldg, float *w,
                           float *m, float *v, size_t ld) {
  assert(ldg >= cols && ld >= cols);
  for (size_t i = 0; i < rows; ++i)
    for (size_t j = 0; j < cols; ++j) {
      const size_t at = i * ld + j;
      const float l1 = w[at] > 0.0f ? adam->l1 : w[at] < 0.0f ? -adam->l1 : 0.0f;
      const float grad = ms_fma(adam->two_l2, w[at], g[i * ldg + j]) + l1;

      /* Subnormal moments would be harmless but slow on some CPUs, and hardware flushing differs between them. */
      const float m1 = ms_fma(adam->beta1, m[at], adam->one_minus_beta1 * grad);
      const float v1 = ms_fma(adam->beta2, v[at], adam->one_minus_beta2 * (grad * grad));
      m[at] = fabsf(m1) < FLT_MIN ? 0.0f : m1;
      v[at] = v1 < FLT_MIN ? 0.0f : v1;
      w[at] = w[at] - (adam->step_size * m[at]) / (sqrtf(v[at]) + adam->epsilon);
    }
}
