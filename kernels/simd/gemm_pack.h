/* Copies of B's panels that the matrix product reads in order. */
#ifndef MS_KERNELS_SIMD_GEMM_PACK_H
#define MS_KERNELS_SIMD_GEMM_PACK_H

#include "simd.h"
#include "transpose.h"

/* y(p, j) = x(p, j) for p < rows, j < cols; +0 for cols <= j < ld. ld is the length of y's rows, whole vectors. */
static inline void copy_panel(size_t rows, size_t cols, const float *x, size_t ldx, float *y, size_t ld) {
  for (size_t p = 0; p < rows; ++p)
    for (size_t j = 0; j < ld; j += LANES) {
      const size_t left = cols > j ? min_size(cols - j, LANES) : 0;
      v_store(y + p * ld + j, v_load_first(x + p * ldx + j, left));
    }
}

/* The same from x's transpose: element (p, j) at x[j * ldx + p]. */
static inline void transpose_panel(size_t rows, size_t cols, const float *x, size_t ldx, float *y, size_t ld) {
  for (size_t j = 0; j < ld; j += LANES) {
    const size_t height = cols > j ? min_size(cols - j, LANES) : 0;
    size_t p = 0;
    if (height == LANES)
      for (; p + LANES <= rows; p += LANES)
        transpose_square(LANES, LANES, x + j * ldx + p, ldx, y + p * ld + j, ld);
    for (; p < rows; p += LANES)
      transpose_square(height, min_size(rows - p, LANES), x + j * ldx + p, ldx, y + p * ld + j, ld);
  }
}

#endif
