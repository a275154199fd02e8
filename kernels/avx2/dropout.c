/* Inverted dropout, AVX2: eight Philox blocks at a time. */
#include <assert.h>

#include "avx2.h"
#include "kernels/philox.h"
#include "vec.h"

/* The two halves of m * x for eight 32-bit lanes. */
static inline void multiply_wide(__m256i m, __m256i x, __m256i *high, __m256i *low) {
  const __m256i even = _mm256_mul_epu32(m, x);
  const __m256i odd = _mm256_mul_epu32(m, _mm256_srli_epi64(x, 32));
  *low = _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xAA);
  *high = _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xAA);
}

/* Word w of the Philox block of lane l goes to words[w] lane l; the counters differ in word 0 alone. */
static inline void philox_blocks(__m256i counter0, const struct ms_dropout *dropout, __m256i words[4]) {
  const __m256i m0 = _mm256_set1_epi32((int)MS_PHILOX_M0);
  const __m256i m1 = _mm256_set1_epi32((int)MS_PHILOX_M1);
  __m256i c0 = counter0;
  __m256i c1 = _mm256_set1_epi32((int)dropout->step);
  __m256i c2 = _mm256_set1_epi32((int)dropout->epoch);
  __m256i c3 = _mm256_set1_epi32((int)dropout->stream_layer);
  uint32_t k0 = dropout->key[0], k1 = dropout->key[1];
  for (int round = 0; round < MS_PHILOX_ROUNDS; ++round) {
    __m256i high0, low0, high1, low1;
    multiply_wide(m0, c0, &high0, &low0);
    multiply_wide(m1, c2, &high1, &low1);
    c0 = _mm256_xor_si256(_mm256_xor_si256(high1, c1), _mm256_set1_epi32((int)k0));
    c1 = low1;
    c2 = _mm256_xor_si256(_mm256_xor_si256(high0, c3), _mm256_set1_epi32((int)k1));
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
  const __m256i low_half = _mm256_set1_epi32(0xffff);
  const __m256i below_threshold = _mm256_set1_epi32((int)dropout->threshold - 1);
  const __m256 scale = _mm256_set1_ps(dropout->scale);
  const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);

  for (int part = 0; part < 2; ++part) { /* counters 0 .. 7, then 8 .. 15 of the group */
    const __m256i counter0 = _mm256_add_epi32(_mm256_set1_epi32((int)(65536 * row + 16 * group) + 8 * part), lane);
    __m256i words[4];
    philox_blocks(counter0, dropout, words);
    for (size_t half = 0; half < 8; ++half) {
      const size_t col = 128 * group + 16 * half + (size_t)(8 * part);
      if (col < first || col >= last)
        continue;
      const __m256i word = words[half / 2];
      const __m256i draw = half % 2 == 0 ? _mm256_and_si256(word, low_half) : _mm256_srli_epi32(word, 16);
      const __m256 keep = _mm256_castsi256_ps(_mm256_cmpgt_epi32(draw, below_threshold));
      const size_t width = min_size(last - col, LANES);
      const __m256 scaled = _mm256_mul_ps(scale, load_first(x + (col - first), width));
      store_first(y + (col - first), width, zero_unless(keep, scaled));
    }
  }
}

void ms_dropout_f32_avx2(size_t m, size_t n, const struct ms_dropout *dropout, size_t row0, size_t col0, const float *x,
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
