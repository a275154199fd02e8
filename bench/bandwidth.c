/* Runs the loops of the widest vectors that this CPU has on all threads and takes the time. */
#include "bench/bandwidth.h"

#include <stdlib.h>

#include "bench/common.h"
#include "runtime/platform/clock.h"
#include "runtime/platform/cpu.h"
#include "runtime/platform/threads.h"

enum { REPETITIONS = 9, MIN_BYTES = 1 << 23, MAX_KEPT = 256, UNIT_BYTES = 256 };

static const struct loops {
  unsigned required;
  float (*read)(size_t n_floats, const float *x);
  void (*copy)(size_t n_floats, const float *x, float *y);
} loops[] = {
#if defined(MS_WITH_AVX512)
    {MS_CPU_AVX512, bench_read_avx512, bench_copy_avx512},
#endif
#if defined(MS_WITH_AVX2)
    {MS_CPU_AVX2_FMA, bench_read_avx2, bench_copy_avx2},
#endif
    {0, bench_read_generic, bench_copy_generic},
};

float bench_read_generic(size_t n_floats, const float *x) {
  enum { CHAINS = 32 }; /* so that the latency of the additions does not show */
  float sum[CHAINS] = {0}, total = 0;
  for (size_t i = 0; i < n_floats; i += CHAINS)
    for (size_t lane = 0; lane < CHAINS; ++lane)
      sum[lane] += x[i + lane];
  for (size_t lane = 0; lane < CHAINS; ++lane)
    total += sum[lane];
  return total;
}

void bench_copy_generic(size_t n_floats, const float *x, float *y) {
  for (size_t i = 0; i < n_floats; ++i)
    y[i] = x[i] + 1.0f; /* not a copy, which a compiler would hand to memcpy and its own choice of stores */
}

struct measurement {
  enum bench_traffic traffic;
  const struct loops *loops;
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
  struct measurement m = {.traffic = traffic, .loops = loops, .rounds = MIN_BYTES / n_bytes + 1};
  while ((ms_cpu_features() & m.loops->required) != m.loops->required)
    ++m.loops;
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
