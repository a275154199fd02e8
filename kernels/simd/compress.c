/* The non-zeros of a tile. */
#include <assert.h>

#include "simd.h"
#include "transpose.h"

/* Appends the lanes of v that are not 0 to `next` and their bits, from bit `at` on, to the mask. A whole vector is
 * written: the next call overwrites the excess. */
static inline float *append(vec v, size_t at, uint64_t *mask, float *next) {
  const uint32_t nonzero = v_nonzero_bits(v);
  v_store_compressed(next, v, nonzero);
  *mask |= (uint64_t)nonzero << at;
  return next + __builtin_popcount(nonzero);
}

size_t ISA(ms_compress_f32)(size_t m, size_t n, const float *x, size_t ldx, uint64_t *masks, float *values) {
  assert(m <= MS_TILE && n <= MS_TILE && ldx >= n);
  float *next = values;
  for (size_t i = 0; i < m; ++i) {
    masks[i] = 0;
    for (size_t j = 0; j < n; j += LANES)
      next = append(v_load_first(x + i * ldx + j, min_size(n - j, LANES)), j, &masks[i], next);
  }
  for (size_t i = m; i < MS_TILE; ++i)
    masks[i] = 0;
  return (size_t)(next - values);
}

/* LANES columns of x at a time are turned into rows. */
size_t ISA(ms_compress_transposed_f32)(size_t m, size_t n, const float *x, size_t ldx, uint64_t *masks, float *values) {
  assert(m <= MS_TILE && n <= MS_TILE && ldx >= n);
  float *next = values;
  for (size_t j0 = 0; j0 < n; j0 += LANES) {
    float rows[LANES][MS_TILE];
    const size_t cols = min_size(n - j0, LANES);
    for (size_t i = 0; i < m; i += LANES)
      transpose_square(min_size(m - i, LANES), cols, x + i * ldx + j0, ldx, &rows[0][i], MS_TILE);
    for (size_t j = 0; j < cols; ++j) {
      masks[j0 + j] = 0;
      for (size_t i = 0; i < m; i += LANES)
        next = append(v_load_first(&rows[j][i], LANES), i, &masks[j0 + j], next);
    }
  }
  for (size_t j = n; j < MS_TILE; ++j)
    masks[j] = 0;
  return (size_t)(next - values);
}
