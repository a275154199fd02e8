/* Inverted dropout: LANES of the sixteen Philox blocks of a group of 128 columns at a time. */
#include <assert.h>

#include "kernels/philox.h"
#include "simd.h"

/* Word w of the Philox block of lane l goes to words[w] lane l; the counters differ in word 0 alone. */
static inline void philox_blocks(ivec counter0, const struct ms_dropout *dropout, ivec words[4]) {
  const ivec m0 = v_iset1((int)MS_PHILOX_M0);
  const ivec m1 = v_iset1((int)MS_PHILOX_M1);
  ivec c0 = counter0;
  ivec c1 = v_iset1((int)dropout->step);
  ivec c2 = v_iset1((int)dropout->epoch);
  ivec c3 = v_iset1((int)dropout->stream_layer);
  uint32_t k0 = dropout->key[0], k1 = dropout->key[1];
  for (int round = 0; round < MS_PHILOX_ROUNDS; ++round) {
    ivec high0, low0, high1, low1;
    v_multiply_wide(m0, c0, &high0, &low0);
    v_multiply_wide(m1, c2, &high1, &low1);
    c0 = v_ixor(v_ixor(high1, c1), v_iset1((int)k0));
    c1 = low1;
    c2 = v_ixor(v_ixor(high0, c3), v_iset1((int)k1));
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
  const ivec low_half = v_iset1(0xffff);
  const ivec below_threshold = v_iset1((int)dropout->threshold - 1);
  const vec scale = v_set1(dropout->scale);

  for (size_t part = 0; part < 16; part += LANES) { /* the group's counters part .. part + LANES - 1 */
    const ivec counter0 = v_iadd(v_iset1((int)(65536 * row + 16 * group + part)), v_lane_numbers());
    ivec words[4];
    philox_blocks(counter0, dropout, words);
    for (size_t half = 0; half < 8; ++half) {
      const size_t col = 128 * group + 16 * half + part;
      if (col < first || col >= last)
        continue;
      const ivec word = words[half / 2];
      const ivec draw = half % 2 == 0 ? v_iand(word, low_half) : v_shift_right(word, 16);
      const vmask keep = v_igreater(draw, below_threshold);
      const size_t width = min_size(last - col, LANES);
      const vec scaled = v_mul(scale, v_load_first(x + (col - first), width));
      v_store_first(y + (col - first), width, v_zero_unless(keep, scaled));
    }
  }
}

void ISA(ms_dropout_f32)(size_t m, size_t n, const struct ms_dropout *dropout, size_t row0, size_t col0, const float *x,
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
