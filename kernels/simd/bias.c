/* Bias of a dense layer, forward and backward. */
#include <assert.h>

#include "simd.h"

static inline void forward(const float *bias, const float *x, float *y, size_t width) {
  v_store_first(y, width, v_add(v_load_first(x, width), v_load_first(bias, width)));
}

void ISA(ms_bias_forward_f32)(size_t m, size_t n, const float *bias, const float *x, size_t ldx, float *y, size_t ldy) {
  assert(ldx >= n && ldy >= n);
  for (size_t i = 0; i < m; ++i, x += ldx, y += ldy) {
    size_t j = 0;
    for (; n - j >= LANES; j += LANES)
      forward(bias + j, x + j, y + j, LANES);
    if (j < n)
      forward(bias + j, x + j, y + j, n - j);
  }
}

/* Four vectors of columns at a time: their sums stay in registers, and each row gives whole cache lines. */
void ISA(ms_bias_backward_f32)(size_t m, size_t n, const float *dy, size_t lddy, float *dbias) {
  assert(lddy >= n);
  size_t j = 0;
  for (; n - j >= 4 * LANES; j += 4 * LANES) {
    vec acc0 = v_set1(0.0f), acc1 = acc0, acc2 = acc0, acc3 = acc0;
    for (size_t i = 0; i < m; ++i) {
      const float *row = dy + i * lddy + j;
      acc0 = v_add(acc0, v_load(row));
      acc1 = v_add(acc1, v_load(row + LANES));
      acc2 = v_add(acc2, v_load(row + 2 * LANES));
      acc3 = v_add(acc3, v_load(row + 3 * LANES));
    }
    v_store(dbias + j, acc0);
    v_store(dbias + j + LANES, acc1);
    v_store(dbias + j + 2 * LANES, acc2);
    v_store(dbias + j + 3 * LANES, acc3);
  }
  for (; j < n; j += LANES) {
    const size_t width = min_size(n - j, LANES);
    vec acc = v_set1(0.0f);
    for (size_t i = 0; i < m; ++i)
      acc = v_add(acc, v_load_first(dy + i * lddy + j, width));
    v_store_first(dbias + j, width, acc);
  }
}
