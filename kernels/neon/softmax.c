/* Row softmax with cross-entropy, forward and backward, NEON.
 * Four rows side by side, one a lane: each lane runs over the classes in ascending order, as the contract asks. */
#include <assert.h>

#include "exp_log.h"
#include "neon.h"
#include "vec.h"

/* Column j of `rows` rows. Idle lanes repeat row 0, so that they hold ordinary numbers. */
static inline float32x4_t load_column(const float *x, size_t ld, size_t j, size_t rows) {
  float lanes[LANES];
  for (size_t i = 0; i < LANES; ++i)
    lanes[i] = x[(i < rows ? i : 0) * ld + j];
  return vld1q_f32(lanes);
}

static inline void store_column(float *y, size_t ld, size_t j, size_t rows, float32x4_t v) {
  float lanes[LANES];
  vst1q_f32(lanes, v);
  for (size_t i = 0; i < rows; ++i)
    y[i * ld + j] = lanes[i];
}

static void softmax_rows(size_t rows, size_t n, const float *x, size_t ldx, const uint8_t *labels, float *probs,
                         size_t ldp, float *loss) {
  float32x4_t max = load_column(x, ldx, 0, rows);
  for (size_t j = 1; j < n; ++j) {
    const float32x4_t x_j = load_column(x, ldx, j, rows);
    max = blend(greater(x_j, max), x_j, max);
  }
  float label_logits[LANES] = {0}; /* before probs, which may be x, is written */
  for (size_t i = 0; i < rows; ++i)
    label_logits[i] = x[i * ldx + labels[i]];
  const float32x4_t shifted_label = vsubq_f32(vld1q_f32(label_logits), max);

  float32x4_t sum = vdupq_n_f32(0.0f);
  for (size_t j = 0; j < n; ++j) {
    const float32x4_t e_j = exp_lanes(vsubq_f32(load_column(x, ldx, j, rows), max));
    sum = vaddq_f32(sum, e_j);
    store_column(probs, ldp, j, rows, e_j);
  }
  for (size_t j = 0; j < n; ++j)
    store_column(probs, ldp, j, rows, vdivq_f32(load_column(probs, ldp, j, rows), sum));
  store_first(loss, rows, vsubq_f32(log_lanes(sum), shifted_label));
}

void ms_softmax_cross_entropy_forward_f32_neon(size_t m, size_t n, const float *logits, size_t ldl,
                                               const uint8_t *labels, float *probs, size_t ldp, float *loss) {
  assert(n >= 1 && ldl >= n && ldp >= n);
  for (size_t i = 0; i < m; i += LANES)
    softmax_rows(min_size(m - i, LANES), n, logits + i * ldl, ldl, labels + i, probs + i * ldp, ldp, loss + i);
}

void ms_softmax_cross_entropy_backward_f32_neon(size_t m, size_t n, const float *probs, size_t ldp,
                                                const uint8_t *labels, float scale, float *dlogits, size_t ldd) {
  assert(ldp >= n && ldd >= n);
  const float32x4_t scales = vdupq_n_f32(scale);
  static const int32_t first_lanes[LANES] = {0, 1, 2, 3};
  const int32x4_t lane = vld1q_s32(first_lanes);
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; j += LANES) {
      const size_t width = min_size(n - j, LANES);
      const uint32x4_t is_label = vceqq_s32(lane, vdupq_n_s32((int)labels[i] - (int)j));
      const float32x4_t one_hot = zero_unless(is_label, vdupq_n_f32(1.0f));
      const float32x4_t difference = vsubq_f32(load_first(probs + i * ldp + j, width), one_hot);
      store_first(dlogits + i * ldd + j, width, vmulq_f32(difference, scales));
    }
}
