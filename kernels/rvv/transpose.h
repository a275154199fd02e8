/* Transposition of a tile, RISC-V V. */
#ifndef MS_KERNELS_RVV_TRANSPOSE_H
#define MS_KERNELS_RVV_TRANSPOSE_H

#include "vec.h"

/* y(j, i) = x(i, j) for i < rows and j < cols, both at most LANES; y(j, i) = +0 for rows <= i < LANES.
 * A column at a time, by loads with a stride: there are no zips, and permutations by index are slower on most cores. */
static inline void transpose_square(size_t rows, size_t cols, const float *x, size_t ldx, float *y, size_t ldy) {
  const ptrdiff_t row_bytes = (ptrdiff_t)(ldx * sizeof *x);
  for (size_t j = 0; j < cols; ++j)
    v_store(y + j * ldy, __riscv_vlse32_v_f32m1_tu(v_set1(0.0f), x + j, row_bytes, rows));
}

#endif
