/* Matrix product that leaves out the zeros of A, AVX2.
 *
 * A block of B, MS_TILE rows by at most 64 columns, is packed into L1. Row after row of A's tiles over these rows, the
 * positions of the non-zeros come out of the mask; each value is broadcast and multiplied with its row of the block, into
 * the accumulators of one row of C. So a term costs one load and one fma a vector, and a zero costs nothing. A mask beats
 * a list of positions: no load stands between one term and the address of the next. Values that stand in the order of
 * their use beat those of the dense matrix, whose lines would be fetched for a few of their elements.
 *
 * Tiles over k are taken in ascending order and resume from C. The +0 that the contract adds at the end is added by each:
 * it turns a -0 into +0, and from either the terms that follow reach the same sum, but for a zero's sign, which the last
 * +0 settles. So a row without non-zeros in a tile is left as it is. */
#include <assert.h>

#include "avx2.h"
#include "transpose.h"
#include "vec.h"

enum { MAX_VECTORS = MS_GEMM_SKIP_AVX2_COLUMNS / LANES };

/* Packs depth x cols of B, cols filled up with +0 to whole vectors. */
static void pack_b(size_t depth, size_t cols, const float *b, size_t row_stride, size_t col_stride, float *packed) {
  const size_t ld = (cols + LANES - 1) / LANES * LANES;
  if (col_stride == 1) {
    for (size_t p = 0; p < depth; ++p)
      for (size_t j = 0; j < cols; j += LANES)
        _mm256_store_ps(packed + p * ld + j, load_first(b + p * row_stride + j, min_size(cols - j, LANES)));
    return;
  }
  for (size_t j = 0; j < cols; j += LANES)
    for (size_t p = 0; p < depth; p += LANES)
      transpose_tile(min_size(cols - j, LANES), min_size(depth - p, LANES), b + j * col_stride + p, col_stride,
                     packed + p * ld + j, ld, LANES);
}

/* Columns 0 .. cols-1 of C over one column of A's tiles. */
struct panel {
  size_t m, cols;
  const uint64_t *masks;
  const float *values;
  const float *packed_b; /* (MS_TILE, cols filled up) */
  float *c;
  size_t ldc;
  int first; /* start from +0 instead of C */
};

/* acc[v] = fma(a, b[v], acc[v]) */
static inline __attribute__((always_inline)) void add_term(size_t vectors, const float *a, const float *b,
                                                           __m256 *acc) {
  const __m256 factor = _mm256_broadcast_ss(a);
#pragma GCC unroll 16
  for (size_t v = 0; v < vectors; ++v)
    acc[v] = _mm256_fmadd_ps(factor, _mm256_load_ps(b + v * LANES), acc[v]);
}

/* All terms of a row of A that has the non-zeros `left`, into a row of C whose last vector holds `tail` columns. Two terms
 * at a time: half as many branches, and their order stays. Returns where the next row's values stand. */
static inline __attribute__((always_inline)) const float *
add_row(size_t vectors, size_t tail, uint64_t left, const float *values, const float *packed_b, float *c, int first) {
  const __m256 zero = _mm256_setzero_ps();
  __m256 acc[MAX_VECTORS]; /* in registers, as long as every loop over it is unrolled */
#pragma GCC unroll 16
  for (size_t v = 0; v < vectors; ++v)
    acc[v] = first ? zero : load_first(c + v * LANES, v + 1 < vectors ? LANES : tail);
  const size_t ld = vectors * LANES;
  if (__builtin_popcountll(left) % 2 != 0) {
    add_term(vectors, values++, packed_b + (size_t)__builtin_ctzll(left) * ld, acc);
    left &= left - 1;
  }
  while (left) {
    const size_t p0 = (size_t)__builtin_ctzll(left);
    left &= left - 1;
    const size_t p1 = (size_t)__builtin_ctzll(left);
    left &= left - 1;
    add_term(vectors, values, packed_b + p0 * ld, acc);
    add_term(vectors, values + 1, packed_b + p1 * ld, acc);
    values += 2;
  }
#pragma GCC unroll 16
  for (size_t v = 0; v < vectors; ++v)
    store_first(c + v * LANES, v + 1 < vectors ? LANES : tail, _mm256_add_ps(acc[v], zero));
  return values;
}

static inline __attribute__((always_inline)) void multiply_panel(size_t vectors, size_t tail,
                                                                 const struct panel *panel) {
  for (size_t i0 = 0; i0 < panel->m; i0 += MS_TILE) {
    const uint64_t *masks = panel->masks + i0;
    const float *values = panel->values + i0 / MS_TILE * MS_TILE_VALUES;
    float *c = panel->c + i0 * panel->ldc;
    const size_t rows = min_size(panel->m - i0, MS_TILE);
    for (size_t i = 0; i < rows; ++i, c += panel->ldc)
      if (masks[i] != 0 || panel->first)
        values = add_row(vectors, tail, masks[i], values, panel->packed_b, c, panel->first);
  }
}

/* The widest panel of 8, 4, 2 or 1 vectors that `cols` columns fill, the last vector perhaps in part. */
static size_t panel_vectors(size_t cols) {
  size_t vectors = MAX_VECTORS;
  while (vectors > 1 && (vectors - 1) * LANES >= cols)
    vectors /= 2;
  return vectors;
}

static void multiply(size_t vectors, const struct panel *panel) {
  const size_t tail = panel->cols - (vectors - 1) * LANES;
  switch (vectors) {
  case MAX_VECTORS:
    if (tail == LANES)
      multiply_panel(MAX_VECTORS, LANES, panel);
    else
      multiply_panel(MAX_VECTORS, tail, panel);
    break;
  case 4:
    multiply_panel(4, tail, panel);
    break;
  case 2:
    multiply_panel(2, tail, panel);
    break;
  default:
    multiply_panel(1, tail, panel);
  }
}

void ms_gemm_skip_f32_avx2(size_t m, size_t n, size_t k, const struct ms_nonzeros *a, const float *b,
                           size_t b_row_stride, size_t b_col_stride, float *c, size_t ldc, float *workspace) {
  assert(ldc >= n && ms_tiles(m) <= a->row_tiles);
  assert(b_row_stride == 1 || b_col_stride == 1);
  assert((uintptr_t)workspace % 64 == 0);
  if (k == 0) /* C is +0 then */
    for (size_t i = 0; i < m; ++i)
      for (size_t j = 0; j < n; ++j)
        c[i * ldc + j] = 0.0f;
  for (size_t j = 0; j < n;) {
    const size_t vectors = panel_vectors(n - j), cols = min_size(n - j, vectors * LANES);
    struct panel panel = {.m = m, .cols = cols, .packed_b = workspace, .c = c + j, .ldc = ldc};
    for (size_t p = 0; p < k; p += MS_TILE) {
      pack_b(min_size(k - p, MS_TILE), cols, b + p * b_row_stride + j * b_col_stride, b_row_stride, b_col_stride,
             workspace);
      const size_t tile = p / MS_TILE * a->row_tiles;
      panel.masks = a->masks + tile * MS_TILE;
      panel.values = a->values + tile * MS_TILE_VALUES;
      panel.first = p == 0;
      multiply(vectors, &panel);
    }
    j += cols;
  }
}
