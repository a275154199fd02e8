/* Short wrappers round the NEON intrinsics of AArch64 that the kernels of this folder share.
 * A tail of fewer than LANES elements goes through the same arithmetic as the body; it is loaded and stored element by
 * element, so that it may end at the last byte of a page. */
#ifndef MS_KERNELS_NEON_VEC_H
#define MS_KERNELS_NEON_VEC_H

#include <arm_neon.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { LANES = 4 };

/* The first n elements, n <= LANES; the other lanes are +0. */
static inline float32x4_t load_first(const float *x, size_t n) {
  if (n == LANES)
    return vld1q_f32(x);
  float lanes[LANES] = {0};
  memcpy(lanes, x, n * sizeof(float));
  return vld1q_f32(lanes);
}

static inline void store_first(float *y, size_t n, float32x4_t v) {
  if (n == LANES) {
    vst1q_f32(y, v);
    return;
  }
  float lanes[LANES];
  vst1q_f32(lanes, v);
  memcpy(y, lanes, n * sizeof(float));
}

/* x * y + z with one rounding. */
static inline float32x4_t fma_lanes(float32x4_t x, float32x4_t y, float32x4_t z) {
  return vfmaq_f32(z, x, y);
}

/* mask ? x : +0, for a mask as comparisons give it. */
static inline float32x4_t zero_unless(uint32x4_t mask, float32x4_t x) {
  return vreinterpretq_f32_u32(vandq_u32(mask, vreinterpretq_u32_f32(x)));
}

/* mask ? x : y */
static inline float32x4_t blend(uint32x4_t mask, float32x4_t x, float32x4_t y) {
  return vbslq_f32(mask, x, y);
}

static inline uint32x4_t greater(float32x4_t x, float32x4_t y) {
  return vcgtq_f32(x, y);
}

static inline uint32x4_t less(float32x4_t x, float32x4_t y) {
  return vcltq_f32(x, y);
}

static inline size_t min_size(size_t x, size_t y) {
  return x < y ? x : y;
}

#endif
