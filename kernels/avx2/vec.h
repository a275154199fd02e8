/* The vocabulary of kernels/simd/simd.h in AVX2 and FMA. */
#ifndef MS_KERNELS_AVX2_VEC_H
#define MS_KERNELS_AVX2_VEC_H

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "kernels/simd/compress_lanes.h"

enum { LANES = 8 };

typedef __m256 vec;
typedef __m256i ivec;
typedef __m256 vmask; /* all bits of a lane */

#define v_load _mm256_loadu_ps
#define v_store _mm256_storeu_ps
#define v_set1 _mm256_set1_ps
#define v_add _mm256_add_ps
#define v_sub _mm256_sub_ps
#define v_mul _mm256_mul_ps
#define v_div _mm256_div_ps
#define v_sqrt _mm256_sqrt_ps
#define v_fma _mm256_fmadd_ps
#define v_zero_unless _mm256_and_ps
#define v_zero_where _mm256_andnot_ps
#define v_iset1 _mm256_set1_epi32
#define v_iadd _mm256_add_epi32
#define v_isub _mm256_sub_epi32
#define v_iand _mm256_and_si256
#define v_ixor _mm256_xor_si256
#define v_shift_left _mm256_slli_epi32
#define v_shift_right _mm256_srli_epi32
#define v_shift_right_signed _mm256_srai_epi32
#define v_as_ints _mm256_castps_si256
#define v_as_floats _mm256_castsi256_ps
#define v_to_floats _mm256_cvtepi32_ps

/* All bits set in the first n lanes, n <= LANES. */
static inline ivec mask_first(size_t n) {
  static const int32_t ones_then_zeros[2 * LANES] = {-1, -1, -1, -1, -1, -1, -1, -1};
  return _mm256_loadu_si256((const __m256i *)(ones_then_zeros + LANES - n));
}

static inline vec v_load_first(const float *x, size_t n) {
  return n == LANES ? _mm256_loadu_ps(x) : _mm256_maskload_ps(x, mask_first(n));
}

static inline void v_store_first(float *y, size_t n, vec v) {
  if (n == LANES)
    _mm256_storeu_ps(y, v);
  else
    _mm256_maskstore_ps(y, mask_first(n), v);
}

static inline ivec v_load_bytes(const uint8_t *x, size_t n) {
  uint64_t eight = 0; /* read without passing the end of x */
  memcpy(&eight, x, n == LANES ? LANES : n);
  return _mm256_cvtepu8_epi32(_mm_cvtsi64_si128((long long)eight));
}

static inline ivec v_lane_numbers(void) {
  return _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
}

static inline vec v_abs(vec x) {
  return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), x);
}

static inline vmask v_greater(vec x, vec y) {
  return _mm256_cmp_ps(x, y, _CMP_GT_OQ);
}

static inline vmask v_at_least(vec x, vec y) {
  return _mm256_cmp_ps(x, y, _CMP_GE_OQ);
}

static inline vmask v_equal(vec x, vec y) {
  return _mm256_cmp_ps(x, y, _CMP_EQ_OQ);
}

static inline vmask v_unordered(vec x, vec y) {
  return _mm256_cmp_ps(x, y, _CMP_UNORD_Q);
}

static inline vmask v_iequal(ivec x, ivec y) {
  return _mm256_castsi256_ps(_mm256_cmpeq_epi32(x, y));
}

static inline vmask v_igreater(ivec x, ivec y) {
  return _mm256_castsi256_ps(_mm256_cmpgt_epi32(x, y));
}

static inline vec v_blend(vmask m, vec x, vec y) {
  return _mm256_blendv_ps(y, x, m);
}

static inline ivec v_izero_unless(vmask m, ivec x) {
  return _mm256_and_si256(_mm256_castps_si256(m), x);
}

static inline void v_multiply_wide(ivec x, ivec y, ivec *high, ivec *low) {
  const __m256i even = _mm256_mul_epu32(x, y);
  const __m256i odd = _mm256_mul_epu32(x, _mm256_srli_epi64(y, 32)); /* x has equal lanes */
  *low = _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xAA);
  *high = _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xAA);
}

static inline uint32_t v_nonzero_bits(vec v) {
  return (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(v, _mm256_setzero_ps(), _CMP_NEQ_UQ));
}

/* Half by half. */
static inline void v_store_compressed(float *y, vec v, uint32_t bits) {
  const __m128i low = _mm_castps_si128(_mm256_castps256_ps128(v)), high = _mm_castps_si128(_mm256_extractf128_ps(v, 1));
  const __m128i low_order = _mm_loadu_si128((const __m128i *)to_front[bits & 15]);
  const __m128i high_order = _mm_loadu_si128((const __m128i *)to_front[bits >> 4]);
  _mm_storeu_si128((__m128i *)y, _mm_shuffle_epi8(low, low_order));
  _mm_storeu_si128((__m128i *)(y + __builtin_popcount(bits & 15)), _mm_shuffle_epi8(high, high_order));
}

static inline vec v_broadcast_lane(vec v, ivec i) {
  return _mm256_permutevar8x32_ps(v, i);
}

#endif
