/* Transposition of a tile of at most 4 x 4 in registers, NEON. */
#ifndef MS_KERNELS_NEON_TRANSPOSE_H
#define MS_KERNELS_NEON_TRANSPOSE_H

#include "vec.h"

/* y(j, i) = x(i, j) for i < rows and j < cols, both at most LANES; y(j, i) = +0 for rows <= i < width. */
static inline void transpose_tile(size_t rows, size_t cols, const float *x, size_t ldx, float *y, size_t ldy,
                                  size_t width) {
  float32x4_t r[LANES];
#pragma GCC unroll 4
  for (size_t i = 0; i < LANES; ++i)
    r[i] = i < rows ? load_first(x + i * ldx, cols) : vdupq_n_f32(0.0f);
  /* 2 x 2 blocks of elements, then the blocks. */
  const float32x4x2_t upper = vtrnq_f32(r[0], r[1]), lower = vtrnq_f32(r[2], r[3]);
  const float32x4_t t[LANES] = {
      vcombine_f32(vget_low_f32(upper.val[0]), vget_low_f32(lower.val[0])),
      vcombine_f32(vget_low_f32(upper.val[1]), vget_low_f32(lower.val[1])),
      vcombine_f32(vget_high_f32(upper.val[0]), vget_high_f32(lower.val[0])),
      vcombine_f32(vget_high_f32(upper.val[1]), vget_high_f32(lower.val[1])),
  };
#pragma GCC unroll 4
  for (size_t j = 0; j < LANES; ++j)
    if (j < cols)
      store_first(y + j * ldy, width, t[j]);
}

#endif
