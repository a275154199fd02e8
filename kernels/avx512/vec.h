/* The vocabulary of kernels/simd/simd.h in AVX-512 F, BW, DQ and VL. */
#ifndef MS_KERNELS_AVX512_VEC_H
#define MS_KERNELS_AVX512_VEC_H

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

enum { LANES = 16 };

typedef __m512 vec;
typedef __m512i ivec;
typedef __mmask16 vmask;

#define v_load _mm512_loadu_ps
#define v_store _mm512_storeu_ps
#define v_set1 _mm512_set1_ps
#define v_add _mm512_add_ps
#define v_sub _mm512_sub_ps
#define v_mul _mm512_mul_ps
#define v_div _mm512_div_ps
#define v_sqrt _mm512_sqrt_ps
#define v_abs _mm512_abs_ps
#define v_fma _mm512_fmadd_ps
#define v_zero_unless _mm512_maskz_mov_ps
#define v_iset1 _mm512_set1_epi32
#define v_iadd _mm512_add_epi32
#define v_isub _mm512_sub_epi32
#define v_iand _mm512_and_si512
#define v_ixor _mm512_xor_si512
#define v_iequal _mm512_cmpeq_epi32_mask
#define v_igreater _mm512_cmpgt_epi32_mask
#define v_izero_unless _mm512_maskz_mov_epi32
#define v_shift_left _mm512_slli_epi32
#define v_shift_right _mm512_srli_epi32
#define v_shift_right_signed _mm512_srai_epi32
#define v_as_ints _mm512_castps_si512
#define v_as_floats _mm512_castsi512_ps
#define v_to_floats _mm512_cvtepi32_ps

static inline vmask mask_first(size_t n) {
  return n >= LANES ? (vmask)0xffff : (vmask)((1u << n) - 1);
}

static inline vec v_load_first(const float *x, size_t n) {
  return n >= LANES ? _mm512_loadu_ps(x) : _mm512_maskz_loadu_ps(mask_first(n), x);
}

static inline void v_store_first(float *y, size_t n, vec v) {
  if (n >= LANES)
    _mm512_storeu_ps(y, v);
  else
    _mm512_mask_storeu_ps(y, mask_first(n), v);
}

static inline ivec v_load_bytes(const uint8_t *x, size_t n) {
  return _mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8(mask_first(n), x));
}

static inline ivec v_lane_numbers(void) {
  return _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

static inline vmask v_greater(vec x, vec y) {
  return _mm512_cmp_ps_mask(x, y, _CMP_GT_OQ);
}

static inline vmask v_at_least(vec x, vec y) {
  return _mm512_cmp_ps_mask(x, y, _CMP_GE_OQ);
}

static inline vmask v_equal(vec x, vec y) {
  return _mm512_cmp_ps_mask(x, y, _CMP_EQ_OQ);
}

static inline vmask v_unordered(vec x, vec y) {
  return _mm512_cmp_ps_mask(x, y, _CMP_UNORD_Q);
}

static inline vec v_zero_where(vmask m, vec x) {
  return _mm512_mask_mov_ps(x, m, _mm512_setzero_ps());
}

static inline vec v_blend(vmask m, vec x, vec y) {
  return _mm512_mask_blend_ps(m, y, x);
}

static inline void v_multiply_wide(ivec x, ivec y, ivec *high, ivec *low) {
  const __mmask16 odd_lanes = 0xAAAA;
  const __m512i even = _mm512_mul_epu32(x, y);
  const __m512i odd = _mm512_mul_epu32(x, _mm512_srli_epi64(y, 32)); /* x has equal lanes */
  *low = _mm512_mask_blend_epi32(odd_lanes, even, _mm512_slli_epi64(odd, 32));
  *high = _mm512_mask_blend_epi32(odd_lanes, _mm512_srli_epi64(even, 32), odd);
}

static inline uint32_t v_nonzero_bits(vec v) {
  return _mm512_cmp_ps_mask(v, _mm512_setzero_ps(), _CMP_NEQ_UQ);
}

/* In a register: compressing into memory would be slow. */
static inline void v_store_compressed(float *y, vec v, uint32_t bits) {
  _mm512_storeu_ps(y, _mm512_maskz_compress_ps((__mmask16)bits, v));
}

static inline vec v_broadcast_lane(vec v, ivec i) {
  return _mm512_permutexvar_ps(i, v);
}

#endif
