/* The vocabulary of kernels/simd/simd.h in NEON, as AArch64 has it. */
#ifndef MS_KERNELS_NEON_VEC_H
#define MS_KERNELS_NEON_VEC_H

#include <arm_neon.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "kernels/simd/compress_lanes.h"

enum { LANES = 4 };

typedef float32x4_t vec;
typedef uint32x4_t ivec;
typedef uint32x4_t vmask; /* all bits of a lane */

#define v_load vld1q_f32
#define v_store vst1q_f32
#define v_set1 vdupq_n_f32
#define v_add vaddq_f32
#define v_sub vsubq_f32
#define v_mul vmulq_f32
#define v_div vdivq_f32
#define v_sqrt vsqrtq_f32
#define v_abs vabsq_f32
#define v_greater vcgtq_f32
#define v_at_least vcgeq_f32
#define v_equal vceqq_f32
#define v_blend vbslq_f32
#define v_iadd vaddq_u32
#define v_isub vsubq_u32
#define v_iand vandq_u32
#define v_ixor veorq_u32
#define v_iequal vceqq_u32
#define v_izero_unless vandq_u32
#define v_shift_left vshlq_n_u32
#define v_shift_right vshrq_n_u32
#define v_as_ints vreinterpretq_u32_f32
#define v_as_floats vreinterpretq_f32_u32
#define v_zip_low vzip1q_f32
#define v_zip_high vzip2q_f32

#include "kernels/simd/first_lanes.h"

static inline ivec v_load_bytes(const uint8_t *x, size_t n) {
  uint64_t four = 0; /* read without passing the end of x */
  memcpy(&four, x, n == LANES ? LANES : n);
  return vmovl_u16(vget_low_u16(vmovl_u8(vcreate_u8(four))));
}

static inline ivec v_iset1(int i) {
  return vdupq_n_u32((uint32_t)i);
}

static inline ivec v_lane_numbers(void) {
  static const uint32_t numbers[LANES] = {0, 1, 2, 3};
  return vld1q_u32(numbers);
}

static inline vec v_fma(vec x, vec y, vec z) {
  return vfmaq_f32(z, x, y);
}

static inline vmask v_unordered(vec x, vec y) {
  return vmvnq_u32(vandq_u32(vceqq_f32(x, x), vceqq_f32(y, y)));
}

static inline vmask v_igreater(ivec x, ivec y) {
  return vcgtq_s32(vreinterpretq_s32_u32(x), vreinterpretq_s32_u32(y));
}

static inline vec v_zero_unless(vmask m, vec x) {
  return vreinterpretq_f32_u32(vandq_u32(m, vreinterpretq_u32_f32(x)));
}

static inline vec v_zero_where(vmask m, vec x) {
  return vreinterpretq_f32_u32(vbicq_u32(vreinterpretq_u32_f32(x), m));
}

#define v_shift_right_signed(x, n) vreinterpretq_u32_s32(vshrq_n_s32(vreinterpretq_s32_u32(x), n))

static inline vec v_to_floats(ivec x) {
  return vcvtq_f32_s32(vreinterpretq_s32_u32(x));
}

static inline void v_multiply_wide(ivec x, ivec y, ivec *high, ivec *low) {
  const uint32x4_t first = vreinterpretq_u32_u64(vmull_u32(vget_low_u32(x), vget_low_u32(y)));
  const uint32x4_t last = vreinterpretq_u32_u64(vmull_high_u32(x, y));
  *low = vuzp1q_u32(first, last);
  *high = vuzp2q_u32(first, last);
}

static inline uint32_t v_nonzero_bits(vec v) {
  static const uint32_t lane_bits[LANES] = {1, 2, 4, 8};
  return vaddvq_u32(vbicq_u32(vld1q_u32(lane_bits), vceqzq_f32(v)));
}

static inline void v_store_compressed(float *y, vec v, uint32_t bits) {
  const uint8x16_t order = vld1q_u8(to_front[bits]);
  vst1q_u8((uint8_t *)y, vqtbl1q_u8(vreinterpretq_u8_f32(v), order));
}

#endif
