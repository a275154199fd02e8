/* Runs the chains of an ISA on all threads and takes the time. */
#include "bench/peak.h"

#include "bench/isa_loops.h"
#include "runtime/platform/clock.h"
#include "runtime/platform/threads.h"

/* 40 times 1 ms or so: the best of them is free of what ran before, such as another library's threads that still
 * spin. */
enum { ROUNDS = 500000, REPETITIONS = 40 };

static void task(void *context, size_t index) {
  const struct bench_loops *loops = context;
  volatile float kept = loops->chains(ROUNDS);
  (void)kept;
  (void)index;
}

double bench_peak_once(const char *isa) {
  const struct bench_loops *loops = bench_isa_loops(isa);
  if (!loops)
    return 0;
  const double flop = 2.0 * BENCH_CHAINS * ROUNDS * (double)(loops->lanes * ms_pool_size());
  const double start = ms_clock_s();
  ms_pool_run(task, (void *)loops);
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
