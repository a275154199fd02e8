/* Transposition of a tile of at most 16 x 16 in registers, AVX-512. */
#ifndef MS_KERNELS_AVX512_TRANSPOSE_H
#define MS_KERNELS_AVX512_TRANSPOSE_H

#include "vec.h"

/* y(j, i) = x(i, j) for i < rows and j < cols, both at most LANES; y(j, i) = +0 for rows <= i < LANES. */
static inline void transpose_square(size_t rows, size_t cols, const float *x, size_t ldx, float *y, size_t ldy) {
  vec r[LANES], t[LANES];
#pragma GCC unroll 16
  for (size_t i = 0; i < LANES; ++i)
    r[i] = i < rows ? v_load_first(x + i * ldx, cols) : v_set1(0.0f);
    /* Within each quarter of a register, 4 x 4: rows 4g .. 4g+3 of column c + 4q go to quarter q of r[4g + c]. */
#pragma GCC unroll 8
  for (size_t i = 0; i < LANES; i += 2) {
    t[i] = _mm512_unpacklo_ps(r[i], r[i + 1]);
    t[i + 1] = _mm512_unpackhi_ps(r[i], r[i + 1]);
  }
#pragma GCC unroll 4
  for (size_t i = 0; i < LANES; i += 4) {
    r[i] = _mm512_castpd_ps(_mm512_unpacklo_pd(_mm512_castps_pd(t[i]), _mm512_castps_pd(t[i + 2])));
    r[i + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(_mm512_castps_pd(t[i]), _mm512_castps_pd(t[i + 2])));
    r[i + 2] = _mm512_castpd_ps(_mm512_unpacklo_pd(_mm512_castps_pd(t[i + 1]), _mm512_castps_pd(t[i + 3])));
    r[i + 3] = _mm512_castpd_ps(_mm512_unpackhi_pd(_mm512_castps_pd(t[i + 1]), _mm512_castps_pd(t[i + 3])));
  }
  /* Then the quarters: column c + 4q out of quarter q of r[c], r[4 + c], r[8 + c], r[12 + c]. */
#pragma GCC unroll 4
  for (size_t c = 0; c < 4; ++c) {
    const vec even0 = _mm512_shuffle_f32x4(r[c], r[4 + c], 0x88);
    const vec even1 = _mm512_shuffle_f32x4(r[8 + c], r[12 + c], 0x88);
    const vec odd0 = _mm512_shuffle_f32x4(r[c], r[4 + c], 0xdd);
    const vec odd1 = _mm512_shuffle_f32x4(r[8 + c], r[12 + c], 0xdd);
    t[c] = _mm512_shuffle_f32x4(even0, even1, 0x88);
    t[4 + c] = _mm512_shuffle_f32x4(odd0, odd1, 0x88);
    t[8 + c] = _mm512_shuffle_f32x4(even0, even1, 0xdd);
    t[12 + c] = _mm512_shuffle_f32x4(odd0, odd1, 0xdd);
  }
#pragma GCC unroll 16
  for (size_t j = 0; j < LANES; ++j)
    if (j < cols)
      v_store(y + j * ldy, t[j]);
}

#endif
