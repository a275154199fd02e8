/* Inverted dropout, NEON: four Philox blocks at a time. */
#include <assert.h>

#include "kernels/philox.h"
#include "neon.h"
#include "vec.h"

/* The two halves of m * x for four 32-bit lanes. */
static inline void multiply_wide(uint32x2_t m, uint32x4_t x, uint32x4_t *high, uint32x4_t *low) {
  const uint32x4_t first = vreinterpretq_u32_u64(vmull_u32(m, vget_low_u32(x)));
  const uint32x4_t last = vreinterpretq_u32_u64(vmull_u32(m, vget_high_u32(x)));
  *low = vuzp1q_u32(first, last);
  *high = vuzp2q_u32(first, last);
}

/* Word w of the Philox block of lane l goes to words[w] lane l; the counters differ in word 0 alone. */
static inline void philox_blocks(uint32x4_t counter0, const struct ms_dropout *dropout, uint32x4_t words[4]) {
  const uint32x2_t m0 = vdup_n_u32(MS_PHILOX_M0);
  const uint32x2_t m1 = vdup_n_u32(MS_PHILOX_M1);
  uint32x4_t c0 = counter0;
  uint32x4_t c1 = vdupq_n_u32(dropout->step);
  uint32x4_t c2 = vdupq_n_u32(dropout->epoch);
  uint32x4_t c3 = vdupq_n_u32(dropout->stream_layer);
  uint32_t k0 = dropout->key[0], k1 = dropout->key[1];
  for (int round = 0; round < MS_PHILOX_ROUNDS; ++round) {
    uint32x4_t high0, low0, high1, low1;
    multiply_wide(m0, c0, &high0, &low0);
    multiply_wide(m1, c2, &high1, &low1);
    c0 = veorq_u32(veorq_u32(high1, c1), vdupq_n_u32(k0));
    c1 = low1;
    c2 = veorq_u32(veorq_u32(high0, c3), vdupq_n_u32(k1));
    c3 = low0;
    k0 += MS_PHILOX_W0;
    k1 += MS_PHILOX_W1;
  }
  words[0] = c0;
  words[1] = c1;
  words[2] = c2;
  words[3] = c3;
}

/* One row's columns first .. last-1 of a group of 128, by draws from 16 counters. x and y point at column first. */
static void dropout_group(const struct ms_dropout *dropout, size_t row, size_t group, size_t first, size_t last,
                          const float *x, float *y) {
  const uint32x4_t low_half = vdupq_n_u32(0xffff);
  const uint32x4_t threshold = vdupq_n_u32(dropout->threshold);
  const float32x4_t scale = vdupq_n_f32(dropout->scale);
  static const uint32_t first_lanes[LANES] = {0, 1, 2, 3};
  const uint32x4_t lane = vld1q_u32(first_lanes);

  for (uint32_t part = 0; part < 4; ++part) { /* counters 0 .. 3, 4 .. 7, ... of the group */
    const uint32x4_t counter0 = vaddq_u32(vdupq_n_u32((uint32_t)(65536 * row + 16 * group) + 4 * part), lane);
    uint32x4_t words[4];
    philox_blocks(counter0, dropout, words);
    for (size_t half = 0; half < 8; ++half) {
      const size_t col = 128 * group + 16 * half + 4 * part;
      if (col < first || col >= last)
        continue;
      const uint32x4_t word = words[half / 2];
      const uint32x4_t draw = half % 2 == 0 ? vandq_u32(word, low_half) : vshrq_n_u32(word, 16);
      const uint32x4_t keep = vcgeq_u32(draw, threshold);
      const size_t width = min_size(last - col, LANES);
      const float32x4_t scaled = vmulq_f32(scale, load_first(x + (col - first), width));
      store_first(y + (col - first), width, zero_unless(keep, scaled));
    }
  }
}

void ms_dropout_f32_neon(size_t m, size_t n, const struct ms_dropout *dropout, size_t row0, size_t col0, const float *x,
                         size_t ldx, float *y, size_t ldy) {
  assert(ldx >= n && ldy >= n);
  assert(col0 % MS_DROPOUT_COLUMNS == 0);
  assert(dropout->threshold < 65536);
  if (n == 0)
    return;
  const size_t end = col0 + n;
  for (size_t i = 0; i < m; ++i)
    for (size_t group = col0 / 128; group * 128 < end; ++group)
      dropout_group(dropout, row0 + i, group, col0, end, x + i * ldx, y + i * ldy);
}
