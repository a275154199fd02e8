/* GFLOP/s of the dense and of the skipping product with each ISA, on one thread: 512 x 784 by 784 x 1024, the first
 * layer's product of the report's network, whose images have 19 % of their pixels. Counts the operations that a dense
 * product does. */
#include <stdio.h>
#include <stdlib.h>

#include "kernels/kernels.h"
#include "runtime/mnist_simd.h"
#include "runtime/platform/clock.h"
#include "runtime/platform/dispatch.h"
#include "runtime/platform/memory.h"

enum { M = 512, K = 784, N = 1024 };

static float *a, *b, *c, *workspace, *values;
static uint64_t *masks;
static struct ms_kernels kernels;

static void dense(void) {
  kernels.gemm(M, N, K, a, K, 1, b, N, 1, c, N, workspace);
}

static void skipping(void) {
  const struct ms_nonzeros nonzeros = {ms_tiles(M), masks, values};
  const struct ms_tiled tiled = ms_tiled_rows(b, N);
  kernels.gemm_skip(M, N, K, &nonzeros, &tiled, c, N, MS_TILE, workspace);
}

/* Of the fastest of some repetitions: other programs only make them slower. */
static double gflops(void (*multiply)(void)) {
  double best = 1e9;
  multiply(); /* an engine compiles it better once it has run for a while */
  for (double start = ms_clock_s(), end = start; end < start + 1.0;) {
    const double begin = end;
    multiply();
    end = ms_clock_s();
    best = end - begin < best ? end - begin : best;
  }
  return 2.0 * M * N * K / best * 1e-9;
}

static void fill(size_t n, float *x, unsigned percent) {
  for (size_t i = 0; i < n; ++i) {
    const unsigned random = (unsigned)((i + 1) * 2654435761u) >> 8;
    x[i] = random % 100 < percent ? (float)(random % 1000) / 1000.0f + 0.001f : 0.0f;
  }
}

int main(void) {
  const size_t tiles = ms_tiles(M) * ms_tiles(K);
  const char *chosen;
  if (ms_reserve(M * K, sizeof *a, "a", &a) != MS_OK || ms_reserve(K * N, sizeof *b, "b", &b) != MS_OK ||
      ms_reserve(M * N, sizeof *c, "c", &c) != MS_OK ||
      ms_reserve(1 << 22, sizeof *workspace, "w", &workspace) != MS_OK ||
      ms_reserve(tiles * MS_TILE, sizeof *masks, "masks", &masks) != MS_OK ||
      ms_reserve(tiles * MS_TILE_VALUES, sizeof *values, "values", &values) != MS_OK) {
    fprintf(stderr, "%s\n", ms_error_message());
    return EXIT_FAILURE;
  }
  fill(M * K, a, 19);
  fill(K * N, b, 100);
  printf("ISA        dense  skipping   GFLOP/s of a dense product, one thread\n");
  const char *isa;
  for (size_t i = 0; (isa = ms_isa_supported(i)) != NULL; ++i) {
    if (ms_dispatch_table(isa, &kernels, &chosen) != MS_OK)
      return EXIT_FAILURE;
    for (size_t row = 0, tile; row < M; row += MS_TILE)
      for (size_t col = 0; col < K; col += MS_TILE) {
        tile = col / MS_TILE * ms_tiles(M) + row / MS_TILE;
        kernels.compress(MS_TILE, K - col < MS_TILE ? K - col : MS_TILE, a + row * K + col, K, masks + tile * MS_TILE,
                         values + tile * MS_TILE_VALUES);
      }
    printf("%-8s %7.1f   %7.1f\n", isa, gflops(dense), gflops(skipping));
  }
  return EXIT_SUCCESS;
}
