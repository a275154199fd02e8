/* The pool of threads: every index and every item once, work seen by all, division without gaps. */
#define _POSIX_C_SOURCE 200809L /* nanosleep */
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "runtime/platform/clock.h"
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

enum { MAX_ITEMS = 40 };

struct item_counters {
  size_t n_items, n_threads;
  bool hold; /* the thread of item 0 waits until the others have done all the rest, its own share included */
  atomic_size_t runs[MAX_ITEMS], n_done;
  atomic_bool busy[MAX_THREADS]; /* is the index in use? */
  atomic_size_t n_wrong_indices; /* beyond the threads, or in use by another one */
  bool waited_in_vain;
};

static void hold_until_done(struct item_counters *c) {
  const double patience_s = 30, start = ms_clock_s();
  while (atomic_load(&c->n_done) + 1 < c->n_items && !c->waited_in_vain) {
    const struct timespec pause = {0, 20 * 1000};
    nanosleep(&pause, NULL);
    c->waited_in_vain = ms_clock_s() - start > patience_s;
  }
}

static void count_item(void *context, size_t item, size_t index) {
  struct item_counters *c = context;
  const bool wrong_index = index >= c->n_threads || atomic_exchange(&c->busy[index], true);
  if (wrong_index)
    atomic_fetch_add(&c->n_wrong_indices, 1);
  if (item < MAX_ITEMS)
    atomic_fetch_add(&c->runs[item], 1);
  if (c->hold && item == 0 && c->n_threads > 1)
    hold_until_done(c);
  atomic_fetch_add(&c->n_done, 1);
  if (!wrong_index)
    atomic_store(&c->busy[index], false);
}

static void check_items(size_t threads, size_t n_items, bool hold) {
  test_context("%zu items on %zu threads%s", n_items, threads, hold ? ", one of them held up" : "");
  struct item_counters c = {.n_items = n_items, .n_threads = threads, .hold = hold};
  ms_pool_each(n_items, count_item, &c);
  const size_t n_wrong_indices = atomic_load(&c.n_wrong_indices), n_done = atomic_load(&c.n_done);
  CHECK_MESSAGE(n_wrong_indices == 0, "%zu", n_wrong_indices);
  for (size_t item = 0; item < MAX_ITEMS; ++item) {
    const size_t runs = atomic_load(&c.runs[item]);
    CHECK_MESSAGE(runs == (item < n_items), "item %zu ran %zu times", item, runs);
  }
  CHECK(n_done == n_items && !c.waited_in_vain);
}

/* Each item once, by whichever thread, and no two threads under one index at a time: scratch memory goes by it. */
static void each_item_once(void) {
  for (size_t threads = 1; threads <= MAX_THREADS; ++threads) {
    CHECK(ms_pool_start(threads, 0) == MS_OK);
    for (size_t n_items = 0; n_items <= MAX_ITEMS; n_items += n_items <= threads + 1 ? 1 : 7) {
      const size_t regions = threads != 2   ? 3
                             : n_items <= 3 ? 5000
                                            : 100; /* two threads meet most often at few items */
      for (size_t region = 0; region < regions; ++region)
        check_items(threads, n_items, false);
      check_items(threads, n_items, true);
    }
    ms_pool_stop();
  }
}

/* Thread after thread, item after item of each: place after place. */
static void neighbours(void) {
  for (size_t threads = 1; threads <= MAX_THREADS; ++threads) {
    CHECK(ms_pool_start(threads, 0) == MS_OK);
    for (size_t n_items = 0; n_items <= MAX_ITEMS; ++n_items) {
      size_t place = 0;
      for (size_t index = 0; index < threads; ++index)
        for (size_t item = index; item < n_items; item += threads, ++place) {
          test_context("%zu threads, item %zu of %zu", threads, item, n_items);
          CHECK(ms_pool_neighbours(item, n_items) == place);
        }
      CHECK(place == n_items);
    }
    ms_pool_stop();
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
    {"each_item_once", each_item_once},
    {"neighbours", neighbours},
    {"wakes_up", wakes_up},
    {"scratch_is_apart", scratch_is_apart},
    {"split", split},
};

TEST_MAIN(cases)
