/* Bias of a dense layer, forward and backward, NEON. */
#include <assert.h>

#include "neon.h"
#include "vec.h"

void ms_bias_forward_f32_neon(size_t m, size_t n, const float *bias, const float *x, size_t ldx, float *y, size_t ldy) {
  assert(ldx >= n && ldy >= n);
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; j += LANES) {
      const size_t width = min_size(n - j, LANES);
      const float32x4_t sum = vaddq_f32(load_first(x + i * ldx + j, width), load_first(bias + j, width));
      store_first(y + i * ldy + j, width, sum);
    }
}

/* Four vectors of columns at a time: their sums stay in registers, and each row gives whole cache lines. */
void ms_bias_backward_f32_neon(size_t m, size_t n, const float *dy, size_t lddy, float *dbias) {
  assert(lddy >= n);
  size_t j = 0;
  for (; n - j >= 4 * LANES; j += 4 * LANES) {
    float32x4_t acc0 = vdupq_n_f32(0.0f), acc1 = acc0, acc2 = acc0, acc3 = acc0;
    for (size_t i = 0; i < m; ++i) {
      const float *row = dy + i * lddy + j;
      acc0 = vaddq_f32(acc0, vld1q_f32(row));
      acc1 = vaddq_f32(acc1, vld1q_f32(row + LANES));
      acc2 = vaddq_f32(acc2, vld1q_f32(row + 2 * LANES));
      acc3 = vaddq_f32(acc3, vld1q_f32(row + 3 * LANES));
    }
    vst1q_f32(dbias + j, acc0);
    vst1q_f32(dbias + j + LANES, acc1);
    vst1q_f32(dbias + j + 2 * LANES, acc2);
    vst1q_f32(dbias + j + 3 * LANES, acc3);
  }
  for (; j < n; j += LANES) {
    const size_t width = min_size(n - j, LANES);
    float32x4_t acc = vdupq_n_f32(0.0f);
    for (size_t i = 0; i < m; ++i)
      acc = vaddq_f32(acc, load_first(dy + i * lddy + j, width));
    store_first(dbias + j, width, acc);
  }
}
