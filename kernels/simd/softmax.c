/* Row softmax with cross-entropy, forward and backward.
 * LANES rows side by side, one a lane: each lane runs over the classes in ascending order, as the contract asks. */
#include <assert.h>

#include "exp_log.h"
#include "simd.h"

/* Column j of `rows` rows. Idle lanes repeat row 0, so that they hold ordinary numbers. */
static inline vec load_column(const float *x, size_t ld, size_t j, size_t rows) {
  float lanes[LANES];
  for (size_t i = 0; i < LANES; ++i)
    lanes[i] = x[(i < rows ? i : 0) * ld + j];
  return v_load(lanes);
}

static inline void store_column(float *y, size_t ld, size_t j, size_t rows, vec v) {
  float lanes[LANES];
  v_store(lanes, v);
  for (size_t i = 0; i < rows; ++i)
    y[i * ld + j] = lanes[i];
}

static void softmax_rows(size_t rows, size_t n, const float *x, size_t ldx, const uint8_t *labels, float *probs,
                         size_t ldp, float *loss) {
  vec max = load_column(x, ldx, 0, rows);
  for (size_t j = 1; j < n; ++j) {
    const vec x_j = load_column(x, ldx, j, rows);
    max = v_blend(v_greater(x_j, max), x_j, max);
  }
  float label_logits[LANES] = {0}; /* before probs, which may be x, is written */
  for (size_t i = 0; i < rows; ++i)
    label_logits[i] = x[i * ldx + labels[i]];
  const vec shifted_label = v_sub(v_load(label_logits), max);

  vec sum = v_set1(0.0f);
  for (size_t j = 0; j < n; ++j) {
    const vec e_j = exp_lanes(v_sub(load_column(x, ldx, j, rows), max));
    sum = v_add(sum, e_j);
    store_column(probs, ldp, j, rows, e_j);
  }
  for (size_t j = 0; j < n; ++j)
    store_column(probs, ldp, j, rows, v_div(load_column(probs, ldp, j, rows), sum));
  v_store_first(loss, rows, v_sub(log_lanes(sum), shifted_label));
}

void ISA(ms_softmax_cross_entropy_forward_f32)(size_t m, size_t n, const float *logits, size_t ldl,
                                               const uint8_t *labels, float *probs, size_t ldp, float *loss) {
  assert(n >= 1 && ldl >= n && ldp >= n);
  for (size_t i = 0; i < m; i += LANES)
    softmax_rows(min_size(m - i, LANES), n, logits + i * ldl, ldl, labels + i, probs + i * ldp, ldp, loss + i);
}

/* `label` is relative to the vector's first class. */
static inline void backward(const float *probs, int label, vec scale, float *dlogits, size_t width) {
  const vmask is_label = v_iequal(v_lane_numbers(), v_iset1(label));
  const vec one_hot = v_zero_unless(is_label, v_set1(1.0f));
  v_store_first(dlogits, width, v_mul(v_sub(v_load_first(probs, width), one_hot), scale));
}

void ISA(ms_softmax_cross_entropy_backward_f32)(size_t m, size_t n, const float *probs, size_t ldp,
                                                const uint8_t *labels, float scale, float *dlogits, size_t ldd) {
  assert(ldp >= n && ldd >= n);
  const vec scales = v_set1(scale);
  for (size_t i = 0; i < m; ++i, probs += ldp, dlogits += ldd) {
    size_t j = 0;
    for (; n - j >= LANES; j += LANES)
      backward(probs + j, (int)labels[i] - (int)j, scales, dlogits + j, LANES);
    if (j < n)
      backward(probs + j, (int)labels[i] - (int)j, scales, dlogits + j, n - j);
  }
}
