/* The non-zeros of a tile, AVX2. */
#include <assert.h>

#include "avx2.h"
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
static inline float *append(__m256 v, size_t at, uint64_t *mask, float *next) {
  const unsigned nonzero = (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(v, _mm256_setzero_ps(), _CMP_NEQ_UQ));
  *mask |= (uint64_t)nonzero << at;
  const __m128i halves[2] = {_mm_castps_si128(_mm256_castps256_ps128(v)),
                             _mm_castps_si128(_mm256_extractf128_ps(v, 1))};
  for (int h = 0; h < 2; ++h) {
    const unsigned bits = nonzero >> 4 * h & 15;
    const __m128i order = _mm_loadu_si128((const __m128i *)to_front[bits]);
    _mm_storeu_si128((__m128i *)next, _mm_shuffle_epi8(halves[h], order));
    next += __builtin_popcount(bits);
  }
  return next;
}

size_t ms_compress_f32_avx2(size_t m, size_t n, const float *x, size_t ldx, uint64_t *masks, float *values) {
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
size_t ms_compress_transposed_f32_avx2(size_t m, size_t n, const float *x, size_t ldx, uint64_t *masks, float *values) {
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
