/* ms_sgemm over the shapes of training and some others: GFLOP/s and percent of the measured peak, for every ISA of this CPU,
 * one thread and all; OpenBLAS beside it where it was found. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/gbench.h"
#include "bench/peak.h"
#include "runtime/mnist_simd.h"
#include "runtime/platform/clock.h"
#include "runtime/platform/cpu.h"
#include "runtime/platform/dispatch.h"
#include "runtime/platform/memory.h"

#if defined(BENCH_WITH_OPENBLAS)
#include <cblas.h>
#endif

/* C (m, n) = op(A) (m, k) op(B) (k, n). The first four are the products of the report's network: forward in both hidden
 * layers, weight gradient and input gradient. */
static const struct shape {
  size_t m, k, n;
  enum ms_transpose trans_a, trans_b;
} shapes[] = {
    {512, 784, 1024, MS_NO_TRANS, MS_NO_TRANS},   {512, 1024, 512, MS_NO_TRANS, MS_NO_TRANS},
    {784, 512, 1024, MS_TRANS, MS_NO_TRANS},      {512, 512, 1024, MS_NO_TRANS, MS_TRANS},
    {512, 512, 10, MS_NO_TRANS, MS_NO_TRANS},     {64, 64, 64, MS_NO_TRANS, MS_NO_TRANS},
    {256, 256, 256, MS_NO_TRANS, MS_NO_TRANS},    {1024, 1024, 1024, MS_NO_TRANS, MS_NO_TRANS},
    {2048, 2048, 2048, MS_NO_TRANS, MS_NO_TRANS},
};

enum { N_SHAPES = sizeof shapes / sizeof shapes[0], MAX_RUNS = 256 };

/* The scalar reference is there to be right: one small shape says how slow it is. */
enum { SCALAR_MAX_FLOP = 2 * 256 * 256 * 256 };

struct run {
  const struct shape *shape;
  const char *isa;
  size_t threads;
  bool openblas;
  char name[96];
};

static struct run runs[MAX_RUNS];
static size_t n_runs;

/* Kernels and threads of a run, and the peak that goes with them; kept while runs share them. */
static double select_kernels(const char *isa, size_t threads) {
  static double peak;
  if (ms_threads() == threads && strcmp(ms_isa(), isa) == 0)
    return peak;
  ms_shutdown();
  if (ms_init(isa, threads) != MS_OK) {
    fprintf(stderr, "gemm_bench: %s\n", ms_error_message());
    exit(EXIT_FAILURE);
  }
  return peak = bench_peak_gflops(isa);
}

static float *new_matrix(size_t n_floats) {
  float *x;
  if (ms_allocate(n_floats, sizeof *x, "matrix", &x) != MS_OK) {
    fprintf(stderr, "gemm_bench: %s\n", ms_error_message());
    exit(EXIT_FAILURE);
  }
  for (size_t i = 0; i < n_floats; ++i)
    x[i] = (float)(i * 7 % 64) / 64.0f - 0.5f;
  return x;
}

static void multiply(const struct run *run, const float *a, const float *b, float *c) {
  const struct shape *s = run->shape;
  const size_t lda = s->trans_a == MS_TRANS ? s->m : s->k, ldb = s->trans_b == MS_TRANS ? s->k : s->n;
#if defined(BENCH_WITH_OPENBLAS)
  if (run->openblas) {
    cblas_sgemm(CblasRowMajor, (CBLAS_TRANSPOSE)s->trans_a, (CBLAS_TRANSPOSE)s->trans_b, (int)s->m, (int)s->n,
                (int)s->k, 1.0f, a, (int)lda, b, (int)ldb, 0.0f, c, (int)s->n);
    return;
  }
#endif
  ms_sgemm(s->trans_a, s->trans_b, s->m, s->n, s->k, 1.0f, a, lda, b, ldb, 0.0f, c, s->n);
}

static void run_gemm(struct gbench_state *state, const void *context) {
  const struct run *run = context;
  const struct shape *s = run->shape;
  const double peak = select_kernels(run->isa, run->threads);
#if defined(BENCH_WITH_OPENBLAS)
  if (run->openblas)
    openblas_set_num_threads((int)run->threads);
#endif
  float *a = new_matrix(s->m * s->k), *b = new_matrix(s->k * s->n), *c = new_matrix(s->m * s->n);
  double n = 0;
  const double start = ms_clock_s();
  for (; gbench_keep_running(state); ++n)
    multiply(run, a, b, c);
  const double gflops = 2e-9 * (double)s->m * (double)s->n * (double)s->k * n / (ms_clock_s() - start);
  gbench_counter(state, "GFLOP/s", gflops);
  if (peak > 0)
    gbench_counter(state, "%peak", 100 * gflops / peak);
  free(a);
  free(b);
  free(c);
}

static void add_run(const struct shape *shape, const char *isa, size_t threads, bool openblas) {
  if (n_runs == MAX_RUNS)
    return;
  struct run *run = &runs[n_runs++];
  *run = (struct run){.shape = shape, .isa = isa, .threads = threads, .openblas = openblas};
  snprintf(run->name, sizeof run->name, "gemm/%zux%zux%zu%s%s/%s/threads:%zu", shape->m, shape->k, shape->n,
           shape->trans_a == MS_TRANS ? "/At" : "", shape->trans_b == MS_TRANS ? "/Bt" : "",
           openblas ? "openblas" : isa, threads);
  gbench_register(run->name, run_gemm, run);
}

static void add_runs(size_t threads) {
  for (size_t i = 0; i < N_SHAPES; ++i) {
    const struct shape *s = &shapes[i];
    const char *fastest = NULL;
    for (size_t j = 0; j < ms_isa_count(); ++j) {
      const struct ms_isa_entry *isa = ms_isa_entry(j);
      const bool supported = (ms_cpu_features() & isa->required) == isa->required;
      if (!supported || (isa->required == 0 && 2 * s->m * s->n * s->k > SCALAR_MAX_FLOP))
        continue;
      fastest = isa->name;
      add_run(s, isa->name, threads, false);
    }
#if defined(BENCH_WITH_OPENBLAS)
    add_run(s, fastest, threads, true); /* held against the fastest ISA's peak */
#endif
    (void)fastest;
  }
}

int main(int argc, char **argv) {
  char cpu[128];
  ms_cpu_name(cpu, sizeof cpu);
  gbench_context("cpu", cpu);
  add_runs(1);
  if (ms_cpu_cores() > 1)
    add_runs(ms_cpu_cores());
  return gbench_run(argc, argv);
}
