/* ReLU forward and backward, AVX-512. */
#include <assert.h>

#include "avx512.h"
#include "vec.h"

void ms_relu_forward_f32_avx512(size_t m, size_t n, const float *x, size_t ldx, float *y, size_t ldy) {
  assert(ldx >= n && ldy >= n);
  const __m512 zero = _mm512_setzero_ps();
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; j += LANES) {
      const size_t width = min_size(n - j, LANES);
      const __m512 v = load_first(x + i * ldx + j, width);
      store_first(y + i * ldy + j, width, zero_unless(greater(v, zero), v));
    }
}

void ms_relu_backward_f32_avx512(size_t m, size_t n, const float *y, size_t ldy, float scale, const float *dy,
                                 size_t lddy, float *dx, size_t lddx) {
  assert(ldy >= n && lddy >= n && lddx >= n);
  const __m512 zero = _mm512_setzero_ps();
  const __m512 scales = _mm512_set1_ps(scale);
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; j += LANES) {
      const size_t width = min_size(n - j, LANES);
      const __mmask16 active = greater(load_first(y + i * ldy + j, width), zero);
      const __m512 grad = _mm512_mul_ps(scales, load_first(dy + i * lddy + j, width));
      store_first(dx + i * lddx + j, width, zero_unless(active, grad));
    }
}
