/* Operands with zeros at random places, and both products of them. */
#include <stdlib.h>

#include "bench/common.h"
#include "bench/kernel_skip.h"
#include "kernels/philox.h"

struct skip_work skip_work_new(const struct ms_kernels *kernels, size_t m, size_t k, size_t n, double density) {
  struct skip_work w = {.m = m, .k = k, .n = n};
  w.a = bench_floats(m * k);
  w.b = bench_floats(k * n);
  w.c = bench_floats(m * n);
  const size_t tiles = ms_tiles(m) * ms_tiles(k);
  w.nonzeros.row_tiles = ms_tiles(m);
  w.nonzeros.masks = bench_allocate(tiles * MS_TILE * sizeof *w.nonzeros.masks);
  w.nonzeros.values = bench_allocate(tiles * MS_TILE_VALUES * sizeof *w.nonzeros.values);
  w.workspace = bench_allocate(kernels->gemm_workspace_floats * sizeof *w.workspace);
  for (size_t i = 0; i < m * k; ++i) {
    const uint32_t counter[4] = {(uint32_t)i}, key[2] = {42};
    uint32_t draw[4];
    ms_philox4x32(counter, key, draw);
    if ((double)draw[0] >= density * 0x1p32)
      w.a[i] = 0;
  }
  return w;
}

void skip_work_free(struct skip_work *w) {
  free(w->a);
  free(w->b);
  free(w->c);
  free(w->nonzeros.masks);
  free(w->nonzeros.values);
  free(w->workspace);
}

static void compress(const struct ms_kernels *kernels, const struct skip_work *w) {
  for (size_t i = 0; i < w->m; i += MS_TILE)
    for (size_t j = 0; j < w->k; j += MS_TILE) {
      const size_t tile = j / MS_TILE * w->nonzeros.row_tiles + i / MS_TILE;
      kernels->compress(w->m - i < MS_TILE ? w->m - i : MS_TILE, w->k - j < MS_TILE ? w->k - j : MS_TILE,
                        w->a + i * w->k + j, w->k, w->nonzeros.masks + tile * MS_TILE,
                        w->nonzeros.values + tile * MS_TILE_VALUES);
    }
}

void skip_work_multiply(const struct ms_kernels *kernels, const struct skip_work *w, int skip) {
  if (skip) {
    const struct ms_tiled b = ms_tiled_rows(w->b, w->n);
    compress(kernels, w);
    kernels->gemm_skip(w->m, w->n, w->k, &w->nonzeros, &b, w->c, w->n, MS_TILE, w->workspace);
  } else {
    kernels->gemm(w->m, w->n, w->k, w->a, w->k, 1, w->b, w->n, 1, w->c, w->n, w->workspace);
  }
}
