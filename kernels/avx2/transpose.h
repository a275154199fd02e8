/* Transposition of a tile of at most 8 x 8 in registers, AVX2. */
#ifndef MS_KERNELS_AVX2_TRANSPOSE_H
#define MS_KERNELS_AVX2_TRANSPOSE_H

#include "vec.h"

/* y(j, i) = x(i, j) for i < rows and j < cols, both at most LANES; y(j, i) = +0 for rows <= i < LANES. */
static inline void transpose_square(size_t rows, size_t cols, const float *x, size_t ldx, float *y, size_t ldy) {
  vec r[LANES], t[LANES];
#pragma GCC unroll 8
  for (size_t i = 0; i < LANES; ++i)
    r[i] = i < rows ? v_load_first(x + i * ldx, cols) : v_set1(0.0f);
    /* Within each half of a register, 4 x 4: rows 4g .. 4g+3 of column c + 4h go to half h of r[4g + c]. */
#pragma GCC unroll 4
  for (size_t i = 0; i < LANES; i += 2) {
    t[i] = _mm256_unpacklo_ps(r[i], r[i + 1]);
    t[i + 1] = _mm256_unpackhi_ps(r[i], r[i + 1]);
  }
#pragma GCC unroll 2
  for (size_t i = 0; i < LANES; i += 4) {
    r[i] = _mm256_shuffle_ps(t[i], t[i + 2], 0x44);
    r[i + 1] = _mm256_shuffle_ps(t[i], t[i + 2], 0xee);
    r[i + 2] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0x44);
    r[i + 3] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0xee);
  }
  /* Then the halves. */
#pragma GCC unroll 4
  for (size_t c = 0; c < 4; ++c) {
    t[c] = _mm256_permute2f128_ps(r[c], r[4 + c], 0x20);
    t[4 + c] = _mm256_permute2f128_ps(r[c], r[4 + c], 0x31);
  }
#pragma GCC unroll 8
  for (size_t j = 0; j < LANES; ++j)
    if (j < cols)
      v_store(y + j * ldy, t[j]);
}

#endif
