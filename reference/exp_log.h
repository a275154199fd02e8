/* Scalar exp and log of the contract (kernels/exp_log.h). */
#ifndef MS_REFERENCE_EXP_LOG_H
#define MS_REFERENCE_EXP_LOG_H

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "kernels/exp_log.h"
#include "reference/fma.h"

static inline uint32_t ms_float_bits(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static inline float ms_bits_float(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static inline float ms_exp_scalar(float x) {
  const float t = ms_fma(x, MS_EXP_LOG2E, MS_EXP_ROUND);
  const float n = t - MS_EXP_ROUND;
  float r = ms_fma(n, -MS_LN2_HI, x);
  r = ms_fma(n, -MS_LN2_LO, r);

  float q = MS_EXP_C4;
  q = ms_fma(q, r, MS_EXP_C3);
  q = ms_fma(q, r, MS_EXP_C2);
  q = ms_fma(q, r, MS_EXP_C1);
  q = ms_fma(q, r, MS_EXP_C0);
  const float p = ms_fma(q, r * r, r) + 1.0f;

  /* The low bits of t hold n; shifted into the exponent field they multiply p by 2^n. */
  float y = ms_bits_float(ms_float_bits(p) + (ms_float_bits(t) << 23));
  y = x > MS_EXP_MAX ? INFINITY : y;
  y = x < MS_EXP_MIN ? 0.0f : y;
  return x == x ? y : x;
}

static inline float ms_log_scalar(float x) {
  const int subnormal = x < FLT_MIN;
  const float scaled = subnormal ? x * MS_LOG_SUBNORMAL_SCALE : x;

  /* Subtracting the bits of sqrt(1/2) makes the exponent field round at sqrt(1/2) * 2^e rather than at 2^e. */
  const uint32_t offset = ms_float_bits(scaled) - MS_LOG_SQRT_HALF_BITS;
  const int32_t exponent = ((int32_t)offset >> 23) - (subnormal ? 23 : 0);
  const float e = (float)exponent;
  const float f = ms_bits_float((offset & 0x007fffff) + MS_LOG_SQRT_HALF_BITS) - 1.0f;

  float q = MS_LOG_D8;
  q = ms_fma(q, f, MS_LOG_D7);
  q = ms_fma(q, f, MS_LOG_D6);
  q = ms_fma(q, f, MS_LOG_D5);
  q = ms_fma(q, f, MS_LOG_D4);
  q = ms_fma(q, f, MS_LOG_D3);
  q = ms_fma(q, f, MS_LOG_D2);
  q = ms_fma(q, f, MS_LOG_D1);
  q = ms_fma(q, f, MS_LOG_D0);
  const float s = f * f;
  float y = (q * f) * s;
  y = ms_fma(e, MS_LN2_LO, y);
  y = ms_fma(-0.5f, s, y);
  y = ms_fma(e, MS_LN2_HI, f + y);

  y = x == 0.0f ? -INFINITY : y;
  y = x == INFINITY ? INFINITY : y;
  return x >= 0.0f ? y : NAN;
}

#endif
