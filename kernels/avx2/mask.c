/* Masks of non-zeros, AVX2. */
#include <assert.h>

#include "avx2.h"
#include "vec.h"

size_t ms_nonzero_mask_f32_avx2(size_t m, size_t n, const float *x, size_t ldx, uint64_t *mask, size_t ld_mask) {
  assert(ldx >= n && ld_mask >= MS_MASK_WORDS(n));
  const __m256 zero = _mm256_setzero_ps();
  size_t n_set = 0;
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; j += MS_MASK_BITS) {
      uint64_t word = 0;
      for (size_t bit = 0; bit < MS_MASK_BITS && j + bit < n; bit += LANES) {
        const __m256 v = load_first(x + i * ldx + j + bit, min_size(n - j - bit, LANES));
        word |= (uint64_t)_mm256_movemask_ps(_mm256_cmp_ps(v, zero, _CMP_NEQ_UQ)) << bit;
      }
      mask[i * ld_mask + j / MS_MASK_BITS] = word;
      n_set += (size_t)__builtin_popcountll(word);
    }
  return n_set;
}
