/* Bias of a dense layer, forward and backward, AVX2. */
#include <assert.h>

#include "avx2.h"
#include "vec.h"

void ms_bias_forward_f32_avx2(size_t m, size_t n, const float *bias, const float *x, size_t ldx, float *y, size_t ldy) {
  assert(ldx >= n && ldy >= n);
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; j += LANES) {
      const size_t width = min_size(n - j, LANES);
      const __m256 sum = _mm256_add_ps(load_first(x + i * ldx + j, width), load_first(bias + j, width));
      store_first(y + i * ldy + j, width, sum);
    }
}

/* Four vectors of columns at a time: their sums stay in registers, and each row gives whole cache lines. */
void ms_bias_backward_f32_avx2(size_t m, size_t n, const float *dy, size_t lddy, float *dbias) {
  assert(lddy >= n);
  size_t j = 0;
  for (; n - j >= 4 * LANES; j += 4 * LANES) {
    __m256 acc0 = _mm256_setzero_ps(), acc1 = acc0, acc2 = acc0, acc3 = acc0;
    for (size_t i = 0; i < m; ++i) {
      const float *row = dy + i * lddy + j;
      acc0 = _mm256_add_ps(acc0, _mm256_loadu_ps(row));
      acc1 = _mm256_add_ps(acc1, _mm256_loadu_ps(row + LANES));
      acc2 = _mm256_add_ps(acc2, _mm256_loadu_ps(row + 2 * LANES));
      acc3 = _mm256_add_ps(acc3, _mm256_loadu_ps(row + 3 * LANES));
    }
    _mm256_storeu_ps(dbias + j, acc0);
    _mm256_storeu_ps(dbias + j + LANES, acc1);
    _mm256_storeu_ps(dbias + j + 2 * LANES, acc2);
    _mm256_storeu_ps(dbias + j + 3 * LANES, acc3);
  }
  for (; j < n; j += LANES) {
    const size_t width = min_size(n - j, LANES);
    __m256 acc = _mm256_setzero_ps();
    for (size_t i = 0; i < m; ++i)
      acc = _mm256_add_ps(acc, load_first(dy + i * lddy + j, width));
    store_first(dbias + j, width, acc);
  }
}
