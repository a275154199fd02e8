/* The register tile of the matrix product, AVX2 + FMA: up to 6 rows by up to 2 vectors of C, over one block of k. */
#ifndef MS_KERNELS_AVX2_GEMM_TILE_H
#define MS_KERNELS_AVX2_GEMM_TILE_H

#include "vec.h"

/* 6 x 16: 12 accumulators, 2 vectors of B and a broadcast of A fill 15 of 16 registers, and the 12 independent fma chains
 * cover the latency of 4 or 5 cycles on two ports. */
enum { TILE_M = 6, MAX_VECTORS = 2, TILE_N = MAX_VECTORS * LANES };

/* How many rows of B are fetched ahead of the one in use. */
enum { PREFETCH_ROWS = 16 };

/* A tile's operands. A and B stand in place or packed. */
struct tile {
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
 * clang 14 keeps the accumulators in memory if the parameters bound them. A's rows are reached in groups of three from one
 * pointer, or there would be too few registers for them all. */
static inline __attribute__((always_inline)) void compute_tile(const size_t rows, const size_t vectors,
                                                               const struct tile *t) {
  enum { GROUP = 3, GROUPS = (TILE_M + GROUP - 1) / GROUP };
  const size_t tail = t->cols - (vectors - 1) * LANES;
  const __m256 zero = _mm256_setzero_ps();
  __m256 acc[TILE_M][MAX_VECTORS];
#pragma GCC unroll 6
  for (size_t i = 0; i < TILE_M; ++i)
#pragma GCC unroll 2
    for (size_t v = 0; v < MAX_VECTORS; ++v)
      if (i < rows && v < vectors) {
        const float *c = t->c + i * t->ldc + v * LANES;
        __builtin_prefetch(c + rows * t->ldc, 1); /* for the tile below, which most often comes next */
        acc[i][v] = t->resume ? load_first(c, v + 1 < vectors ? LANES : tail) : zero;
      }
  const size_t a_row_stride = t->a_row_stride, a_col_stride = t->a_col_stride, b_row_stride = t->b_row_stride;
  const float *a[GROUPS], *b = t->b;
#pragma GCC unroll 2
  for (size_t g = 0; g < GROUPS; ++g)
    a[g] = t->a + g * GROUP * a_row_stride;
  const char *b_ahead = (const char *)(b + PREFETCH_ROWS * b_row_stride);
  const int fetch_b = t->fetch_b;
  float *packed_b = t->packed_b;
  for (size_t p = t->depth; p > 0; --p) {
    __m256 b_p[MAX_VECTORS];
#pragma GCC unroll 2
    for (size_t v = 0; v < MAX_VECTORS; ++v)
      if (v < vectors) {
        b_p[v] = _mm256_loadu_ps(b + v * LANES);
        if (fetch_b)
          _mm_prefetch(b_ahead + v * sizeof b_p[v], _MM_HINT_T0);
      }
    if (packed_b) {
#pragma GCC unroll 2
      for (size_t v = 0; v < MAX_VECTORS; ++v)
        if (v < vectors)
          _mm256_store_ps(packed_b + v * LANES, b_p[v]);
      packed_b += vectors * LANES;
    }
#pragma GCC unroll 6
    for (size_t i = 0; i < TILE_M; ++i)
      if (i < rows) {
        const __m256 a_ip = _mm256_set1_ps(a[i / GROUP][i % GROUP * a_row_stride]);
#pragma GCC unroll 2
        for (size_t v = 0; v < MAX_VECTORS; ++v)
          if (v < vectors)
            acc[i][v] = _mm256_fmadd_ps(a_ip, b_p[v], acc[i][v]);
      }
#pragma GCC unroll 2
    for (size_t g = 0; g < GROUPS; ++g)
      a[g] += a_col_stride;
    b += b_row_stride;
    b_ahead += b_row_stride * sizeof *b;
  }
#pragma GCC unroll 6
  for (size_t i = 0; i < TILE_M; ++i)
#pragma GCC unroll 2
    for (size_t v = 0; v < MAX_VECTORS; ++v)
      if (i < rows && v < vectors)
        store_first(t->c + i * t->ldc + v * LANES, v + 1 < vectors ? LANES : tail,
                    t->finish ? _mm256_add_ps(acc[i][v], zero) : acc[i][v]);
}

#define TILE(rows, vectors)                                                                                            \
  static void tile_##rows##x##vectors(const struct tile *t) {                                                          \
    compute_tile(rows, vectors, t);                                                                                    \
  }
TILE(1, 1)
TILE(1, 2)
TILE(2, 1)
TILE(2, 2)
TILE(3, 1)
TILE(3, 2)
TILE(4, 1)
TILE(4, 2)
TILE(5, 1)
TILE(5, 2)
TILE(6, 1)
TILE(6, 2)

/* [rows - 1][vectors - 1] */
static void (*const tiles[TILE_M][MAX_VECTORS])(const struct tile *t) = {
    {tile_1x1, tile_1x2}, {tile_2x1, tile_2x2}, {tile_3x1, tile_3x2},
    {tile_4x1, tile_4x2}, {tile_5x1, tile_5x2}, {tile_6x1, tile_6x2},
};
#undef TILE

#endif
