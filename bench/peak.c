/* Runs the chains of an ISA on all threads and takes the time. */
#include "bench/peak.h"

#include <string.h>

#include "runtime/platform/clock.h"
#include "runtime/platform/threads.h"

/* 40 times 1 ms or so: the best of them is free of what ran before, such as another library's threads that still
 * spin. */
enum { ROUNDS = 500000, REPETITIONS = 40 };

static const struct loop {
  const char *isa;
  size_t lanes;
  float (*run)(size_t rounds);
} loops[] = {
#if defined(MS_WITH_AVX2)
    {"avx2", 8, bench_chains_avx2},
#endif
#if defined(MS_WITH_AVX512)
    {"avx512", 16, bench_chains_avx512},
#endif
#if defined(MS_WITH_NEON)
    {"neon", 4, bench_chains_neon},
#endif
    {NULL, 0, NULL},
};

static void task(void *context, size_t index) {
  const struct loop *loop = context;
  volatile float kept = loop->run(ROUNDS);
  (void)kept;
  (void)index;
}

double bench_peak_once(const char *isa) {
  const struct loop *loop = loops;
  while (loop->isa && strcmp(loop->isa, isa) != 0)
    ++loop;
  if (!loop->isa)
    return 0;
  const double flop = 2.0 * BENCH_CHAINS * ROUNDS * (double)(loop->lanes * ms_pool_size());
  const double start = ms_clock_s();
  ms_pool_run(task, (void *)loop);
  return flop / (ms_clock_s() - start) * 1e-9;
}

double bench_peak_gflops(const char *isa) {
  double best = 0;
  for (int repetition = 0; repetition < REPETITIONS; ++repetition) {
    const double gflops = bench_peak_once(isa);
    best = gflops > best ? gflops : best;
  }
  return best;
}
