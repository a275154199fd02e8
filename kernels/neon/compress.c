/* The non-zeros of a tile, NEON. */
#include <assert.h>

#include "neon.h"
#include "transpose.h"
#include "vec.h"

/* For each set of four lanes, by their bits, the bytes of its elements moved to the front. */
#define LANE(l) 4 * (l), 4 * (l) + 1, 4 * (l) + 2, 4 * (l) + 3
#define NONE LANE(0)
static const uint8_t to_front[16][16] = {
    {NONE, NONE, NONE, NONE},          {LANE(0), NONE, NONE, NONE},
    {LANE(1), NONE, NONE, NONE},       {LANE(0), LANE(1), NONE, NONE},
    {LANE(2), NONE, NONE, NONE},       {LANE(0), LANE(2), NONE, NONE},
    {LANE(1), LANE(2), NONE, NONE},    {LANE(0), LANE(1), LANE(2), NONE},
    {LANE(3), NONE, NONE, NONE},       {LANE(0), LANE(3), NONE, NONE},
    {LANE(1), LANE(3), NONE, NONE},    {LANE(0), LANE(1), LANE(3), NONE},
    {LANE(2), LANE(3), NONE, NONE},    {LANE(0), LANE(2), LANE(3), NONE},
    {LANE(1), LANE(2), LANE(3), NONE}, {LANE(0), LANE(1), LANE(2), LANE(3)},
};

/* Appends the lanes of v that are not 0 to `next` and their bits, from bit `at` on, to the mask. A whole vector is written:
 * what stands behind the last element is overwritten by the next call. */
static inline float *append(float32x4_t v, size_t at, uint64_t *mask, float *next) {
  static const uint32_t lane_bits[LANES] = {1, 2, 4, 8};
  const uint32x4_t nonzero = vmvnq_u32(vceqzq_f32(v));
  const uint32_t bits = vaddvq_u32(vandq_u32(nonzero, vld1q_u32(lane_bits)));
  const uint8x16_t order = vld1q_u8(to_front[bits]);
  vst1q_u8((uint8_t *)next, vqtbl1q_u8(vreinterpretq_u8_f32(v), order));
  *mask |= (uint64_t)bits << at;
  return next + __builtin_popcount(bits);
}

size_t ms_compress_f32_neon(size_t m, size_t n, const float *x, size_t ldx, uint64_t *masks, float *values) {
  assert(m <= MS_TILE && n <= MS_TILE && ldx >= n);
  float *next = values;
  for (size_t i = 0; i < m; ++i) {
    masks[i] = 0;
    for (size_t j = 0; j < n; j += LANES)
      next = append(load_first(x + i * ldx + j, min_size(n - j, LANES)), j, &masks[i], next);
  }
  for (size_t i = m; i < MS_TILE; ++i)
    masks[i] = 0;
  return (size_t)(next - values);
}

/* LANES columns of x at a time are turned into rows. */
size_t ms_compress_transposed_f32_neon(size_t m, size_t n, const float *x, size_t ldx, uint64_t *masks, float *values) {
  assert(m <= MS_TILE && n <= MS_TILE && ldx >= n);
  float *next = values;
  for (size_t j0 = 0; j0 < n; j0 += LANES) {
    float rows[LANES][MS_TILE];
    const size_t cols = min_size(n - j0, LANES);
    for (size_t i = 0; i < m; i += LANES)
      transpose_tile(min_size(m - i, LANES), cols, x + i * ldx + j0, ldx, &rows[0][i], MS_TILE, LANES);
    for (size_t j = 0; j < cols; ++j) {
      masks[j0 + j] = 0;
      for (size_t i = 0; i < m; i += LANES)
        next = append(load_first(&rows[j][i], LANES), i, &masks[j0 + j], next);
    }
  }
  for (size_t j = n; j < MS_TILE; ++j)
    masks[j] = 0;
  return (size_t)(next - values);
}
