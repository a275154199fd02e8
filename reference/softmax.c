/* Row softmax with cross-entropy, forward and backward, scalar. */
#include <assert.h>

#include "reference/exp_log.h"
#include "reference/reference.h"

void ms_softmax_cross_entropy_forward_f32_reference(size_t m, size_t n, const float *logits, size_t ldl,
                                                    const uint8_t *labels, float *probs, size_t ldp, float *loss) {
  assert(n >= 1 && ldl >= n && ldp >= n);
  for (size_t i = 0; i < m; ++i) {
    const float *x = logits + i * ldl;
    float *p = probs + i * ldp;
    assert(labels[i] < n);

    float max = x[0];
    for (size_t j = 1; j < n; ++j)
      max = x[j] > max ? x[j] : max;
    const float shifted_label = x[labels[i]] - max; /* before p, which may be x, is written */

    float sum = 0.0f;
    for (size_t j = 0; j < n; ++j) {
      p[j] = ms_exp_scalar(x[j] - max);
      sum = sum + p[j];
    }
    for (size_t j = 0; j < n; ++j)
      p[j] = p[j] / sum;
    loss[i] = ms_log_scalar(sum) - shifted_label;
  }
}

void ms_softmax_cross_entropy_backward_f32_reference(size_t m, size_t n, const float *probs, size_t ldp,
                                                     const uint8_t *labels, float scale, float *dlogits, size_t ldd) {
  assert(ldp >= n && ldd >= n);
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; ++j)
      dlogits[i * ldd + j] = (probs[i * ldp + j] - (j == labels[i] ? 1.0f : 0.0f)) * scale;
}
