/* Masks of non-zeros, NEON. */
#include <assert.h>

#include "neon.h"
#include "vec.h"

size_t ms_nonzero_mask_f32_neon(size_t m, size_t n, const float *x, size_t ldx, uint64_t *mask, size_t ld_mask) {
  assert(ldx >= n && ld_mask >= MS_MASK_WORDS(n));
  static const uint32_t bits[LANES] = {1, 2, 4, 8};
  const uint32x4_t bit_of_lane = vld1q_u32(bits);
  size_t n_set = 0;
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; j += MS_MASK_BITS) {
      uint64_t word = 0;
      for (size_t bit = 0; bit < MS_MASK_BITS && j + bit < n; bit += LANES) {
        const float32x4_t v = load_first(x + i * ldx + j + bit, min_size(n - j - bit, LANES));
        const uint32x4_t nonzero = vmvnq_u32(vceqzq_f32(v));
        word |= (uint64_t)vaddvq_u32(vandq_u32(nonzero, bit_of_lane)) << bit;
      }
      mask[i * ld_mask + j / MS_MASK_BITS] = word;
      n_set += (size_t)__builtin_popcountll(word);
    }
  return n_set;
}
