/* exp and log of the contract (kernels/exp_log.h), a number a lane. */
#ifndef MS_KERNELS_SIMD_EXP_LOG_H
#define MS_KERNELS_SIMD_EXP_LOG_H

#include <float.h>
#include <math.h>

#include "kernels/exp_log.h"
#include "simd.h"

static inline vec exp_lanes(vec x) {
  const vec round = v_set1(MS_EXP_ROUND);
  const vec t = v_fma(x, v_set1(MS_EXP_LOG2E), round);
  const vec n = v_sub(t, round);
  vec r = v_fma(n, v_set1(-MS_LN2_HI), x);
  r = v_fma(n, v_set1(-MS_LN2_LO), r);

  vec q = v_set1(MS_EXP_C4);
  q = v_fma(q, r, v_set1(MS_EXP_C3));
  q = v_fma(q, r, v_set1(MS_EXP_C2));
  q = v_fma(q, r, v_set1(MS_EXP_C1));
  q = v_fma(q, r, v_set1(MS_EXP_C0));
  const vec p = v_add(v_fma(q, v_mul(r, r), r), v_set1(1.0f));

  /* The low bits of t hold n; shifted into the exponent field they multiply p by 2^n. */
  const ivec exponent = v_shift_left(v_as_ints(t), 23);
  vec y = v_as_floats(v_iadd(v_as_ints(p), exponent));
  y = v_blend(v_greater(x, v_set1(MS_EXP_MAX)), v_set1(INFINITY), y);
  y = v_zero_where(v_greater(v_set1(MS_EXP_MIN), x), y);
  return v_blend(v_unordered(x, x), x, y);
}

static inline vec log_lanes(vec x) {
  const vmask subnormal = v_greater(v_set1(FLT_MIN), x);
  const vec scaled = v_blend(subnormal, v_mul(x, v_set1(MS_LOG_SUBNORMAL_SCALE)), x);

  /* Subtracting the bits of sqrt(1/2) makes the exponent field round at sqrt(1/2) * 2^e rather than at 2^e. */
  const ivec sqrt_half = v_iset1(MS_LOG_SQRT_HALF_BITS);
  const ivec offset = v_isub(v_as_ints(scaled), sqrt_half);
  const ivec shift = v_izero_unless(subnormal, v_iset1(23));
  const vec e = v_to_floats(v_isub(v_shift_right_signed(offset, 23), shift));
  const ivec mantissa = v_iand(offset, v_iset1(0x007fffff));
  const vec f = v_sub(v_as_floats(v_iadd(mantissa, sqrt_half)), v_set1(1.0f));

  vec q = v_set1(MS_LOG_D8);
  q = v_fma(q, f, v_set1(MS_LOG_D7));
  q = v_fma(q, f, v_set1(MS_LOG_D6));
  q = v_fma(q, f, v_set1(MS_LOG_D5));
  q = v_fma(q, f, v_set1(MS_LOG_D4));
  q = v_fma(q, f, v_set1(MS_LOG_D3));
  q = v_fma(q, f, v_set1(MS_LOG_D2));
  q = v_fma(q, f, v_set1(MS_LOG_D1));
  q = v_fma(q, f, v_set1(MS_LOG_D0));
  const vec s = v_mul(f, f);
  vec y = v_mul(v_mul(q, f), s);
  y = v_fma(e, v_set1(MS_LN2_LO), y);
  y = v_fma(v_set1(-0.5f), s, y);
  y = v_fma(e, v_set1(MS_LN2_HI), v_add(f, y));

  const vec zero = v_set1(0.0f);
  const vec infinity = v_set1(INFINITY);
  y = v_blend(v_equal(x, zero), v_set1(-INFINITY), y);
  y = v_blend(v_equal(x, infinity), infinity, y);
  return v_blend(v_at_least(x, zero), y, v_set1(NAN));
}

#endif
