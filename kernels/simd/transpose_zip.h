/* Transposition in registers by log2(LANES) passes of zips, for instruction sets whose zips run over whole vectors:
 * v_zip_low(x, y) is x[0], y[0], x[1], y[1], ... of the lower halves, v_zip_high of the upper ones. */
#ifndef MS_KERNELS_SIMD_TRANSPOSE_ZIP_H
#define MS_KERNELS_SIMD_TRANSPOSE_ZIP_H

#include "vec.h"

/* y(j, i) = x(i, j) for i < rows and j < cols, both at most LANES; y(j, i) = +0 for rows <= i < LANES. */
static inline void transpose_square(size_t rows, size_t cols, const float *x, size_t ldx, float *y, size_t ldy) {
  vec r[LANES], t[LANES];
#pragma GCC unroll 16
  for (size_t i = 0; i < LANES; ++i)
    r[i] = i < rows ? v_load_first(x + i * ldx, cols) : v_set1(0.0f);
    /* A pass interleaves row i with row i + LANES / 2: element (i, j) moves on by a bit of its index at a time. */
#pragma GCC unroll 4
  for (size_t pass = 1; pass < LANES; pass *= 2) {
#pragma GCC unroll 8
    for (size_t i = 0; i < LANES / 2; ++i) {
      t[2 * i] = v_zip_low(r[i], r[LANES / 2 + i]);
      t[2 * i + 1] = v_zip_high(r[i], r[LANES / 2 + i]);
    }
#pragma GCC unroll 16
    for (size_t i = 0; i < LANES; ++i)
      r[i] = t[i];
  }
#pragma GCC unroll 16
  for (size_t j = 0; j < LANES; ++j)
    if (j < cols)
      v_store(y + j * ldy, r[j]);
}

#endif
