/* Four-lane exp and log of the contract (kernels/exp_log.h), NEON. */
#ifndef MS_KERNELS_NEON_EXP_LOG_H
#define MS_KERNELS_NEON_EXP_LOG_H

#include <float.h>
#include <math.h>

#include "kernels/exp_log.h"
#include "vec.h"

static inline float32x4_t exp_lanes(float32x4_t x) {
  const float32x4_t round = vdupq_n_f32(MS_EXP_ROUND);
  const float32x4_t t = fma_lanes(x, vdupq_n_f32(MS_EXP_LOG2E), round);
  const float32x4_t n = vsubq_f32(t, round);
  float32x4_t r = fma_lanes(n, vdupq_n_f32(-MS_LN2_HI), x);
  r = fma_lanes(n, vdupq_n_f32(-MS_LN2_LO), r);

  float32x4_t q = vdupq_n_f32(MS_EXP_C4);
  q = fma_lanes(q, r, vdupq_n_f32(MS_EXP_C3));
  q = fma_lanes(q, r, vdupq_n_f32(MS_EXP_C2));
  q = fma_lanes(q, r, vdupq_n_f32(MS_EXP_C1));
  q = fma_lanes(q, r, vdupq_n_f32(MS_EXP_C0));
  const float32x4_t p = vaddq_f32(fma_lanes(q, vmulq_f32(r, r), r), vdupq_n_f32(1.0f));

  /* The low bits of t hold n; shifted into the exponent field they multiply p by 2^n. */
  const uint32x4_t exponent = vshlq_n_u32(vreinterpretq_u32_f32(t), 23);
  float32x4_t y = vreinterpretq_f32_u32(vaddq_u32(vreinterpretq_u32_f32(p), exponent));
  y = blend(greater(x, vdupq_n_f32(MS_EXP_MAX)), vdupq_n_f32(INFINITY), y);
  y = blend(less(x, vdupq_n_f32(MS_EXP_MIN)), vdupq_n_f32(0.0f), y);
  return blend(vceqq_f32(x, x), y, x);
}

static inline float32x4_t log_lanes(float32x4_t x) {
  const uint32x4_t subnormal = less(x, vdupq_n_f32(FLT_MIN));
  const float32x4_t scaled = blend(subnormal, vmulq_f32(x, vdupq_n_f32(MS_LOG_SUBNORMAL_SCALE)), x);

  /* Subtracting the bits of sqrt(1/2) makes the exponent field round at sqrt(1/2) * 2^e rather than at 2^e. */
  const uint32x4_t sqrt_half = vdupq_n_u32(MS_LOG_SQRT_HALF_BITS);
  const uint32x4_t offset = vsubq_u32(vreinterpretq_u32_f32(scaled), sqrt_half);
  const int32x4_t shift = vreinterpretq_s32_u32(vandq_u32(subnormal, vdupq_n_u32(23)));
  const float32x4_t e = vcvtq_f32_s32(vsubq_s32(vshrq_n_s32(vreinterpretq_s32_u32(offset), 23), shift));
  const uint32x4_t mantissa = vandq_u32(offset, vdupq_n_u32(0x007fffff));
  const float32x4_t f = vsubq_f32(vreinterpretq_f32_u32(vaddq_u32(mantissa, sqrt_half)), vdupq_n_f32(1.0f));

  float32x4_t q = vdupq_n_f32(MS_LOG_D8);
  q = fma_lanes(q, f, vdupq_n_f32(MS_LOG_D7));
  q = fma_lanes(q, f, vdupq_n_f32(MS_LOG_D6));
  q = fma_lanes(q, f, vdupq_n_f32(MS_LOG_D5));
  q = fma_lanes(q, f, vdupq_n_f32(MS_LOG_D4));
  q = fma_lanes(q, f, vdupq_n_f32(MS_LOG_D3));
  q = fma_lanes(q, f, vdupq_n_f32(MS_LOG_D2));
  q = fma_lanes(q, f, vdupq_n_f32(MS_LOG_D1));
  q = fma_lanes(q, f, vdupq_n_f32(MS_LOG_D0));
  const float32x4_t s = vmulq_f32(f, f);
  float32x4_t y = vmulq_f32(vmulq_f32(q, f), s);
  y = fma_lanes(e, vdupq_n_f32(MS_LN2_LO), y);
  y = fma_lanes(vdupq_n_f32(-0.5f), s, y);
  y = fma_lanes(e, vdupq_n_f32(MS_LN2_HI), vaddq_f32(f, y));

  const float32x4_t zero = vdupq_n_f32(0.0f);
  const float32x4_t infinity = vdupq_n_f32(INFINITY);
  y = blend(vceqq_f32(x, zero), vdupq_n_f32(-INFINITY), y);
  y = blend(vceqq_f32(x, infinity), infinity, y);
  return blend(vcgeq_f32(x, zero), y, vdupq_n_f32(NAN));
}

#endif
