/* The rows of a batch at one place of a network: an input, a layer's output, or a derivative. Densely, and without its
 * zeros for the products that skip them. */
#ifndef MS_NN_ACTIVATIONS_H
#define MS_NN_ACTIVATIONS_H

#include <stdatomic.h>

#include "kernels/kernels.h"
#include "runtime/platform/sgemm.h"

static inline size_t ms_min(size_t x, size_t y) {
  return x < y ? x : y;
}

struct ms_activations {
  size_t units;
  float *dense;            /* (capacity, units): element (i, j) at i * ld + (j / MS_TILE) * tile_stride + j % MS_TILE */
  size_t ld, tile_stride;  /* of rows: units or more, MS_TILE; of panels (kernels.h): MS_TILE, capacity * MS_TILE */
  struct ms_nonzeros rows; /* of dense */
  struct ms_nonzeros columns; /* of its transpose; absent (masks NULL) where no weight gradient is wanted */
  atomic_size_t n_nonzeros;   /* counted by ms_activations_compress */
};

/* As the left operand of a dense product it must lie row after row; in panels it is the better right operand. Spaced
 * rows are an odd number of cache lines apart: tiles of rows that are a power of two apart find no place in L1. */
enum ms_layout { MS_LAYOUT_ROWS, MS_LAYOUT_SPACED_ROWS, MS_LAYOUT_PANELS };

/* On failure, what was allocated is still to be freed by ms_activations_free. */
enum ms_status ms_activations_create(size_t capacity, size_t units, enum ms_layout layout, bool with_columns,
                                     struct ms_activations *x);
void ms_activations_free(struct ms_activations *x);

/* Where element (i, j) stands, j a multiple of MS_TILE. */
static inline size_t ms_activations_at(const struct ms_activations *x, size_t i, size_t j) {
  return i * x->ld + j / MS_TILE * x->tile_stride;
}

/* Its dense form as the right operand of a product. */
static inline struct ms_tiled ms_activations_tiled(const struct ms_activations *x) {
  const struct ms_tiled tiled = {x->dense, MS_TILE * x->ld, x->ld, x->tile_stride, 1};
  return tiled;
}

/* Brings rows and columns up to date with a block of dense that begins at multiples of MS_TILE and ends there or at the
 * edge of the batch's n rows. Several threads may each do a block. n_nonzeros must be 0 before the first. */
void ms_activations_compress(struct ms_activations *x, struct ms_block block);

/* The same for whole rows that stand elsewhere, at `from`, row after row. */
void ms_activations_compress_rows(struct ms_activations *x, struct ms_range rows, const float *from);

/* Whether products with n rows of x (or their transpose) on the left and n_out columns in the result skip zeros: where
 * that is faster, for the bits are the same. To be called when all of the n rows are compressed. */
bool ms_activations_skip(const struct ms_activations *x, size_t n, size_t n_out);

/* A result and where its elements stand, as in struct ms_activations. */
struct ms_result {
  float *data;
  size_t ld, tile_stride;
};

/* That block of C = X B or, transposed, C = X^T B: X (n, units) the first n rows of x, c the whole C. On the scratch
 * memory of thread `index`. A block begins at multiples of MS_TILE. A dense product needs X row after row, and B at
 * most MS_TILE rows high or with even distances between its rows. */
void ms_activations_multiply(const struct ms_activations *x, size_t n, bool transposed, bool skip, struct ms_tiled b,
                             struct ms_block block, struct ms_result c, size_t index);

/* Division of a result (rows, cols) into blocks for ms_pool_each: cut at multiples of MS_TILE, of a size that suits the
 * products, and enough of them to occupy the threads. */
struct ms_grid {
  size_t rows, cols, row_parts, width; /* width: columns of a block */
};
struct ms_grid ms_grid(size_t rows, size_t cols, bool skip);
size_t ms_grid_blocks(struct ms_grid grid);
struct ms_block ms_grid_block(struct ms_grid grid, size_t item);

/* The rows of tile `tile` of n rows. */
static inline struct ms_range ms_tile_rows(size_t tile, size_t n) {
  const size_t first = tile * MS_TILE;
  const struct ms_range rows = {first, ms_min(n, first + MS_TILE)};
  return rows;
}

#endif
