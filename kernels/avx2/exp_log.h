/* Eight-lane exp and log of the contract (kernels/exp_log.h), AVX2 + FMA. */
#ifndef MS_KERNELS_AVX2_EXP_LOG_H
#define MS_KERNELS_AVX2_EXP_LOG_H

#include <float.h>
#include <math.h>

#include "kernels/exp_log.h"
#include "vec.h"

static inline __m256 exp_lanes(__m256 x) {
  const __m256 round = _mm256_set1_ps(MS_EXP_ROUND);
  const __m256 t = _mm256_fmadd_ps(x, _mm256_set1_ps(MS_EXP_LOG2E), round);
  const __m256 n = _mm256_sub_ps(t, round);
  __m256 r = _mm256_fmadd_ps(n, _mm256_set1_ps(-MS_LN2_HI), x);
  r = _mm256_fmadd_ps(n, _mm256_set1_ps(-MS_LN2_LO), r);

  __m256 q = _mm256_set1_ps(MS_EXP_C4);
  q = _mm256_fmadd_ps(q, r, _mm256_set1_ps(MS_EXP_C3));
  q = _mm256_fmadd_ps(q, r, _mm256_set1_ps(MS_EXP_C2));
  q = _mm256_fmadd_ps(q, r, _mm256_set1_ps(MS_EXP_C1));
  q = _mm256_fmadd_ps(q, r, _mm256_set1_ps(MS_EXP_C0));
  const __m256 p = _mm256_add_ps(_mm256_fmadd_ps(q, _mm256_mul_ps(r, r), r), _mm256_set1_ps(1.0f));

  /* The low bits of t hold n; shifted into the exponent field they multiply p by 2^n. */
  const __m256i exponent = _mm256_slli_epi32(_mm256_castps_si256(t), 23);
  __m256 y = _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(p), exponent));
  y = blend(greater(x, _mm256_set1_ps(MS_EXP_MAX)), _mm256_set1_ps(INFINITY), y);
  y = blend(less(x, _mm256_set1_ps(MS_EXP_MIN)), _mm256_setzero_ps(), y);
  return blend(_mm256_cmp_ps(x, x, _CMP_UNORD_Q), x, y);
}

static inline __m256 log_lanes(__m256 x) {
  const __m256 subnormal = less(x, _mm256_set1_ps(FLT_MIN));
  const __m256 scaled = blend(subnormal, _mm256_mul_ps(x, _mm256_set1_ps(MS_LOG_SUBNORMAL_SCALE)), x);

  /* Subtracting the bits of sqrt(1/2) makes the exponent field round at sqrt(1/2) * 2^e rather than at 2^e. */
  const __m256i sqrt_half = _mm256_set1_epi32(MS_LOG_SQRT_HALF_BITS);
  const __m256i offset = _mm256_sub_epi32(_mm256_castps_si256(scaled), sqrt_half);
  const __m256i shift = _mm256_and_si256(_mm256_castps_si256(subnormal), _mm256_set1_epi32(23));
  const __m256 e = _mm256_cvtepi32_ps(_mm256_sub_epi32(_mm256_srai_epi32(offset, 23), shift));
  const __m256i mantissa = _mm256_and_si256(offset, _mm256_set1_epi32(0x007fffff));
  const __m256 f = _mm256_sub_ps(_mm256_castsi256_ps(_mm256_add_epi32(mantissa, sqrt_half)), _mm256_set1_ps(1.0f));

  __m256 q = _mm256_set1_ps(MS_LOG_D8);
  q = _mm256_fmadd_ps(q, f, _mm256_set1_ps(MS_LOG_D7));
  q = _mm256_fmadd_ps(q, f, _mm256_set1_ps(MS_LOG_D6));
  q = _mm256_fmadd_ps(q, f, _mm256_set1_ps(MS_LOG_D5));
  q = _mm256_fmadd_ps(q, f, _mm256_set1_ps(MS_LOG_D4));
  q = _mm256_fmadd_ps(q, f, _mm256_set1_ps(MS_LOG_D3));
  q = _mm256_fmadd_ps(q, f, _mm256_set1_ps(MS_LOG_D2));
  q = _mm256_fmadd_ps(q, f, _mm256_set1_ps(MS_LOG_D1));
  q = _mm256_fmadd_ps(q, f, _mm256_set1_ps(MS_LOG_D0));
  const __m256 s = _mm256_mul_ps(f, f);
  __m256 y = _mm256_mul_ps(_mm256_mul_ps(q, f), s);
  y = _mm256_fmadd_ps(e, _mm256_set1_ps(MS_LN2_LO), y);
  y = _mm256_fmadd_ps(_mm256_set1_ps(-0.5f), s, y);
  y = _mm256_fmadd_ps(e, _mm256_set1_ps(MS_LN2_HI), _mm256_add_ps(f, y));

  const __m256 zero = _mm256_setzero_ps();
  const __m256 infinity = _mm256_set1_ps(INFINITY);
  y = blend(_mm256_cmp_ps(x, zero, _CMP_EQ_OQ), _mm256_set1_ps(-INFINITY), y);
  y = blend(_mm256_cmp_ps(x, infinity, _CMP_EQ_OQ), infinity, y);
  return blend(_mm256_cmp_ps(x, zero, _CMP_GE_OQ), y, _mm256_set1_ps(NAN));
}

#endif
