/* Every kernel of every ISA that this CPU has, on one thread and on all: bytes/s against what memory or caches deliver
 * for as many bytes, so that one sees what binds it: about 100 % is the memory, much less is arithmetic. Matrix
 * products have GFLOP/s instead, see kernel_skip.h and gemm_bench.
 * Usage: kernel_bench [--json FILE] [Google Benchmark's options] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bandwidth.h"
#include "bench/common.h"
#include "bench/gbench.h"
#include "bench/kernel_cases.h"
#include "bench/kernel_skip.h"
#include "runtime/platform/clock.h"
#include "runtime/platform/cores.h"
#include "runtime/platform/cpu.h"
#include "runtime/platform/dispatch.h"
#include "runtime/platform/threads.h"

enum { MAX_RUNS = 1024, L1_BYTES = 24 << 10, MIN_BYTES = 1 << 20 };

/* A part of the first cache, what the network has, or twice the largest cache; each thread has as much for itself. */
static const char *const sizes[] = {"l1", "network", "memory"};
enum { SIZE_L1, SIZE_NETWORK, SIZE_MEMORY, N_SIZES };

struct run {
  const struct kernel_case *kernel;
  const char *isa;
  size_t rows, threads;
  char name[96];
};

static struct run runs[MAX_RUNS];
static size_t n_runs;

struct region {
  const struct run *run;
  struct kernel_work *work; /* one per thread */
  size_t calls;             /* per thread: many of a small one, so that handing over does not show */
};

static void make_work(void *context, size_t index) {
  const struct region *region = context;
  region->work[index] = kernel_work_new(region->run->kernel, region->run->rows);
}

/* Kept for the runs that follow with the same kernel, size and threads: those of the other ISAs. */
static struct kernel_work *get_work(const struct run *run) {
  static struct kernel_work *work;
  static struct run last;
  if (last.kernel == run->kernel && last.rows == run->rows && last.threads == run->threads)
    return work;
  for (size_t i = 0; i < last.threads; ++i)
    kernel_work_free(&work[i]);
  free(work);
  work = bench_allocate(run->threads * sizeof *work);
  last = *run;
  ms_pool_run(make_work, &(struct region){.run = run, .work = work});
  return work;
}

static void task(void *context, size_t index) {
  const struct region *region = context;
  for (size_t call = 0; call < region->calls; ++call)
    region->run->kernel->call(ms_kernels(), &region->work[index]);
}

/* Time of so much traffic, in bytes by GB/s. */
static double share(double bytes, enum bench_traffic traffic, size_t footprint) {
  return bytes > 0 ? bytes / bench_bandwidth(traffic, footprint) : 0;
}

static void run_kernel(struct gbench_state *state, const void *context) {
  const struct run *run = context;
  const struct kernel_case *kernel = run->kernel;
  bench_select(run->isa, run->threads);
  const size_t n_elements = run->rows * kernel->cols, footprint = n_elements * kernel->n_matrices * sizeof(float);
  struct region region = {.run = run, .work = get_work(run), .calls = MIN_BYTES / footprint + 1};
  ms_pool_run(task, &region);

  double n_calls = 0;
  const double start = ms_clock_s();
  for (; gbench_keep_running(state); n_calls += (double)region.calls)
    ms_pool_run(task, &region);
  const double seconds = ms_clock_s() - start;

  const double bytes = kernel->read + kernel->copied + kernel->updated;
  const double rate = bytes * (double)n_elements * n_calls * (double)run->threads * 1e-9 / seconds;
  const double limit =
      bytes / (share(kernel->read, BENCH_READ, footprint) + share(kernel->copied, BENCH_COPY, footprint) +
               share(kernel->updated, BENCH_UPDATE, footprint));
  gbench_counter(state, "us/call", seconds * 1e6 / n_calls);
  gbench_counter(state, "GB/s", rate);
  gbench_counter(state, "limit", limit);
  gbench_counter(state, "%limit", 100 * rate / limit);
}

static size_t rows_of(const struct kernel_case *kernel, int size) {
  const size_t row_bytes = kernel->cols * kernel->n_matrices * sizeof(float);
  if (size == SIZE_NETWORK)
    return kernel->rows;
  return (size == SIZE_L1 ? L1_BYTES : 2 * bench_cache_bytes()) / row_bytes + 1;
}

static void add_runs(const struct kernel_case *kernel, int size, size_t threads) {
  for (size_t j = 0; j < ms_isa_count() && n_runs < MAX_RUNS; ++j) {
    if (!bench_isa(j))
      continue;
    struct run *run = &runs[n_runs++];
    *run = (struct run){.kernel = kernel, .isa = bench_isa(j), .rows = rows_of(kernel, size), .threads = threads};
    snprintf(run->name, sizeof run->name, "%s/%s/%s/threads:%zu", kernel->slot, sizes[size], run->isa, threads);
    gbench_register(run->name, run_kernel, run);
  }
}

/* A new slot must not go unmeasured without a word. */
static void check_complete(void) {
  for (size_t slot = 0; slot < ms_slot_count(); ++slot) {
    bool found = strncmp(ms_slot_name(slot), "gemm", 4) == 0;
    for (size_t i = 0; i < kernel_case_count(); ++i)
      found = found || strcmp(kernel_case_get(i)->slot, ms_slot_name(slot)) == 0;
    if (!found)
      fprintf(stderr, "kernel_bench: WARNING: the kernel %s has no case in bench/kernel_cases.c\n", ms_slot_name(slot));
  }
}

int main(int argc, char **argv) {
  char cpu[128];
  ms_cpu_name(cpu, sizeof cpu);
  gbench_context("cpu", cpu);
  check_complete();
  const size_t cores = ms_cpu_cores();
  for (size_t threads = 1; threads <= cores; threads += cores > 1 ? cores - 1 : 1)
    for (size_t i = 0; i < kernel_case_count(); ++i)
      for (int size = 0; size < N_SIZES; ++size)
        add_runs(kernel_case_get(i), size, threads);
  for (size_t j = 1; j < ms_isa_count(); ++j)
    if (bench_isa(j))
      kernel_skip_register(bench_isa(j));
  return gbench_run(argc, argv);
}
