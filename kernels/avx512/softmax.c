/* Row softmax with cross-entropy, forward and backward, AVX-512.
 * Sixteen rows side by side, one a lane: each lane runs over the classes in ascending order, as the contract asks. */
#include <assert.h>

#include "avx512.h"
#include "exp_log.h"
#include "vec.h"

/* Column j of `rows` rows. Idle lanes repeat row 0, so that they hold ordinary numbers. */
static inline __m512 load_column(const float *x, size_t ld, size_t j, size_t rows) {
  float lanes[LANES];
  for (size_t i = 0; i < LANES; ++i)
    lanes[i] = x[(i < rows ? i : 0) * ld + j];
  return _mm512_loadu_ps(lanes);
}

static inline void store_column(float *y, size_t ld, size_t j, size_t rows, __m512 v) {
  float lanes[LANES];
  _mm512_storeu_ps(lanes, v);
  for (size_t i = 0; i < rows; ++i)
    y[i * ld + j] = lanes[i];
}

static void softmax_rows(size_t rows, size_t n, const float *x, size_t ldx, const uint8_t *labels, float *probs,
                         size_t ldp, float *loss) {
  __m512 max = load_column(x, ldx, 0, rows);
  for (size_t j = 1; j < n; ++j) {
    const __m512 x_j = load_column(x, ldx, j, rows);
    max = blend(greater(x_j, max), x_j, max);
  }
  float label_logits[LANES] = {0}; /* before probs, which may be x, is written */
  for (size_t i = 0; i < rows; ++i)
    label_logits[i] = x[i * ldx + labels[i]];
  const __m512 shifted_label = _mm512_sub_ps(_mm512_loadu_ps(label_logits), max);

  __m512 sum = _mm512_setzero_ps();
  for (size_t j = 0; j < n; ++j) {
    const __m512 e_j = exp_lanes(_mm512_sub_ps(load_column(x, ldx, j, rows), max));
    sum = _mm512_add_ps(sum, e_j);
    store_column(probs, ldp, j, rows, e_j);
  }
  for (size_t j = 0; j < n; ++j)
    store_column(probs, ldp, j, rows, _mm512_div_ps(load_column(probs, ldp, j, rows), sum));
  store_first(loss, rows, _mm512_sub_ps(log_lanes(sum), shifted_label));
}

void ms_softmax_cross_entropy_forward_f32_avx512(size_t m, size_t n, const float *logits, size_t ldl,
                                                 const uint8_t *labels, float *probs, size_t ldp, float *loss) {
  assert(n >= 1 && ldl >= n && ldp >= n);
  for (size_t i = 0; i < m; i += LANES)
    softmax_rows(min_size(m - i, LANES), n, logits + i * ldl, ldl, labels + i, probs + i * ldp, ldp, loss + i);
}

void ms_softmax_cross_entropy_backward_f32_avx512(size_t m, size_t n, const float *probs, size_t ldp,
                                                  const uint8_t *labels, float scale, float *dlogits, size_t ldd) {
  assert(ldp >= n && ldd >= n);
  const __m512 scales = _mm512_set1_ps(scale);
  const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; j += LANES) {
      const size_t width = min_size(n - j, LANES);
      const __mmask16 is_label = _mm512_cmpeq_epi32_mask(lane, _mm512_set1_epi32((int)labels[i] - (int)j));
      const __m512 one_hot = zero_unless(is_label, _mm512_set1_ps(1.0f));
      const __m512 difference = _mm512_sub_ps(load_first(probs + i * ldp + j, width), one_hot);
      store_first(dlogits + i * ldd + j, width, _mm512_mul_ps(difference, scales));
    }
}
