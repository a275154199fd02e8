/* The micro-tile of the matrix product: up to MICRO_M rows by up to MICRO_VECTORS vectors of C, over one block of k. */
#ifndef MS_KERNELS_SIMD_GEMM_MICRO_TILE_H
#define MS_KERNELS_SIMD_GEMM_MICRO_TILE_H

#include "gemm_sizes.h"
#include "simd.h"

/* How many rows of B are fetched ahead of the one in use. */
enum { PREFETCH_ROWS = 16 };

/* A micro-tile's operands. A and B stand in place or packed. */
struct micro_tile {
  size_t depth; /* of the block of k */
  const float *a;
  size_t a_row_stride, a_col_stride;
  const float *b; /* whole vectors; columns beyond `cols` are dropped */
  size_t b_row_stride;
  int fetch_b;     /* B's rows are not in L2 and too far apart for the hardware to foresee: fetch them ahead */
  float *packed_b; /* if not NULL, B's vectors are copied to it, row after row */
  float *c;
  size_t ldc;
  size_t cols;        /* of C */
  int resume, finish; /* start from C instead of +0; add the final +0 */
};

/* Rows and vectors are constants of each copy. The loops run to the enum's bounds, with a condition inside, because
 * clang 14 keeps the accumulators in memory if the parameters bound them. A's rows are reached in groups of three from
 * one pointer, or there would be too few registers for them all. */
static inline __attribute__((always_inline)) void compute_micro_tile(const size_t rows, const size_t vectors,
                                                                     const struct micro_tile *t) {
  enum { GROUP = 3, GROUPS = (MICRO_M + GROUP - 1) / GROUP };
  const size_t tail = t->cols - (vectors - 1) * LANES;
  const vec zero = v_set1(0.0f);
  vec acc[MICRO_M][MICRO_VECTORS];
#pragma GCC unroll 8
  for (size_t i = 0; i < MICRO_M; ++i)
#pragma GCC unroll 4
    for (size_t v = 0; v < MICRO_VECTORS; ++v)
      if (i < rows && v < vectors) {
        const float *c = t->c + i * t->ldc + v * LANES;
        __builtin_prefetch(c + rows * t->ldc, 1); /* for the micro-tile below, which most often comes next */
        acc[i][v] = t->resume ? v_load_first(c, v + 1 < vectors ? LANES : tail) : zero;
      }
  const size_t a_row_stride = t->a_row_stride, a_col_stride = t->a_col_stride, b_row_stride = t->b_row_stride;
  const float *a[GROUPS], *b = t->b;
#pragma GCC unroll 3
  for (size_t g = 0; g < GROUPS; ++g)
    a[g] = t->a + g * GROUP * a_row_stride;
  const char *b_ahead = (const char *)(b + PREFETCH_ROWS * b_row_stride);
  const int fetch_b = t->fetch_b;
  float *packed_b = t->packed_b;
  for (size_t p = t->depth; p > 0; --p) {
    vec b_p[MICRO_VECTORS];
#pragma GCC unroll 4
    for (size_t v = 0; v < MICRO_VECTORS; ++v)
      if (v < vectors) {
        b_p[v] = v_load(b + v * LANES);
        if (fetch_b)
          __builtin_prefetch(b_ahead + v * sizeof b_p[v]);
      }
    if (packed_b) {
#pragma GCC unroll 4
      for (size_t v = 0; v < MICRO_VECTORS; ++v)
        if (v < vectors)
          v_store(packed_b + v * LANES, b_p[v]);
      packed_b += vectors * LANES;
    }
#pragma GCC unroll 8
    for (size_t i = 0; i < MICRO_M; ++i)
      if (i < rows) {
        const vfactor a_ip = v_factor(a[i / GROUP][i % GROUP * a_row_stride]);
#pragma GCC unroll 4
        for (size_t v = 0; v < MICRO_VECTORS; ++v)
          if (v < vectors)
            acc[i][v] = v_fma_by(a_ip, b_p[v], acc[i][v]);
      }
#pragma GCC unroll 3
    for (size_t g = 0; g < GROUPS; ++g)
      a[g] += a_col_stride;
    b += b_row_stride;
    b_ahead += b_row_stride * sizeof *b;
  }
#pragma GCC unroll 8
  for (size_t i = 0; i < MICRO_M; ++i)
#pragma GCC unroll 4
    for (size_t v = 0; v < MICRO_VECTORS; ++v)
      if (i < rows && v < vectors)
        v_store_first(t->c + i * t->ldc + v * LANES, v + 1 < vectors ? LANES : tail,
                      t->finish ? v_add(acc[i][v], zero) : acc[i][v]);
}

#define MICRO_TILE(rows, vectors)                                                                                      \
  static void micro_tile_##rows##x##vectors(const struct micro_tile *t) {                                              \
    compute_micro_tile(rows, vectors, t);                                                                              \
  }
/* clang-format off */
#if MICRO_VECTORS == 2
#define ROW(rows) MICRO_TILE(rows, 1) MICRO_TILE(rows, 2)
#define NAMES(rows) {micro_tile_##rows##x1, micro_tile_##rows##x2}
#elif MICRO_VECTORS == 3
#define ROW(rows) MICRO_TILE(rows, 1) MICRO_TILE(rows, 2) MICRO_TILE(rows, 3)
#define NAMES(rows) {micro_tile_##rows##x1, micro_tile_##rows##x2, micro_tile_##rows##x3}
#elif MICRO_VECTORS == 4
#define ROW(rows) MICRO_TILE(rows, 1) MICRO_TILE(rows, 2) MICRO_TILE(rows, 3) MICRO_TILE(rows, 4)
#define NAMES(rows) {micro_tile_##rows##x1, micro_tile_##rows##x2, micro_tile_##rows##x3, micro_tile_##rows##x4}
#endif
#if MICRO_M == 6
ROW(1) ROW(2) ROW(3) ROW(4) ROW(5) ROW(6)
#define ALL_NAMES NAMES(1), NAMES(2), NAMES(3), NAMES(4), NAMES(5), NAMES(6)
#elif MICRO_M == 8
ROW(1) ROW(2) ROW(3) ROW(4) ROW(5) ROW(6) ROW(7) ROW(8)
#define ALL_NAMES NAMES(1), NAMES(2), NAMES(3), NAMES(4), NAMES(5), NAMES(6), NAMES(7), NAMES(8)
#endif
    /* clang-format on */

    /* [rows - 1][vectors - 1] */
    static void (*const micro_tiles[MICRO_M][MICRO_VECTORS])(const struct micro_tile *t) = {ALL_NAMES};
#undef ALL_NAMES
#undef NAMES
#undef ROW
#undef MICRO_TILE

#endif
