/* Activations: memory, compression, and the choice between dense and zero-skipping products. */
#include "runtime/nn/activations.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/platform/dispatch.h"
#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"

static enum ms_status allocate_nonzeros(size_t rows, size_t cols, struct ms_nonzeros *x) {
  x->row_tiles = ms_tiles(rows);
  const size_t tiles = x->row_tiles * ms_tiles(cols);
  MS_TRY(ms_allocate(tiles, MS_TILE * sizeof *x->masks, "batch", &x->masks));
  return ms_reserve(tiles, MS_TILE_VALUES * sizeof *x->values, "batch", &x->values);
}

enum ms_status ms_activations_create(size_t capacity, size_t units, enum ms_layout layout, bool with_columns,
                                     struct ms_activations *x) {
  memset(x, 0, sizeof *x);
  x->units = units;
  const size_t line = MS_ALIGNMENT / sizeof(float), lines = (units + line - 1) / line;
  x->ld = layout == MS_LAYOUT_ROWS ? units : layout == MS_LAYOUT_SPACED_ROWS ? (lines | 1) * line : MS_TILE;
  x->tile_stride = layout == MS_LAYOUT_PANELS ? capacity * MS_TILE : MS_TILE;
  const size_t row_floats = layout == MS_LAYOUT_PANELS ? ms_tiles(units) * MS_TILE : x->ld;
  MS_TRY(ms_allocate(capacity, row_floats * sizeof *x->dense, "batch", &x->dense));
  MS_TRY(allocate_nonzeros(capacity, units, &x->rows));
  return with_columns ? allocate_nonzeros(units, capacity, &x->columns) : MS_OK;
}

void ms_activations_free(struct ms_activations *x) {
  free(x->dense);
  free(x->rows.masks);
  free(x->rows.values);
  free(x->columns.masks);
  free(x->columns.values);
}

/* A tile of x, m x n at (i, j), that stands at `from`. Returns its number of non-zeros. */
static size_t compress_tile(struct ms_activations *x, size_t i, size_t j, size_t m, size_t n, const float *from,
                            size_t ld) {
  const struct ms_kernels *k = ms_kernels();
  if (x->columns.masks) {
    const size_t tile = i / MS_TILE * x->columns.row_tiles + j / MS_TILE;
    k->compress_transposed(m, n, from, ld, x->columns.masks + tile * MS_TILE,
                           x->columns.values + tile * MS_TILE_VALUES);
  }
  const size_t tile = j / MS_TILE * x->rows.row_tiles + i / MS_TILE;
  return k->compress(m, n, from, ld, x->rows.masks + tile * MS_TILE, x->rows.values + tile * MS_TILE_VALUES);
}

void ms_activations_compress(struct ms_activations *x, struct ms_block block) {
  size_t count = 0;
  for (size_t i = block.rows.first; i < block.rows.last; i += MS_TILE)
    for (size_t j = block.cols.first; j < block.cols.last; j += MS_TILE)
      count += compress_tile(x, i, j, ms_min(block.rows.last - i, MS_TILE), ms_min(block.cols.last - j, MS_TILE),
                             x->dense + ms_activations_at(x, i, j), x->ld);
  atomic_fetch_add_explicit(&x->n_nonzeros, count, memory_order_relaxed);
}

void ms_activations_compress_rows(struct ms_activations *x, struct ms_range rows, const float *from) {
  size_t count = 0;
  for (size_t i = rows.first; i < rows.last; i += MS_TILE)
    for (size_t j = 0; j < x->units; j += MS_TILE)
      count += compress_tile(x, i, j, ms_min(rows.last - i, MS_TILE), ms_min(x->units - j, MS_TILE),
                             from + (i - rows.first) * x->units + j, x->units);
  atomic_fetch_add_explicit(&x->n_nonzeros, count, memory_order_relaxed);
}

bool ms_activations_skip(const struct ms_activations *x, size_t n, size_t n_out) {
  const double density = (double)atomic_load(&x->n_nonzeros) / ((double)n * (double)x->units);
  return n_out >= ms_kernels()->gemm_skip_min_columns && density < ms_kernels()->gemm_skip_density;
}

/* Panel after panel of C, or all at once where B and C lie row after row. Panels of a single row look alike but for
 * their width. */
static void multiply_densely(const struct ms_activations *x, size_t n, bool transposed, struct ms_tiled b,
                             struct ms_block block, struct ms_result c, size_t index) {
  const size_t k = transposed ? n : x->units, rows = block.rows.last - block.rows.first;
  const size_t n_cols = block.cols.last - block.cols.first;
  const bool whole = b.col_tile_stride == MS_TILE * b.col_stride && c.tile_stride == MS_TILE && c.ld >= n_cols;
  const size_t width = whole ? n_cols : MS_TILE;
  assert(x->tile_stride == MS_TILE && (k <= MS_TILE || b.row_tile_stride == MS_TILE * b.row_stride));
  const float *a = x->dense + block.rows.first * (transposed ? 1 : x->ld);
  for (size_t j = block.cols.first; j < block.cols.last; j += width) {
    const size_t cols = block.cols.last - j < width ? block.cols.last - j : width;
    ms_kernels()->gemm(rows, cols, k, a, transposed ? 1 : x->ld, transposed ? x->ld : 1,
                       b.data + j / MS_TILE * b.col_tile_stride, b.row_stride, b.col_stride,
                       c.data + block.rows.first * c.ld + j / MS_TILE * c.tile_stride, c.ld, ms_pool_scratch(index));
  }
}

void ms_activations_multiply(const struct ms_activations *x, size_t n, bool transposed, bool skip, struct ms_tiled b,
                             struct ms_block block, struct ms_result c, size_t index) {
  assert(block.rows.first % MS_TILE == 0 && block.cols.first % MS_TILE == 0);
  if (ms_block_is_empty(block))
    return;
  if (!skip) {
    multiply_densely(x, n, transposed, b, block, c, index);
    return;
  }
  const size_t i = block.rows.first, j = block.cols.first;
  const struct ms_nonzeros a = ms_nonzeros_rows(transposed ? &x->columns : &x->rows, i);
  assert(a.masks);
  b.data += j / MS_TILE * b.col_tile_stride;
  ms_kernels()->gemm_skip(block.rows.last - i, block.cols.last - j, transposed ? n : x->units, &a, &b,
                          c.data + i * c.ld + j / MS_TILE * c.tile_stride, c.ld, c.tile_stride, ms_pool_scratch(index));
}

/* A skipping product packs its columns of B for each block: whole columns of blocks, as long as there are enough. A
 * dense one packs A as well: as few blocks as threads. */
struct ms_grid ms_grid(size_t rows, size_t cols, bool skip) {
  const size_t threads = ms_pool_size();
  size_t width = ms_kernels()->gemm_skip_columns;
  if (!skip)
    width = ms_tiles((cols + threads - 1) / threads) * MS_TILE;
  const size_t panels = (cols + width - 1) / width, wanted = skip && threads > 1 ? 2 * threads : threads;
  size_t row_parts = (wanted + panels - 1) / panels;
  if (row_parts > ms_tiles(rows))
    row_parts = ms_tiles(rows);
  const struct ms_grid grid = {rows, cols, row_parts, width};
  return grid;
}

size_t ms_grid_blocks(struct ms_grid grid) {
  return grid.row_parts * ((grid.cols + grid.width - 1) / grid.width);
}

struct ms_block ms_grid_block(struct ms_grid grid, size_t item) {
  const size_t place = ms_pool_neighbours(item, ms_grid_blocks(grid));
  const size_t first = place / grid.row_parts * grid.width;
  const size_t last = grid.cols - first < grid.width ? grid.cols : first + grid.width;
  const struct ms_block block = {ms_split(grid.rows, MS_TILE, grid.row_parts, place % grid.row_parts), {first, last}};
  return block;
}
