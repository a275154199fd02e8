/* Runs the loops of the widest vectors that this CPU has on all threads and takes the time. */
#include "bench/bandwidth.h"

#include <stdlib.h>

#include "bench/common.h"
#include "bench/isa_loops.h"
#include "runtime/platform/clock.h"
#include "runtime/platform/cpu.h"
#include "runtime/platform/dispatch.h"
#include "runtime/platform/threads.h"

enum { REPETITIONS = 9, MIN_BYTES = 1 << 23, MAX_KEPT = 256, UNIT_BYTES = 256 };

/* For a build without vectors. */
static float read_generic(size_t n_floats, const float *x) {
  enum { CHAINS = 32 }; /* so that the latency of the additions does not show */
  float sum[CHAINS] = {0}, total = 0;
  for (size_t i = 0; i < n_floats; i += CHAINS)
    for (size_t lane = 0; lane < CHAINS; ++lane)
      sum[lane] += x[i + lane];
  for (size_t lane = 0; lane < CHAINS; ++lane)
    total += sum[lane];
  return total;
}

static void copy_generic(size_t n_floats, const float *x, float *y) {
  for (size_t i = 0; i < n_floats; ++i)
    y[i] = x[i] + 1.0f;
}

static const struct bench_loops generic = {.read = read_generic, .copy = copy_generic};

/* Of the widest vectors: a kernel of a narrower ISA is bound by the same memory. */
static const struct bench_loops *widest_loops(void) {
  for (size_t i = ms_isa_count(); i-- > 0;) {
    const struct ms_isa_entry *isa = ms_isa_entry(i);
    if ((ms_cpu_features() & isa->required) == isa->required && bench_isa_loops(isa->name))
      return bench_isa_loops(isa->name);
  }
  return &generic;
}

struct measurement {
  enum bench_traffic traffic;
  const struct bench_loops *loops;
  size_t n_floats, rounds; /* floats: of x alone */
  float **x, **y;          /* one per thread */
};

static void first_touch(void *context, size_t index) {
  struct measurement *m = context;
  m->x[index] = bench_floats(m->n_floats);
  m->y[index] = m->traffic == BENCH_COPY ? bench_floats(m->n_floats) : m->x[index];
}

static void task(void *context, size_t index) {
  const struct measurement *m = context;
  for (size_t round = 0; round < m->rounds; ++round) {
    if (m->traffic != BENCH_READ) {
      m->loops->copy(m->n_floats, m->x[index], m->y[index]);
    } else {
      volatile float kept = m->loops->read(m->n_floats, m->x[index]);
      (void)kept;
    }
  }
}

static double measure(enum bench_traffic traffic, size_t n_bytes) {
  const size_t threads = ms_pool_size();
  struct measurement m = {.traffic = traffic, .loops = widest_loops(), .rounds = MIN_BYTES / n_bytes + 1};
  m.n_floats = n_bytes / sizeof(float) / (traffic == BENCH_COPY ? 2 : 1);
  m.x = bench_allocate(threads * sizeof *m.x);
  m.y = bench_allocate(threads * sizeof *m.y);
  ms_pool_run(first_touch, &m);
  ms_pool_run(task, &m);
  double best = 0;
  for (int repetition = 0; repetition < REPETITIONS; ++repetition) {
    const double start = ms_clock_s();
    ms_pool_run(task, &m);
    const double seconds = ms_clock_s() - start;
    const double moved = (double)(m.n_floats * sizeof(float) * m.rounds * threads) * (traffic == BENCH_READ ? 1 : 2);
    const double rate = moved * 1e-9 / seconds;
    best = rate > best ? rate : best;
  }
  for (size_t i = 0; i < threads; ++i) {
    if (traffic == BENCH_COPY)
      free(m.y[i]);
    free(m.x[i]);
  }
  free(m.x);
  free(m.y);
  return best;
}

double bench_bandwidth(enum bench_traffic traffic, size_t n_bytes) {
  static struct {
    enum bench_traffic traffic;
    size_t n_bytes, threads;
    double rate;
  } kept[MAX_KEPT];
  static size_t n_kept;
  n_bytes = (n_bytes / (2 * UNIT_BYTES) + 1) * 2 * UNIT_BYTES;
  for (size_t i = 0; i < n_kept; ++i)
    if (kept[i].traffic == traffic && kept[i].n_bytes == n_bytes && kept[i].threads == ms_pool_size())
      return kept[i].rate;
  const double rate = measure(traffic, n_bytes);
  if (n_kept < MAX_KEPT) {
    kept[n_kept].traffic = traffic;
    kept[n_kept].n_bytes = n_bytes;
    kept[n_kept].threads = ms_pool_size();
    kept[n_kept++].rate = rate;
  }
  return rate;
}
