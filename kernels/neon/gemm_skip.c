/* Matrix product that leaves out the zeros of A, NEON.
 *
 * A block of B, MS_TILE rows by at most MAX_VECTORS vectors, lies in L1. Row after row of A's tiles over these rows, the
 * positions of the non-zeros come out of the mask; each value is broadcast and multiplied with its row of the block, into
 * the accumulators of one row of C. So a term costs one load and one fma a vector, and a zero costs nothing. A mask beats
 * a list of positions: no load stands between one term and the address of the next. Values that stand in the order of
 * their use beat those of the dense matrix, whose lines would be fetched for a few of their elements.
 *
 * Tiles over k are taken in ascending order and resume from C. The +0 that the contract adds at the end is added by each:
 * it turns a -0 into +0, and from either the terms that follow reach the same sum, but for a zero's sign, which the last
 * +0 settles. So a row without non-zeros in a tile is left as it is. */
#include <assert.h>

#include "neon.h"
#include "transpose.h"
#include "vec.h"

enum {
  MAX_VECTORS = MS_GEMM_SKIP_NEON_COLUMNS / LANES,
  TILE_VECTORS = MS_TILE / LANES,
  MIN_PACKED_ROWS = 32 /* of C: so many pay for packing a block of B */
};

/* Columns 0 .. cols-1 of C over one column of A's tiles. */
struct panel {
  size_t m, cols;
  const uint64_t *masks;
  const float *values;
  const float *b; /* the block of B: row p at p * ldb, its second MS_TILE columns b_tile further on */
  size_t ldb, b_tile;
  float *c;
  size_t ldc, c_tile;
  int first; /* start from +0 instead of C */
};

/* Where vector v of a row stands whose pieces of MS_TILE columns are `tile` apart. */
static inline __attribute__((always_inline)) size_t at(size_t v, size_t tile) {
  return v / TILE_VECTORS * tile + v % TILE_VECTORS * LANES;
}

/* acc[v] = fma(a, b[v], acc[v]) */
static inline __attribute__((always_inline)) void add_term(size_t vectors, size_t tail, const float *a, const float *b,
                                                           size_t b_tile, float32x4_t *acc) {
  const float32x4_t factor = vld1q_dup_f32(a);
#pragma GCC unroll 16
  for (size_t v = 0; v < MAX_VECTORS; ++v)
    if (v < vectors)
      acc[v] = fma_lanes(factor, load_first(b + at(v, b_tile), v + 1 < vectors ? LANES : tail), acc[v]);
}

/* All terms of a row of A that has the non-zeros `left`, into row c, whose last vector holds `tail` columns. Two terms at
 * a time: half as many branches, and their order stays. Returns where the next row's values stand. */
static inline __attribute__((always_inline)) const float *
add_row(size_t vectors, size_t tail, uint64_t left, const float *values, const struct panel *panel, float *c) {
  const float32x4_t zero = vdupq_n_f32(0.0f);
  const size_t ldb = panel->ldb, b_tile = panel->b_tile;
  /* In registers, as long as every loop over it is unrolled: clang does that for constant bounds only. */
  float32x4_t acc[MAX_VECTORS];
#pragma GCC unroll 16
  for (size_t v = 0; v < MAX_VECTORS; ++v)
    if (v < vectors)
      acc[v] = panel->first ? zero : load_first(c + at(v, panel->c_tile), v + 1 < vectors ? LANES : tail);
  if (__builtin_popcountll(left) % 2 != 0) {
    add_term(vectors, tail, values++, panel->b + (size_t)__builtin_ctzll(left) * ldb, b_tile, acc);
    left &= left - 1;
  }
  while (left) {
    const float *b0 = panel->b + (size_t)__builtin_ctzll(left) * ldb;
    left &= left - 1;
    const float *b1 = panel->b + (size_t)__builtin_ctzll(left) * ldb;
    left &= left - 1;
    add_term(vectors, tail, values, b0, b_tile, acc);
    add_term(vectors, tail, values + 1, b1, b_tile, acc);
    values += 2;
  }
#pragma GCC unroll 16
  for (size_t v = 0; v < MAX_VECTORS; ++v)
    if (v < vectors)
      store_first(c + at(v, panel->c_tile), v + 1 < vectors ? LANES : tail, vaddq_f32(acc[v], zero));
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
        values = add_row(vectors, tail, masks[i], values, panel, c);
  }
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
  case 8:
    multiply_panel(8, tail, panel);
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

/* The widest panel of 16, 8, 4, 2 or 1 vectors that `cols` columns fill, the last vector perhaps in part. */
static size_t panel_vectors(size_t cols) {
  size_t vectors = MAX_VECTORS;
  while (vectors > 1 && (vectors - 1) * LANES >= cols)
    vectors /= 2;
  return vectors;
}

/* Copies depth x cols of B into pieces of MS_TILE x MS_TILE, filled up with +0 to whole vectors. */
static void pack_b(size_t depth, size_t cols, const struct ms_tiled *b, const float *block, float *packed) {
  for (size_t j = 0; j < cols; j += LANES) {
    const float *from = block + j / MS_TILE * b->col_tile + j % MS_TILE * b->col;
    float *to = packed + j / MS_TILE * MS_TILE * MS_TILE + j % MS_TILE;
    const size_t width = min_size(cols - j, LANES);
    if (b->col == 1)
      for (size_t p = 0; p < depth; ++p)
        vst1q_f32(to + p * MS_TILE, load_first(from + p * b->row, width));
    else
      for (size_t p = 0; p < depth; p += LANES)
        transpose_tile(width, min_size(depth - p, LANES), from + p, b->col, to + p * MS_TILE, MS_TILE, LANES);
  }
}

/* A block of B is taken as it stands if its rows lie side by side, or if few rows of C want it; else it is packed, so that
 * it finds a place in L1 and no line is shared. */
static void take_block(size_t m, size_t depth, size_t cols, const struct ms_tiled *b, const float *block,
                       float *workspace, struct panel *panel) {
  if (b->col == 1 && (b->row == MS_TILE || m < MIN_PACKED_ROWS)) {
    panel->b = block;
    panel->ldb = b->row;
    panel->b_tile = b->col_tile;
    return;
  }
  pack_b(depth, cols, b, block, workspace);
  panel->b = workspace;
  panel->ldb = MS_TILE;
  panel->b_tile = MS_TILE * MS_TILE;
}

void ms_gemm_skip_f32_neon(size_t m, size_t n, size_t k, const struct ms_nonzeros *a, const struct ms_tiled *b,
                           float *c, size_t ldc, size_t c_tile, float *workspace) {
  assert(ldc >= min_size(n, MS_TILE) && ms_tiles(m) <= a->row_tiles);
  assert(b->row == 1 || b->col == 1);
  assert((uintptr_t)workspace % 64 == 0);
  if (k == 0) /* C is +0 then */
    for (size_t i = 0; i < m; ++i)
      for (size_t j = 0; j < n; ++j)
        c[i * ldc + j / MS_TILE * c_tile + j % MS_TILE] = 0.0f;
  for (size_t j = 0; j < n;) {
    const size_t vectors = panel_vectors(n - j), cols = min_size(n - j, vectors * LANES);
    struct panel panel = {.m = m, .cols = cols, .ldc = ldc, .c_tile = c_tile};
    panel.c = c + j / MS_TILE * c_tile + j % MS_TILE;
    for (size_t p = 0; p < k; p += MS_TILE) {
      const float *block = b->data + p / MS_TILE * b->row_tile + j / MS_TILE * b->col_tile + j % MS_TILE * b->col;
      take_block(m, min_size(k - p, MS_TILE), cols, b, block, workspace, &panel);
      const size_t tile = p / MS_TILE * a->row_tiles;
      panel.masks = a->masks + tile * MS_TILE;
      panel.values = a->values + tile * MS_TILE_VALUES;
      panel.first = p == 0;
      multiply(vectors, &panel);
    }
    j += cols;
  }
}
