/* Matrix product that leaves out the zeros of A.
 *
 * A block of B, MS_TILE rows by at most MAX_VECTORS vectors, lies in L1. Row after row of A's tiles over these rows,
 * the positions of the non-zeros come out of the mask; each value is broadcast and multiplied with its row of the
 * block, into the accumulators of one row of C. So a term costs one load and one fma a vector, and a zero costs
 * nothing. A mask beats a list of positions: no load stands between one term and the address of the next. Values that
 * stand in the order of their use beat those of the dense matrix, whose lines would be fetched for a few of their
 * elements.
 *
 * Tiles over k are taken in ascending order and resume from C. The +0 that the contract adds at the end is added by
 * each: it turns a -0 into +0, and from either the terms that follow reach the same sum, but for a zero's sign, which
 * the last +0 settles. So a row without non-zeros in a tile is left as it is. */
#include <assert.h>

#include "gemm_sizes.h"
#include "simd.h"
#include "transpose.h"

enum {
  MAX_VECTORS = SKIP_COLUMNS / LANES,
  PIECE_VECTORS = MS_TILE / LANES,
  MIN_PACKED_ROWS = 32 /* of C: so many pay for packing a block of B */
};

/* Columns 0 .. cols-1 of C over one column of A's tiles. */
struct panel {
  size_t m, cols;
  const uint64_t *masks;
  const float *values;
  const float *b, *b_right; /* the block of B: row p at p * ldb, and its second MS_TILE columns */
  size_t ldb;
  float *c;
  size_t ldc, c_tile_stride;
  int first; /* start from +0 instead of C */
};

/* Offset of vector v in a row whose pieces of MS_TILE columns are `tile` apart. */
static inline __attribute__((always_inline)) size_t at(size_t v, size_t tile) {
  return v / PIECE_VECTORS * tile + v % PIECE_VECTORS * LANES;
}

/* acc[v] = fma(a, B(p, v), acc[v]), for the row of B that begins at row = p * ldb. */
static inline __attribute__((always_inline)) void add_term(size_t vectors, size_t tail, vfactor a, const float *b,
                                                           const float *b_right, size_t row, vec *acc) {
#pragma GCC unroll 16
  for (size_t v = 0; v < MAX_VECTORS; ++v)
    if (v < vectors)
      acc[v] = v_fma_by(a,
                        v_load_first((v < PIECE_VECTORS ? b : b_right) + row + v % PIECE_VECTORS * LANES,
                                     v + 1 < vectors ? LANES : tail),
                        acc[v]);
}

#if SKIP_SPREAD
/* Adds the terms of a row of A that has the non-zeros `left`. Values are loaded a vector at a time and spread from the
 * register: the loads of B leave no room for one more a term. Returns where the next row's values begin. */
static inline __attribute__((always_inline)) const float *add_terms(size_t vectors, size_t tail, size_t ldb,
                                                                    uint64_t left, const float *values,
                                                                    const struct panel *panel, vec *acc) {
  for (size_t rest = (size_t)__builtin_popcountll(left); rest > 0;) {
    const size_t n_terms = min_size(rest, LANES);
    const vec loaded = v_load(values); /* there is room behind a tile's last value */
    ivec lane = v_iset1(0);
    for (size_t term = 0; term < n_terms; ++term) {
      const size_t row = (size_t)__builtin_ctzll(left) * ldb;
      const vfactor a = v_broadcast_lane(loaded, lane);
      left &= left - 1;
      lane = v_iadd(lane, v_iset1(1));
      if (MAX_VECTORS > PIECE_VECTORS) /* x86 has loads of pointer, index and offset: one index for two pieces */
        add_term(vectors, tail, a, panel->b, panel->b_right, row, acc);
      else
        add_term(vectors, tail, a, panel->b + row, NULL, 0, acc);
    }
    values += n_terms;
    rest -= n_terms;
  }
  return values;
}
#else
/* Adds the terms of a row of A that has the non-zeros `left`, two at a time: half as many branches, and their order
 * stays. Rows of B go by pointers: loads of Arm and others take a constant offset or an index, not both, and gcc would
 * compute each address from the index. Returns where the next row's values begin. */
static inline __attribute__((always_inline)) const float *add_terms(size_t vectors, size_t tail, size_t ldb,
                                                                    uint64_t left, const float *values,
                                                                    const struct panel *panel, vec *acc) {
  const float *b = panel->b, *b_right = panel->b_right;
  if (__builtin_popcountll(left) % 2 != 0) {
    const size_t row = (size_t)__builtin_ctzll(left) * ldb;
    add_term(vectors, tail, v_factor(*values++), b + row, b_right + row, 0, acc);
    left &= left - 1;
  }
  while (left) {
    const size_t row0 = (size_t)__builtin_ctzll(left) * ldb;
    left &= left - 1;
    const size_t row1 = (size_t)__builtin_ctzll(left) * ldb;
    left &= left - 1;
    add_term(vectors, tail, v_factor(values[0]), b + row0, b_right + row0, 0, acc);
    add_term(vectors, tail, v_factor(values[1]), b + row1, b_right + row1, 0, acc);
    values += 2;
  }
  return values;
}
#endif

/* A row of A into row c, whose last vector holds `tail` columns. Returns where the next row's values begin. */
static inline __attribute__((always_inline)) const float *add_row(size_t vectors, size_t tail, size_t ldb,
                                                                  uint64_t mask, const float *values,
                                                                  const struct panel *panel, float *c) {
  const vec zero = v_set1(0.0f);
  /* In registers, as long as every loop over it is unrolled: clang does that for constant bounds only. */
  vec acc[MAX_VECTORS];
#pragma GCC unroll 16
  for (size_t v = 0; v < MAX_VECTORS; ++v)
    if (v < vectors)
      acc[v] = panel->first ? zero : v_load_first(c + at(v, panel->c_tile_stride), v + 1 < vectors ? LANES : tail);
  values = add_terms(vectors, tail, ldb, mask, values, panel, acc);
#pragma GCC unroll 16
  for (size_t v = 0; v < MAX_VECTORS; ++v)
    if (v < vectors)
      v_store_first(c + at(v, panel->c_tile_stride), v + 1 < vectors ? LANES : tail, v_add(acc[v], zero));
  return values;
}

static inline __attribute__((always_inline)) void multiply_panel(size_t vectors, size_t tail, size_t ldb,
                                                                 const struct panel *panel) {
  for (size_t i0 = 0; i0 < panel->m; i0 += MS_TILE) {
    const uint64_t *masks = panel->masks + i0;
    const float *values = panel->values + i0 / MS_TILE * MS_TILE_VALUES;
    float *c = panel->c + i0 * panel->ldc;
    const size_t rows = min_size(panel->m - i0, MS_TILE);
    for (size_t i = 0; i < rows; ++i, c += panel->ldc)
      if (masks[i] != 0 || panel->first)
        values = add_row(vectors, tail, ldb, masks[i], values, panel, c);
  }
}

static void multiply(size_t vectors, const struct panel *panel) {
  const size_t tail = panel->cols - (vectors - 1) * LANES;
  if (vectors == MAX_VECTORS && tail == LANES && panel->ldb == MS_TILE)
    multiply_panel(MAX_VECTORS, LANES, MS_TILE, panel); /* what training does: everything known to the compiler */
  else if (vectors == MAX_VECTORS)
    multiply_panel(MAX_VECTORS, tail, panel->ldb, panel);
  else if (vectors == 8)
    multiply_panel(8, tail, panel->ldb, panel);
  else if (vectors == 4)
    multiply_panel(4, tail, panel->ldb, panel);
  else if (vectors == 2)
    multiply_panel(2, tail, panel->ldb, panel);
  else
    multiply_panel(1, tail, panel->ldb, panel);
}

/* The widest panel of MAX_VECTORS, half of that and so on down to 1 vector that `cols` columns fill, the last vector
 * perhaps in part. */
static size_t panel_vectors(size_t cols) {
  size_t vectors = MAX_VECTORS;
  while (vectors > 1 && (vectors - 1) * LANES >= cols)
    vectors /= 2;
  return vectors;
}

/* Copies depth x cols of B into pieces of MS_TILE x MS_TILE, filled up with +0 to whole vectors. */
static void pack_b(size_t depth, size_t cols, const struct ms_tiled *b, const float *block, float *packed) {
  for (size_t j = 0; j < cols; j += LANES) {
    const float *from = block + j / MS_TILE * b->col_tile_stride + j % MS_TILE * b->col_stride;
    float *to = packed + j / MS_TILE * MS_TILE * MS_TILE + j % MS_TILE;
    const size_t width = min_size(cols - j, LANES);
    if (b->col_stride == 1)
      for (size_t p = 0; p < depth; ++p)
        v_store(to + p * MS_TILE, v_load_first(from + p * b->row_stride, width));
    else
      for (size_t p = 0; p < depth; p += LANES)
        transpose_square(width, min_size(depth - p, LANES), from + p, b->col_stride, to + p * MS_TILE, MS_TILE);
  }
}

/* A block of B is used in place if its rows are contiguous, or if few rows of C want it; else it is packed, so that it
 * fits into L1 and no line is shared. */
static void take_block(size_t m, size_t depth, size_t cols, const struct ms_tiled *b, const float *block,
                       float *workspace, struct panel *panel) {
  if (b->col_stride == 1 && (b->row_stride == MS_TILE || m < MIN_PACKED_ROWS)) {
    panel->b = block;
    panel->ldb = b->row_stride;
    panel->b_right = block + (cols > MS_TILE ? b->col_tile_stride : 0);
    return;
  }
  pack_b(depth, cols, b, block, workspace);
  panel->b = workspace;
  panel->ldb = MS_TILE;
  panel->b_right = workspace + MS_TILE * MS_TILE;
}

void ISA(ms_gemm_skip_f32)(size_t m, size_t n, size_t k, const struct ms_nonzeros *a, const struct ms_tiled *b,
                           float *c, size_t ldc, size_t c_tile_stride, float *workspace) {
  assert(ldc >= min_size(n, MS_TILE) && ms_tiles(m) <= a->row_tiles);
  assert(b->row_stride == 1 || b->col_stride == 1);
  assert((uintptr_t)workspace % 64 == 0);
  if (k == 0) /* C is +0 then */
    for (size_t i = 0; i < m; ++i)
      for (size_t j = 0; j < n; ++j)
        c[i * ldc + j / MS_TILE * c_tile_stride + j % MS_TILE] = 0.0f;
  for (size_t j = 0; j < n;) {
    const size_t vectors = panel_vectors(n - j), cols = min_size(n - j, vectors * LANES);
    struct panel panel = {.m = m, .cols = cols, .ldc = ldc, .c_tile_stride = c_tile_stride};
    panel.c = c + j / MS_TILE * c_tile_stride + j % MS_TILE;
    for (size_t p = 0; p < k; p += MS_TILE) {
      const float *block =
          b->data + p / MS_TILE * b->row_tile_stride + j / MS_TILE * b->col_tile_stride + j % MS_TILE * b->col_stride;
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
