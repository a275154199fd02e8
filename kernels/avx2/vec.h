/* Short wrappers round the AVX2 intrinsics that the kernels of this folder share.
 * A tail of fewer than LANES elements goes through the same arithmetic as the body, with masked loads and stores:
 * a masked-off element is neither read nor written, so a tail may end at the last byte of a page. */
#ifndef MS_KERNELS_AVX2_VEC_H
#define MS_KERNELS_AVX2_VEC_H

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

enum { LANES = 8 };

/* All bits set in the first n lanes, n <= LANES. */
static inline __m256i mask_first(size_t n) {
  static const int32_t ones_then_zeros[2 * LANES] = {-1, -1, -1, -1, -1, -1, -1, -1};
  return _mm256_loadu_si256((const __m256i *)(ones_then_zeros + LANES - n));
}

/* The first n elements, n <= LANES; the other lanes are +0. */
static inline __m256 load_first(const float *x, size_t n) {
  return n == LANES ? _mm256_loadu_ps(x) : _mm256_maskload_ps(x, mask_first(n));
}

static inline void store_first(float *y, size_t n, __m256 v) {
  if (n == LANES)
    _mm256_storeu_ps(y, v);
  else
    _mm256_maskstore_ps(y, mask_first(n), v);
}

/* mask ? x : +0, for a mask as comparisons give it. */
static inline __m256 zero_unless(__m256 mask, __m256 x) {
  return _mm256_and_ps(mask, x);
}

/* mask ? x : y */
static inline __m256 blend(__m256 mask, __m256 x, __m256 y) {
  return _mm256_blendv_ps(y, x, mask);
}

static inline __m256 greater(__m256 x, __m256 y) {
  return _mm256_cmp_ps(x, y, _CMP_GT_OQ);
}

static inline __m256 less(__m256 x, __m256 y) {
  return _mm256_cmp_ps(x, y, _CMP_LT_OQ);
}

static inline size_t min_size(size_t x, size_t y) {
  return x < y ? x : y;
}

#endif
