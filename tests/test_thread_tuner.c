/* The number of threads that is found, and what finding it costs, on machines that are a formula. */
#include <math.h>

#include "runtime/platform/thread_tuner.h"
#include "tests/harness.h"

struct machine {
  double work_s, region_s; /* of a step on one thread; of waking and waiting, for each thread besides */
  size_t cores;            /* that there are for it; a thread more than these waits for a time slice */
  double noise;            /* a step takes up to so much longer, by chance */
};

static double step_s(const struct machine *m, size_t n) {
  const double slice_s = 4e-3;
  const double ideal = m->work_s / (double)(n < m->cores ? n : m->cores) + m->region_s * (double)(n - 1);
  return (ideal + (n > m->cores ? slice_s : 0)) * (1 + m->noise * (double)test_random_float(0, 1));
}

/* Seconds for the steps, and in best_s those of the best fixed number of threads. */
static double run(struct ms_thread_tuner *t, size_t *n, const struct machine *m, size_t n_steps, double *best_s) {
  double seconds = 0;
  *best_s = HUGE_VAL;
  for (size_t i = 0; i < n_steps; ++i) {
    const double s = step_s(m, *n);
    seconds += s;
    *n = ms_thread_tuner_next(t, s, 512);
    CHECK(*n >= 1 && *n <= t->n_max);
  }
  for (size_t k = 1; k <= t->n_max; ++k) {
    double fixed_s = 0;
    for (size_t i = 0; i < n_steps; ++i)
      fixed_s += step_s(m, k);
    *best_s = fmin(*best_s, fixed_s);
  }
  return seconds;
}

static void check_cost(const char *what, size_t n_max, struct machine m, size_t n_steps, double limit) {
  struct ms_thread_tuner t;
  size_t n = n_max;
  double best_s;
  ms_thread_tuner_start(&t, n_max);
  const double seconds = run(&t, &n, &m, n_steps, &best_s);
  test_context("%s, %zu threads", what, n_max);
  CHECK_MESSAGE(seconds <= limit * best_s, "%.3f s, the best fixed number %.3f s", seconds, best_s);
}

static void costs(void) {
  check_cost("one thread", 1, (struct machine){.work_s = 1e-3, .cores = 1}, 100, 1);
  check_cost("the report's network, idle", 2, (struct machine){6e-3, 50e-6, 2, 0}, 5900, 1.01);
  check_cost("the same with noise", 2, (struct machine){6e-3, 50e-6, 2, 0.2}, 5900, 1.015);
  check_cost("the same, one core left", 2, (struct machine){6e-3, 50e-6, 1, 0.2}, 5900, 1.03);
  check_cost("small network", 2, (struct machine){100e-6, 150e-6, 2, 0.2}, 20000, 1.2);
  check_cost("small network, one core left", 2, (struct machine){100e-6, 150e-6, 1, 0.2}, 20000, 1.2);
  check_cost("middling network", 8, (struct machine){4e-3, 250e-6, 8, 0.1}, 10000, 1.1);
  check_cost("many cores", 64, (struct machine){50e-3, 20e-6, 64, 0.1}, 10000, 1.05);
  check_cost("many cores, few left", 64, (struct machine){50e-3, 20e-6, 4, 0.1}, 10000, 1.1);
}

/* Other programs come, and go again. */
static void follows(void) {
  const struct machine idle = {6e-3, 50e-6, 2, 0.1}, busy = {6e-3, 50e-6, 1, 0.1};
  struct ms_thread_tuner t;
  size_t n = 2;
  double best_s, seconds;
  ms_thread_tuner_start(&t, 2);
  run(&t, &n, &idle, 5000, &best_s);
  CHECK(t.n == 2);
  seconds = run(&t, &n, &busy, 500, &best_s);
  CHECK_MESSAGE(t.n == 1 && seconds < 1.1 * best_s, "%zu threads, %.3f s, the best fixed number %.3f s", t.n, seconds,
                best_s);
  seconds = run(&t, &n, &idle, 20000, &best_s);
  CHECK_MESSAGE(t.n == 2 && seconds < 1.2 * best_s, "%zu threads, %.3f s, the best fixed number %.3f s", t.n, seconds,
                best_s);
}

static const struct test_case cases[] = {
    {"costs", costs},
    {"follows", follows},
};

TEST_MAIN(cases)
