/* Matrix product, AVX2 + FMA: packed operands, a 6 x 16 register tile, blocks for L1 and L2.
 * Single-threaded; does not know alpha, beta or transposition flags (runtime/platform/gemm.c does).
 *
 * Loop order and packing after Goto & van de Geijn, "Anatomy of high-performance matrix multiplication", ACM TOMS
 * 34(3), 2008. Blocks over k are taken in ascending order and each resumes from the value stored in C, so that every
 * element is one fma chain over p = 0 .. k-1 whatever the block sizes. */
#include <assert.h>

#include "avx2.h"
#include "vec.h"

/* 6 x 16: 12 accumulators, 2 vectors of B and a broadcast of A fill 15 of 16 registers, and the 12 independent fma
 * chains cover the latency of 4 or 5 cycles on two ports. A panel of B (BLOCK_K x 16, 16 KiB) stays in L1, the packed
 * block of A (96 KiB) and that of B (BLOCK_K x BLOCK_N, 512 KiB) in L2. */
enum {
  TILE_M = 6,
  TILE_N = 16,
  BLOCK_M = MS_GEMM_AVX2_BLOCK_M,
  BLOCK_N = MS_GEMM_AVX2_BLOCK_N,
  BLOCK_K = MS_GEMM_AVX2_BLOCK_K
};

/* Packs `rows` x `depth` of A into panels of TILE_M rows, each stored column after column; missing rows are +0. */
static void pack_a(size_t rows, size_t depth, const float *a, size_t row_stride, size_t col_stride, float *packed) {
  for (size_t i0 = 0; i0 < rows; i0 += TILE_M) {
    const size_t height = min_size(rows - i0, TILE_M);
    const float *panel = a + i0 * row_stride;
    if (height == TILE_M)
      for (size_t p = 0; p < depth; ++p, packed += TILE_M)
        for (size_t i = 0; i < TILE_M; ++i)
          packed[i] = panel[i * row_stride + p * col_stride];
    else
      for (size_t p = 0; p < depth; ++p, packed += TILE_M)
        for (size_t i = 0; i < TILE_M; ++i)
          packed[i] = i < height ? panel[i * row_stride + p * col_stride] : 0.0f;
  }
}

/* Packs `depth` x `cols` of B into panels of TILE_N columns, each stored row after row; missing columns are +0. */
static void pack_b(size_t depth, size_t cols, const float *b, size_t row_stride, size_t col_stride, float *packed) {
  for (size_t j0 = 0; j0 < cols; j0 += TILE_N) {
    const size_t width = min_size(cols - j0, TILE_N);
    const float *panel = b + j0 * col_stride;
    if (width == TILE_N && col_stride == 1)
      for (size_t p = 0; p < depth; ++p, packed += TILE_N) {
        _mm256_store_ps(packed, _mm256_loadu_ps(panel + p * row_stride));
        _mm256_store_ps(packed + LANES, _mm256_loadu_ps(panel + p * row_stride + LANES));
      }
    else if (width == TILE_N)
      for (size_t p = 0; p < depth; ++p, packed += TILE_N)
        for (size_t j = 0; j < TILE_N; ++j)
          packed[j] = panel[p * row_stride + j * col_stride];
    else
      for (size_t p = 0; p < depth; ++p, packed += TILE_N)
        for (size_t j = 0; j < TILE_N; ++j)
          packed[j] = j < width ? panel[p * row_stride + j * col_stride] : 0.0f;
  }
}

/* One 6 x 16 tile of C over one block of k. `resume` starts from C instead of +0, `finish` adds the final +0. */
static void tile_6x16(size_t depth, const float *a, const float *b, float *c, size_t ldc, int resume, int finish) {
  __m256 acc[TILE_M][2]; /* in registers, as long as every loop over it is unrolled */
#pragma GCC unroll 6
  for (size_t i = 0; i < TILE_M; ++i) {
    acc[i][0] = resume ? _mm256_loadu_ps(c + i * ldc) : _mm256_setzero_ps();
    acc[i][1] = resume ? _mm256_loadu_ps(c + i * ldc + LANES) : _mm256_setzero_ps();
  }
  for (size_t p = 0; p < depth; ++p, a += TILE_M, b += TILE_N) {
    const __m256 b0 = _mm256_load_ps(b);
    const __m256 b1 = _mm256_load_ps(b + LANES);
#pragma GCC unroll 6
    for (size_t i = 0; i < TILE_M; ++i) {
      const __m256 a_i = _mm256_broadcast_ss(a + i);
      acc[i][0] = _mm256_fmadd_ps(a_i, b0, acc[i][0]);
      acc[i][1] = _mm256_fmadd_ps(a_i, b1, acc[i][1]);
    }
  }
  const __m256 zero = _mm256_setzero_ps();
#pragma GCC unroll 6
  for (size_t i = 0; i < TILE_M; ++i) {
    _mm256_storeu_ps(c + i * ldc, finish ? _mm256_add_ps(acc[i][0], zero) : acc[i][0]);
    _mm256_storeu_ps(c + i * ldc + LANES, finish ? _mm256_add_ps(acc[i][1], zero) : acc[i][1]);
  }
}

/* The same for a tile cut off at C's edge: through a full-sized copy, of which only the part in C is kept. */
static void tile_edge(size_t rows, size_t cols, size_t depth, const float *a, const float *b, float *c, size_t ldc,
                      int resume, int finish) {
  float tile[TILE_M * TILE_N] = {0};
  if (resume)
    for (size_t i = 0; i < rows; ++i)
      for (size_t j = 0; j < cols; ++j)
        tile[i * TILE_N + j] = c[i * ldc + j];
  tile_6x16(depth, a, b, tile, TILE_N, resume, finish);
  for (size_t i = 0; i < rows; ++i)
    for (size_t j = 0; j < cols; ++j)
      c[i * ldc + j] = tile[i * TILE_N + j];
}

/* A block of C from a packed block of A (rows, depth) and one of B (depth, cols). */
static void multiply_block(size_t rows, size_t cols, size_t depth, const float *packed_a, const float *packed_b,
                           float *c, size_t ldc, int resume, int finish) {
  for (size_t j = 0; j < cols; j += TILE_N)
    for (size_t i = 0; i < rows; i += TILE_M) {
      const size_t height = min_size(rows - i, TILE_M), width = min_size(cols - j, TILE_N);
      const float *a = packed_a + i * depth, *b = packed_b + j * depth;
      if (height == TILE_M && width == TILE_N)
        tile_6x16(depth, a, b, c + i * ldc + j, ldc, resume, finish);
      else
        tile_edge(height, width, depth, a, b, c + i * ldc + j, ldc, resume, finish);
    }
}

void ms_gemm_f32_6x16_avx2(size_t m, size_t n, size_t k, const float *a, size_t a_row_stride, size_t a_col_stride,
                           const float *b, size_t b_row_stride, size_t b_col_stride, float *c, size_t ldc,
                           float *workspace) {
  assert(ldc >= n);
  assert(a_row_stride == 1 || a_col_stride == 1);
  assert(b_row_stride == 1 || b_col_stride == 1);
  assert((uintptr_t)workspace % 64 == 0);
  float *packed_a = workspace;                     /* (BLOCK_M, BLOCK_K) */
  float *packed_b = workspace + BLOCK_M * BLOCK_K; /* (BLOCK_K, BLOCK_N) */
  size_t p = 0;
  do { /* once for k = 0 too: C is then +0 */
    const size_t depth = min_size(k - p, BLOCK_K);
    const int resume = p > 0, finish = p + depth == k;
    for (size_t j = 0; j < n; j += BLOCK_N) {
      const size_t cols = min_size(n - j, BLOCK_N);
      pack_b(depth, cols, b + p * b_row_stride + j * b_col_stride, b_row_stride, b_col_stride, packed_b);
      for (size_t i = 0; i < m; i += BLOCK_M) {
        const size_t rows = min_size(m - i, BLOCK_M);
        pack_a(rows, depth, a + i * a_row_stride + p * a_col_stride, a_row_stride, a_col_stride, packed_a);
        multiply_block(rows, cols, depth, packed_a, packed_b, c + i * ldc + j, ldc, resume, finish);
      }
    }
    p += depth;
  } while (p < k);
}
