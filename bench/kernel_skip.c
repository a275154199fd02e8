/* Registers the benchmarks of gemm_skip. */
#include "bench/kernel_skip.h"

#include <stdio.h>

#include "bench/common.h"
#include "bench/gbench.h"
#include "runtime/platform/clock.h"
#include "runtime/platform/dispatch.h"

/* Of the report's network: the forward products of both hidden layers. */
static const struct { size_t m, k, n; } shapes[] = {{512, 784, 1024}, {512, 1024, 512}};

/* Percent: about 19 have the pixels, 16 to 27 and 35 the outputs of the hidden layers with dropout. */
static const int densities[] = {5, 10, 20, 30, 40, 50, 60, 80, 100};

enum { N_SHAPES = 2, N_DENSITIES = sizeof densities / sizeof densities[0], MAX_RUNS = 256 };

struct run {
  size_t shape;
  int density; /* percent; 0: the dense product, on operands without zeros */
  const char *isa;
  char name[96];
};

static void run_skip(struct gbench_state *state, const void *context) {
  const struct run *run = context;
  const double peak = bench_select(run->isa, 1);
  struct skip_work work = skip_work_new(ms_kernels(), shapes[run->shape].m, shapes[run->shape].k, shapes[run->shape].n,
                                        run->density > 0 ? run->density / 100.0 : 1);
  skip_work_multiply(ms_kernels(), &work, run->density > 0);
  double n = 0;
  const double start = ms_clock_s();
  for (; gbench_keep_running(state); ++n)
    skip_work_multiply(ms_kernels(), &work, run->density > 0);
  const double gflops = 2e-9 * (double)work.m * (double)work.k * (double)work.n * n / (ms_clock_s() - start);
  gbench_counter(state, "GFLOP/s", gflops);
  gbench_counter(state, "%peak", 100 * gflops / peak);
  skip_work_free(&work);
}

void kernel_skip_register(const char *isa) {
  static struct run runs[MAX_RUNS];
  static size_t n_runs;
  for (size_t shape = 0; shape < N_SHAPES; ++shape) {
    for (int i = -1; i < N_DENSITIES && n_runs < MAX_RUNS; ++i) {
      struct run *run = &runs[n_runs++];
      *run = (struct run){.shape = shape, .density = i < 0 ? 0 : densities[i], .isa = isa};
      const int length = snprintf(run->name, sizeof run->name, "%s/%zux%zux%zu/%s", i < 0 ? "gemm" : "gemm_skip",
                                  shapes[shape].m, shapes[shape].k, shapes[shape].n, isa);
      if (i >= 0)
        snprintf(run->name + length, sizeof run->name - (size_t)length, "/density:%d", run->density);
      gbench_register(run->name, run_skip, run);
    }
  }
}
