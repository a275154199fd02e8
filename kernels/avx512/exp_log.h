/* Sixteen-lane exp and log of the contract (kernels/exp_log.h), AVX-512. */
#ifndef MS_KERNELS_AVX512_EXP_LOG_H
#define MS_KERNELS_AVX512_EXP_LOG_H

#include <float.h>
#include <math.h>

#include "kernels/exp_log.h"
#include "vec.h"

static inline __m512 exp_lanes(__m512 x) {
  const __m512 round = _mm512_set1_ps(MS_EXP_ROUND);
  const __m512 t = _mm512_fmadd_ps(x, _mm512_set1_ps(MS_EXP_LOG2E), round);
  const __m512 n = _mm512_sub_ps(t, round);
  __m512 r = _mm512_fmadd_ps(n, _mm512_set1_ps(-MS_LN2_HI), x);
  r = _mm512_fmadd_ps(n, _mm512_set1_ps(-MS_LN2_LO), r);

  __m512 q = _mm512_set1_ps(MS_EXP_C4);
  q = _mm512_fmadd_ps(q, r, _mm512_set1_ps(MS_EXP_C3));
  q = _mm512_fmadd_ps(q, r, _mm512_set1_ps(MS_EXP_C2));
  q = _mm512_fmadd_ps(q, r, _mm512_set1_ps(MS_EXP_C1));
  q = _mm512_fmadd_ps(q, r, _mm512_set1_ps(MS_EXP_C0));
  const __m512 p = _mm512_add_ps(_mm512_fmadd_ps(q, _mm512_mul_ps(r, r), r), _mm512_set1_ps(1.0f));

  /* The low bits of t hold n; shifted into the exponent field they multiply p by 2^n. */
  const __m512i exponent = _mm512_slli_epi32(_mm512_castps_si512(t), 23);
  __m512 y = _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(p), exponent));
  y = blend(greater(x, _mm512_set1_ps(MS_EXP_MAX)), _mm512_set1_ps(INFINITY), y);
  y = blend(less(x, _mm512_set1_ps(MS_EXP_MIN)), _mm512_setzero_ps(), y);
  return blend(_mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q), x, y);
}

static inline __m512 log_lanes(__m512 x) {
  const __mmask16 subnormal = less(x, _mm512_set1_ps(FLT_MIN));
  const __m512 scaled = blend(subnormal, _mm512_mul_ps(x, _mm512_set1_ps(MS_LOG_SUBNORMAL_SCALE)), x);

  /* Subtracting the bits of sqrt(1/2) makes the exponent field round at sqrt(1/2) * 2^e rather than at 2^e. */
  const __m512i sqrt_half = _mm512_set1_epi32(MS_LOG_SQRT_HALF_BITS);
  const __m512i offset = _mm512_sub_epi32(_mm512_castps_si512(scaled), sqrt_half);
  const __m512i shift = _mm512_maskz_set1_epi32(subnormal, 23);
  const __m512 e = _mm512_cvtepi32_ps(_mm512_sub_epi32(_mm512_srai_epi32(offset, 23), shift));
  const __m512i mantissa = _mm512_and_si512(offset, _mm512_set1_epi32(0x007fffff));
  const __m512 f = _mm512_sub_ps(_mm512_castsi512_ps(_mm512_add_epi32(mantissa, sqrt_half)), _mm512_set1_ps(1.0f));

  __m512 q = _mm512_set1_ps(MS_LOG_D8);
  q = _mm512_fmadd_ps(q, f, _mm512_set1_ps(MS_LOG_D7));
  q = _mm512_fmadd_ps(q, f, _mm512_set1_ps(MS_LOG_D6));
  q = _mm512_fmadd_ps(q, f, _mm512_set1_ps(MS_LOG_D5));
  q = _mm512_fmadd_ps(q, f, _mm512_set1_ps(MS_LOG_D4));
  q = _mm512_fmadd_ps(q, f, _mm512_set1_ps(MS_LOG_D3));
  q = _mm512_fmadd_ps(q, f, _mm512_set1_ps(MS_LOG_D2));
  q = _mm512_fmadd_ps(q, f, _mm512_set1_ps(MS_LOG_D1));
  q = _mm512_fmadd_ps(q, f, _mm512_set1_ps(MS_LOG_D0));
  const __m512 s = _mm512_mul_ps(f, f);
  __m512 y = _mm512_mul_ps(_mm512_mul_ps(q, f), s);
  y = _mm512_fmadd_ps(e, _mm512_set1_ps(MS_LN2_LO), y);
  y = _mm512_fmadd_ps(_mm512_set1_ps(-0.5f), s, y);
  y = _mm512_fmadd_ps(e, _mm512_set1_ps(MS_LN2_HI), _mm512_add_ps(f, y));

  const __m512 zero = _mm512_setzero_ps();
  const __m512 infinity = _mm512_set1_ps(INFINITY);
  y = blend(_mm512_cmp_ps_mask(x, zero, _CMP_EQ_OQ), _mm512_set1_ps(-INFINITY), y);
  y = blend(_mm512_cmp_ps_mask(x, infinity, _CMP_EQ_OQ), infinity, y);
  return blend(_mm512_cmp_ps_mask(x, zero, _CMP_GE_OQ), y, _mm512_set1_ps(NAN));
}

#endif
