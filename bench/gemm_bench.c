/* ms_sgemm over the products of training and others: GFLOP/s and percent of the measured peak, for every ISA of this
 * CPU, one thread and all, operands in the cache or in memory; other libraries beside it where the build found them.
 * Usage: gemm_bench [--json FILE] [Google Benchmark's options] */
#define _POSIX_C_SOURCE 200809L /* nanosleep */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bench/common.h"
#include "bench/gbench.h"
#include "bench/peers/peers.h"
#include "runtime/platform/clock.h"
#include "runtime/platform/cores.h"
#include "runtime/platform/cpu.h"
#include "runtime/platform/dispatch.h"

/* C (m, n) = op(A) (m, k) op(B) (k, n). The first four are the products of the report's network: forward in both hidden
 * layers, weight gradient and input gradient. */
static const struct shape {
  size_t m, k, n;
  bool trans_a, trans_b;
} shapes[] = {
    {512, 784, 1024, false, false},
    {512, 1024, 512, false, false},
    {784, 512, 1024, true, false},
    {512, 512, 1024, false, true},
    {256, 256, 256, false, false},
    {1024, 1024, 1024, false, false},
    {2048, 2048, 2048, false, false},
    {512, 512, 10, false, false},
    {64, 64, 64, false, false},
    /* The other products of the network: weight gradient of layers 2 and 3, input gradient of layer 3, the last
     * batch. */
    {1024, 512, 512, true, false},
    {512, 512, 10, true, false},
    {512, 10, 512, false, true},
    {96, 784, 1024, false, false},
    /* Small squares, odd sizes, one image, tall and flat ones. */
    {16, 16, 16, false, false},
    {32, 32, 32, false, false},
    {128, 128, 128, false, false},
    {67, 131, 257, false, false},
    {1000, 999, 1001, false, false},
    {1, 784, 1024, false, false},
    {4096, 64, 64, false, false},
    {64, 64, 4096, false, false},
    {64, 8192, 64, false, false},
};

enum { N_SHAPES = sizeof shapes / sizeof shapes[0], MAX_RUNS = 1024 };

/* The scalar reference is there to be right: small shapes say how slow it is. */
enum { SCALAR_MAX_TERMS = 256 * 256 * 256 };

/* Before another library's turn, so that the threads of the one before have stopped watching for work. */
enum { PAUSE_MS = 20 };

struct run {
  struct peer_product product;
  const struct peer *peer; /* NULL: ms_sgemm */
  const char *isa;         /* of ms_sgemm, and of the peak */
  size_t threads;
  bool cold;
  char name[96];
};

static struct run runs[MAX_RUNS];
static size_t n_runs;

/* Operands one after the other, used in turn: one if warm, as many as are twice the largest cache if cold. */
struct operands {
  size_t n, a_floats, b_floats, c_floats;
  float *a, *b, *c;
};

static size_t whole_lines(size_t n_floats) {
  return (n_floats + 15) / 16 * 16;
}

/* Memory that all runs share, so that each contender has the same pages, and no time goes into filling them anew. */
static float *reserve(size_t matrix, size_t n_floats) {
  static struct {
    float *data;
    size_t n_floats;
  } kept[3];
  if (kept[matrix].n_floats < n_floats) {
    free(kept[matrix].data);
    kept[matrix].data = bench_floats(n_floats);
    kept[matrix].n_floats = n_floats;
  }
  return kept[matrix].data;
}

static struct operands get_operands(const struct run *run) {
  const struct peer_product *p = &run->product;
  struct operands o = {1, whole_lines(p->m * p->k), whole_lines(p->k * p->n), whole_lines(p->m * p->n), 0, 0, 0};
  if (run->cold)
    o.n += 2 * bench_cache_bytes() / ((o.a_floats + o.b_floats + o.c_floats) * sizeof(float));
  o.a = reserve(0, o.n * o.a_floats);
  o.b = reserve(1, o.n * o.b_floats);
  o.c = reserve(2, o.n * o.c_floats);
  return o;
}

static void multiply(const struct run *run, const float *a, const float *b, float *c) {
  const struct peer_product *p = &run->product;
  if (run->peer)
    run->peer->multiply(p, a, b, c);
  else
    ms_sgemm(p->trans_a ? MS_TRANS : MS_NO_TRANS, p->trans_b ? MS_TRANS : MS_NO_TRANS, p->m, p->n, p->k, 1.0f, a,
             p->lda, b, p->ldb, 0.0f, c, p->n);
}

/* A library that was asked for another product would be compared with in vain. */
static void check_peer(const struct run *run, const struct operands *o) {
  const struct peer_product *p = &run->product;
  const struct run own = {.product = *p};
  float *expected = bench_floats(p->m * p->n);
  multiply(&own, o->a, o->b, expected);
  for (size_t i = 0; i < p->m * p->n; ++i)
    if (!(fabsf(o->c[i] - expected[i]) <= 1e-4f * (float)p->k))
      bench_fail(run->name); /* its product is wrong */
  free(expected);
}

static void run_gemm(struct gbench_state *state, const void *context) {
  const struct run *run = context;
  static const struct peer *last_peer;
  if (run->peer != last_peer)
    nanosleep(&(struct timespec){.tv_nsec = PAUSE_MS * 1000000L}, NULL);
  last_peer = run->peer;
  const double peak = bench_select(run->isa, run->threads);
  if (run->peer)
    run->peer->prepare(&run->product, run->threads);
  struct operands o = get_operands(run);
  multiply(run, o.a, o.b, o.c);
  if (run->peer)
    check_peer(run, &o);

  size_t n = 0;
  const double start = ms_clock_s();
  for (size_t i = 0; gbench_keep_running(state); ++n) {
    multiply(run, o.a + i * o.a_floats, o.b + i * o.b_floats, o.c + i * o.c_floats);
    i = i + 1 < o.n ? i + 1 : 0;
  }
  const struct peer_product *p = &run->product;
  const double flop = 2.0 * (double)p->m * (double)p->n * (double)p->k * (double)n;
  const double gflops = flop * 1e-9 / (ms_clock_s() - start);
  gbench_counter(state, "GFLOP/s", gflops);
  if (peak > 0) {
    gbench_counter(state, "%peak", 100 * gflops / peak);
    gbench_counter(state, "peak", peak);
  }
}

static void add_run(const struct shape *s, const struct peer *peer, const char *isa, size_t threads, bool cold) {
  const struct peer_product product = {
      s->m, s->n, s->k, s->trans_a, s->trans_b, s->trans_a ? s->m : s->k, s->trans_b ? s->k : s->n};
  if (n_runs == MAX_RUNS || (peer && !peer->serves(&product, threads)))
    return;
  struct run *run = &runs[n_runs++];
  *run = (struct run){.product = product, .peer = peer, .isa = isa, .threads = threads, .cold = cold};
  snprintf(run->name, sizeof run->name, "gemm/%zux%zux%zu%s%s/%s/threads:%zu/%s", s->m, s->k, s->n,
           s->trans_a ? "-At" : "", s->trans_b ? "-Bt" : "", peer ? peer->name : isa, threads, cold ? "cold" : "warm");
  gbench_register(run->name, run_gemm, run);
}

/* A peer is held against the peak of the fastest ISA. */
static void add_runs(const struct peer *const *peers, size_t n_peers, size_t threads, bool cold) {
  for (size_t i = 0; i < N_SHAPES; ++i) {
    const struct shape *s = &shapes[i];
    for (size_t j = 0; j < ms_isa_count(); ++j)
      if (bench_isa(j) && (j > 0 || (!cold && s->m * s->n * s->k <= SCALAR_MAX_TERMS)))
        add_run(s, NULL, bench_isa(j), threads, cold);
    for (size_t j = 0; j < n_peers; ++j)
      add_run(s, peers[j], bench_fastest_isa(), threads, cold);
  }
}

/* Those that can be loaded; what they are goes to the head of the output. */
static size_t open_peers(const struct peer **peers, size_t max) {
  size_t n = 0;
  for (size_t i = 0; i < peer_count() && n < max; ++i) {
    const char *line = peer_get(i)->open();
    gbench_context(peer_get(i)->name, line ? line : "could not be loaded");
    if (line)
      peers[n++] = peer_get(i);
  }
  return n;
}

int main(int argc, char **argv) {
  static const char *const variables[] = {"OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OPENBLAS_NUM_THREADS",
                                          "OMP_NUM_THREADS", "BLIS_NUM_THREADS"};
  for (size_t i = 0; i < sizeof variables / sizeof variables[0]; ++i)
    if (getenv(variables[i]))
      fprintf(stderr, "gemm_bench: WARNING: %s is set, which changes what is compared with: unset it\n", variables[i]);
  const struct peer *peers[8];
  const size_t n_peers = open_peers(peers, 8), cores = ms_cpu_cores();
  char cpu[128];
  ms_cpu_name(cpu, sizeof cpu);
  gbench_context("cpu", cpu);
  for (int cold = 0; cold < 2; ++cold) {
    add_runs(peers, n_peers, 1, cold);
    if (cores > 1)
      add_runs(peers, n_peers, cores, cold);
  }
  return gbench_run(argc, argv);
}
