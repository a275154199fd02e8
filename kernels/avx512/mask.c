/* Masks of non-zeros, AVX-512. */
#include <assert.h>

#include "avx512.h"
#include "vec.h"

size_t ms_nonzero_mask_f32_avx512(size_t m, size_t n, const float *x, size_t ldx, uint64_t *mask, size_t ld_mask) {
  assert(ldx >= n && ld_mask >= MS_MASK_WORDS(n));
  const __m512 zero = _mm512_setzero_ps();
  size_t n_set = 0;
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; j += MS_MASK_BITS) {
      uint64_t word = 0;
      for (size_t bit = 0; bit < MS_MASK_BITS && j + bit < n; bit += LANES) {
        const __m512 v = load_first(x + i * ldx + j + bit, n - j - bit);
        word |= (uint64_t)_mm512_cmp_ps_mask(v, zero, _CMP_NEQ_UQ) << bit;
      }
      mask[i * ld_mask + j / MS_MASK_BITS] = word;
      n_set += (size_t)__builtin_popcountll(word);
    }
  return n_set;
}
