/* Masks of non-zeros, scalar. */
#include <assert.h>

#include "reference/reference.h"

size_t ms_nonzero_mask_f32_reference(size_t m, size_t n, const float *x, size_t ldx, uint64_t *mask, size_t ld_mask) {
  assert(ldx >= n && ld_mask >= MS_MASK_WORDS(n));
  size_t n_set = 0;
  for (size_t i = 0; i < m; ++i) {
    for (size_t word = 0; word < MS_MASK_WORDS(n); ++word)
      mask[i * ld_mask + word] = 0;
    for (size_t j = 0; j < n; ++j)
      if (x[i * ldx + j] != 0.0f) {
        mask[i * ld_mask + j / MS_MASK_BITS] |= UINT64_C(1) << j % MS_MASK_BITS;
        ++n_set;
      }
  }
  return n_set;
}
