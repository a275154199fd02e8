/* Matrix product: a micro-tile, operands packed where that pays, blocks for the caches.
 * Single-threaded; does not know alpha, beta or transposition flags (runtime/platform/sgemm.c does).
 *
 * Loop order and packing after Goto & van de Geijn, "Anatomy of high-performance matrix multiplication", ACM TOMS
 * 34(3), 2008. Blocks over k are taken in ascending order and each resumes from the value stored in C, so that every
 * element is one fma chain over p = 0 .. k-1 whatever the block sizes.
 *
 * A row-major B is packed by the first micro-tile that reads it, on the way. */
#include <assert.h>

#include "gemm_micro_tile.h"
#include "gemm_pack.h"
#include "workspace.h"

/* A is packed if its columns are what is contiguous, or each step of k would read a line per micro-tile at a distance,
 * and if it is read for more than NARROW columns of C. Rows need no packing whatever their distance: a micro-tile's
 * lines stay in L1 for 16 steps of k. A B of SMALL_B floats, gaps between its rows included, is not packed either. */
enum { NARROW = 128, SMALL_B = 8192 };

/* One block of C += A B and its operands. */
struct block {
  size_t rows, cols, depth;
  const float *a; /* in place or packed */
  size_t a_row_stride, a_col_stride;
  int a_is_packed;
  const float *b;
  size_t b_row_stride, b_col_stride;
  float *packed_b;
  int b_is_packed;
  float *c;
  size_t ldc;
  int resume, finish; /* as in struct micro_tile */
};

/* The first of the fewest parts of at most `max` that make up total, cut at multiples of unit and all about equal. */
static size_t even_part(size_t total, size_t max, size_t unit) {
  if (total <= max)
    return total;
  const size_t units = (total + unit - 1) / unit, parts = (total + max - 1) / max;
  return (units + parts - 1) / parts * unit;
}

/* Stride between packed panels of A: what their rows need, and a cache line, so that they do not share a set of L1. */
static size_t panel_floats(size_t depth) {
  return MICRO_M * depth + LINE;
}

/* y(i) = x(i) for i < height; whole vectors are written, and so up to MICRO_M + LANES - 1 elements. */
static inline __attribute__((always_inline)) void copy_column(size_t height, const float *x, float *y) {
  for (size_t i = 0; i < MICRO_M; i += LANES)
    v_store(y + i, v_load_first(x + i, height > i ? min_size(height - i, LANES) : 0));
}

/* Packs rows x depth of a column-major A into panels of at most MICRO_M rows. Each of its columns is read at one go;
 * the next column's store overwrites the excess of a vector. */
static void pack_a(size_t rows, size_t depth, const float *a, size_t col_stride, float *packed) {
  size_t firsts[BLOCK_M / MICRO_M + 1], panels = 0;
  for (size_t i = 0; i < rows; i += even_part(rows - i, MICRO_M, 1))
    firsts[panels++] = i;
  firsts[panels] = rows;
  const size_t stride = panel_floats(depth);
  if (rows == panels * MICRO_M)
    for (size_t p = 0; p < depth; ++p)
      for (size_t q = 0; q < panels; ++q)
        copy_column(MICRO_M, a + p * col_stride + q * MICRO_M, packed + q * stride + p * MICRO_M);
  else
    for (size_t p = 0; p < depth; ++p)
      for (size_t q = 0; q < panels; ++q)
        copy_column(firsts[q + 1] - firsts[q], a + p * col_stride + firsts[q], packed + q * stride + p * MICRO_M);
}

/* The micro-tile's B for columns j .. j+cols-1, packed where that pays and can be done at once. */
static void prepare_b(const struct block *block, size_t j, struct micro_tile *tile) {
  const size_t ld = (tile->cols + LANES - 1) / LANES * LANES;
  const float *b = block->b + j * block->b_col_stride;
  float *packed = block->packed_b + j * block->depth;
  const int in_place = block->b_col_stride == 1 && tile->cols == ld; /* else whole vectors of it would end outside B */
  const int is_small = block->depth * block->b_row_stride <= SMALL_B;
  if (in_place && (is_small || !block->b_is_packed)) {
    tile->b = b;
    tile->b_row_stride = block->b_row_stride;
    tile->fetch_b = !is_small;
    tile->packed_b = is_small || block->rows <= MICRO_M ? NULL : packed;
    return;
  }
  tile->b = packed;
  tile->b_row_stride = ld;
  if (block->b_is_packed)
    return;
  if (block->b_col_stride == 1)
    copy_panel(block->depth, tile->cols, b, block->b_row_stride, packed, ld);
  else
    transpose_panel(block->depth, tile->cols, b, block->b_col_stride, packed, ld);
}

/* Columns j .. j+cols-1 of the block, at most MICRO_VECTORS vectors. */
static void multiply_panel(const struct block *block, size_t j, size_t cols) {
  struct micro_tile tile = {.depth = block->depth, .ldc = block->ldc, .cols = cols, .a = block->a};
  tile.a_row_stride = block->a_row_stride;
  tile.a_col_stride = block->a_is_packed ? MICRO_M : block->a_col_stride;
  tile.resume = block->resume;
  tile.finish = block->finish;
  prepare_b(block, j, &tile);
  const size_t vectors = (cols + LANES - 1) / LANES;
  for (size_t i = 0; i < block->rows;) {
    const size_t height = even_part(block->rows - i, MICRO_M, 1);
    tile.c = block->c + i * block->ldc + j;
    micro_tiles[height - 1][vectors - 1](&tile);
    tile.a += block->a_is_packed ? panel_floats(block->depth) : height * block->a_row_stride;
    if (tile.packed_b) {
      tile.b = tile.packed_b;
      tile.b_row_stride = vectors * LANES;
      tile.fetch_b = 0;
      tile.packed_b = NULL;
    }
    i += height;
  }
}

static void multiply_block(const struct block *block) {
  for (size_t j = 0; j < block->cols;) {
    const size_t left = block->cols - j, vectors = even_part((left + LANES - 1) / LANES, MICRO_VECTORS, 1);
    const size_t cols = min_size(vectors * LANES, left);
    multiply_panel(block, j, cols);
    j += cols;
  }
}

/* All rows of a block of columns and of k, block by block. */
static void multiply_rows(size_t m, struct block block, float *packed_a) {
  const struct block whole = block;
  for (size_t i = 0; i < m; i += block.rows) {
    block.rows = even_part(m - i, BLOCK_M, MICRO_M);
    block.a = whole.a + i * whole.a_row_stride;
    block.c = whole.c + i * whole.ldc;
    block.b_is_packed = i > 0;
    if (block.a_is_packed) {
      pack_a(block.rows, block.depth, block.a, whole.a_col_stride, packed_a);
      block.a = packed_a;
    }
    multiply_block(&block);
  }
}

void ISA(ms_gemm_f32)(size_t m, size_t n, size_t k, const float *a, size_t a_row_stride, size_t a_col_stride,
                      const float *b, size_t b_row_stride, size_t b_col_stride, float *c, size_t ldc,
                      float *workspace) {
  assert(ldc >= n);
  assert(a_row_stride == 1 || a_col_stride == 1);
  assert(b_row_stride == 1 || b_col_stride == 1);
  assert((uintptr_t)workspace % 64 == 0);
  struct block block = {
      .a_row_stride = a_row_stride,
      .a_col_stride = a_col_stride,
  };
  block.a_is_packed = a_row_stride == 1 && n > NARROW;
  block.b_row_stride = b_row_stride;
  block.b_col_stride = b_col_stride;
  block.packed_b = workspace + PACKED_A_FLOATS;
  block.ldc = ldc;
  for (size_t j = 0; j < n; j += block.cols) {
    block.cols = even_part(n - j, BLOCK_N, MICRO_VECTORS * LANES);
    block.c = c + j;
    size_t p = 0;
    do { /* once for k = 0 too: C is then +0 */
      block.depth = even_part(k - p, BLOCK_K, LANES);
      block.a = a + p * a_col_stride;
      block.b = b + p * b_row_stride + j * b_col_stride;
      block.resume = p > 0;
      block.finish = p + block.depth == k;
      multiply_rows(m, block, workspace);
      p += block.depth;
    } while (p < k);
  }
}
