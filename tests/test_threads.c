/* The pool of threads: every index once, work seen by all, division without gaps. */
#define _POSIX_C_SOURCE 200809L /* nanosleep */
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "runtime/platform/memory.h"
#include "runtime/platform/threads.h"
#include "tests/harness.h"

enum { MAX_THREADS = 7 };

struct counters {
  size_t runs[MAX_THREADS]; /* each written by its own task alone */
  atomic_size_t total;
};

static void count(void *context, size_t index) {
  struct counters *c = context;
  ++c->runs[index];
  atomic_fetch_add(&c->total, 1);
}

/* Plain memory carries what one region leaves to the next, so a lost or doubled hand-over shows in the counts. */
static void each_index_once(void) {
  enum { REGIONS = 20000 };
  for (size_t threads = 1; threads <= MAX_THREADS; ++threads) {
    test_context("%zu threads", threads);
    CHECK(ms_pool_start(threads, 0) == MS_OK);
    CHECK(ms_pool_size() == threads);
    struct counters c;
    memset(&c, 0, sizeof c);
    const size_t regions = threads <= 2 ? REGIONS : REGIONS / 20;
    for (size_t i = 0; i < regions; ++i) {
      ms_pool_run(count, &c);
      CHECK(atomic_load(&c.total) == (i + 1) * threads);
    }
    for (size_t index = 0; index < threads; ++index)
      CHECK(c.runs[index] == regions);
    ms_pool_run_alone(count, &c);
    CHECK(c.runs[0] == regions + 1 && atomic_load(&c.total) == regions * threads + 1);
    ms_pool_stop();
    CHECK(ms_pool_size() == 0);
  }
}

/* Pauses long enough for the workers to fall asleep. */
static void wakes_up(void) {
  CHECK(ms_pool_start(3, 0) == MS_OK);
  struct counters c;
  memset(&c, 0, sizeof c);
  for (size_t i = 0; i < 20; ++i) {
    const struct timespec pause = {0, 5 * 1000 * 1000};
    nanosleep(&pause, NULL);
    ms_pool_run(count, &c);
    CHECK(atomic_load(&c.total) == (i + 1) * 3);
  }
  ms_pool_stop();
}

static void scratch_task(void *context, size_t index) {
  (void)context;
  float *scratch = ms_pool_scratch(index);
  for (size_t i = 0; i < 1000; ++i)
    scratch[i] = (float)(index * 1000 + i);
}

static void scratch_is_apart(void) {
  CHECK(ms_pool_start(4, 1000) == MS_OK);
  ms_pool_run(scratch_task, NULL);
  for (size_t index = 0; index < 4; ++index) {
    const float *scratch = ms_pool_scratch(index);
    CHECK((uintptr_t)scratch % MS_ALIGNMENT == 0);
    for (size_t i = 0; i < 1000; ++i)
      CHECK(scratch[i] == (float)(index * 1000 + i));
  }
  ms_pool_stop();
}

static void split(void) {
  for (size_t total = 0; total < 100; total += 3)
    for (size_t unit = 1; unit <= 16; unit += 5)
      for (size_t parts = 1; parts <= 9; ++parts) {
        size_t next = 0, smallest = SIZE_MAX, largest = 0;
        for (size_t index = 0; index < parts; ++index) {
          const struct ms_range r = ms_split(total, unit, parts, index);
          test_context("total %zu, unit %zu, part %zu of %zu: %zu to %zu", total, unit, index, parts, r.first, r.last);
          CHECK(r.first == next && r.last >= r.first);
          CHECK(r.last % unit == 0 || r.last == total);
          next = r.last;
          const size_t units = (r.last - r.first + unit - 1) / unit;
          smallest = units < smallest ? units : smallest;
          largest = units > largest ? units : largest;
        }
        CHECK(next == total && largest - smallest <= 1);
      }
}

static const struct test_case cases[] = {
    {"each_index_once", each_index_once},
    {"wakes_up", wakes_up},
    {"scratch_is_apart", scratch_is_apart},
    {"split", split},
};

TEST_MAIN(cases)
