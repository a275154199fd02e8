/* Short wrappers round the AVX-512 intrinsics that the kernels of this folder share.
 * A tail of fewer than LANES elements goes through the same arithmetic as the body, with masked loads and stores:
 * a masked-off element is neither read nor written, so a tail may end at the last byte of a page. */
#ifndef MS_KERNELS_AVX512_VEC_H
#define MS_KERNELS_AVX512_VEC_H

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

enum { LANES = 16 };

/* The first n lanes; all of them if n >= LANES. */
static inline __mmask16 mask_first(size_t n) {
  return n >= LANES ? (__mmask16)0xffff : (__mmask16)((1u << n) - 1);
}

/* The first n elements, all if n >= LANES; the other lanes are +0. */
static inline __m512 load_first(const float *x, size_t n) {
  return n >= LANES ? _mm512_loadu_ps(x) : _mm512_maskz_loadu_ps(mask_first(n), x);
}

static inline void store_first(float *y, size_t n, __m512 v) {
  if (n >= LANES)
    _mm512_storeu_ps(y, v);
  else
    _mm512_mask_storeu_ps(y, mask_first(n), v);
}

/* mask ? x : +0 */
static inline __m512 zero_unless(__mmask16 mask, __m512 x) {
  return _mm512_maskz_mov_ps(mask, x);
}

/* mask ? x : y */
static inline __m512 blend(__mmask16 mask, __m512 x, __m512 y) {
  return _mm512_mask_blend_ps(mask, y, x);
}

static inline __mmask16 greater(__m512 x, __m512 y) {
  return _mm512_cmp_ps_mask(x, y, _CMP_GT_OQ);
}

static inline __mmask16 less(__m512 x, __m512 y) {
  return _mm512_cmp_ps_mask(x, y, _CMP_LT_OQ);
}

static inline size_t min_size(size_t x, size_t y) {
  return x < y ? x : y;
}

#endif
