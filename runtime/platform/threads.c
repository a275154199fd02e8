/* The pool of threads. A region is handed over by raising a generation number, which workers watch for a while before
 * they sleep: a training step enters a region every few hundred microseconds, and to wake a sleeping thread costs a
 * hundred of them on a virtual machine; an idle program must not burn a shared machine's cores. */
#include "runtime/platform/threads.h"

#include <pthread.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/platform/clock.h"
#include "runtime/platform/cpu.h"
#include "runtime/platform/error.h"
#include "runtime/platform/fpenv.h"
#include "runtime/platform/memory.h"

/* How long a thread watches before it sleeps. With more threads than cores it would only keep the others from
 * working. */
static const double watch_s = 1e-3, watch_crowded_s = 5e-6;

enum { PAUSES = 64 }; /* between two looks at the clock: a microsecond or two */

/* How many of a thread's items of a region are taken, on a cache line of its own. */
struct taken {
  alignas(MS_ALIGNMENT) atomic_size_t n;
};

static struct {
  size_t n_threads;    /* 0: not started */
  pthread_t *workers;  /* (n_threads - 1) */
  float *scratch;      /* (n_threads, scratch_stride) */
  struct taken *taken; /* (n_threads) */
  size_t scratch_stride;
  double watch_s;

  pthread_mutex_t turn; /* one region at a time */
  pthread_mutex_t mutex;
  pthread_cond_t started, finished;
  atomic_size_t generation; /* raised to start a region */
  atomic_size_t running;    /* workers that have not finished it */
  ms_task *task;
  void *context;
  bool stopping;
} pool = {
    .turn = PTHREAD_MUTEX_INITIALIZER,
    .mutex = PTHREAD_MUTEX_INITIALIZER,
    .started = PTHREAD_COND_INITIALIZER,
    .finished = PTHREAD_COND_INITIALIZER,
};

static void pause_briefly(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/* Waits until *value differs from old (want_equal false) or equals it (true): watching first, then asleep. */
static void wait_for(atomic_size_t *value, size_t operand, bool want_equal, pthread_cond_t *condition) {
  const double start = ms_clock_s();
  do
    for (int i = 0; i < PAUSES; ++i) {
      if ((atomic_load_explicit(value, memory_order_acquire) == operand) == want_equal)
        return;
      pause_briefly();
    }
  while (ms_clock_s() - start < pool.watch_s);
  pthread_mutex_lock(&pool.mutex);
  while ((atomic_load_explicit(value, memory_order_acquire) == operand) != want_equal)
    pthread_cond_wait(condition, &pool.mutex);
  pthread_mutex_unlock(&pool.mutex);
}

static void *work(void *argument) {
  const size_t index = (size_t)(uintptr_t)argument;
  ms_fpenv_enter();
  for (size_t generation = 0;; ++generation) {
    wait_for(&pool.generation, generation, false, &pool.started);
    if (pool.stopping)
      return NULL;
    pool.task(pool.context, index);
    if (atomic_fetch_sub_explicit(&pool.running, 1, memory_order_acq_rel) == 1) {
      /* Under the mutex, or the caller could miss it between its look and its sleep. */
      pthread_mutex_lock(&pool.mutex);
      pthread_cond_signal(&pool.finished);
      pthread_mutex_unlock(&pool.mutex);
    }
  }
}

static void start_region(void) {
  atomic_store_explicit(&pool.running, pool.n_threads - 1, memory_order_relaxed);
  pthread_mutex_lock(&pool.mutex);
  atomic_fetch_add_explicit(&pool.generation, 1, memory_order_release);
  pthread_cond_broadcast(&pool.started);
  pthread_mutex_unlock(&pool.mutex);
}

enum ms_status ms_pool_start(size_t n_threads, size_t scratch_floats) {
  const size_t line = MS_ALIGNMENT / sizeof(float);
  pool.scratch_stride = (scratch_floats / line + 1) * line;
  enum ms_status status = ms_reserve(n_threads, pool.scratch_stride * sizeof(float), "scratch memory", &pool.scratch);
  if (status == MS_OK)
    status = ms_allocate(n_threads, sizeof *pool.workers, "thread pool", &pool.workers);
  if (status == MS_OK)
    status = ms_allocate(n_threads, sizeof *pool.taken, "thread pool", &pool.taken);
  atomic_store(&pool.generation, 0);
  pool.watch_s = n_threads <= ms_cpu_cores() ? watch_s : watch_crowded_s;
  pool.stopping = false;
  pool.n_threads = 1;
  while (status == MS_OK && pool.n_threads < n_threads) {
    const int error = pthread_create(&pool.workers[pool.n_threads - 1], NULL, work, (void *)(uintptr_t)pool.n_threads);
    if (error != 0)
      status = ms_fail_by(MS_ERROR_SYSTEM, MS_FEWER_THREADS, "thread %zu of %zu cannot be created (%s): use fewer",
                          pool.n_threads + 1, n_threads, strerror(error));
    else
      ++pool.n_threads;
  }
  if (status != MS_OK)
    ms_pool_stop();
  return status;
}

void ms_pool_stop(void) {
  if (pool.n_threads > 1) {
    pool.stopping = true;
    start_region();
    for (size_t i = 0; i + 1 < pool.n_threads; ++i)
      pthread_join(pool.workers[i], NULL);
  }
  free(pool.workers);
  free(pool.scratch);
  free(pool.taken);
  pool.workers = NULL;
  pool.scratch = NULL;
  pool.taken = NULL;
  pool.n_threads = 0;
}

size_t ms_pool_size(void) {
  return pool.n_threads;
}

/* With the caller's turn. */
static void run(ms_task *task, void *context, bool with_workers) {
  const uint64_t saved = ms_fpenv_enter();
  if (with_workers) {
    pool.task = task;
    pool.context = context;
    start_region();
  }
  task(context, 0);
  if (with_workers)
    wait_for(&pool.running, 0, true, &pool.finished);
  ms_fpenv_restore(saved);
}

void ms_pool_run(ms_task *task, void *context) {
  pthread_mutex_lock(&pool.turn);
  run(task, context, pool.n_threads > 1);
  pthread_mutex_unlock(&pool.turn);
}

void ms_pool_run_alone(ms_task *task, void *context) {
  pthread_mutex_lock(&pool.turn);
  run(task, context, false);
  pthread_mutex_unlock(&pool.turn);
}

struct items {
  ms_item_task *task;
  void *context;
  size_t n_items;
};

/* A thread's own items are those whose number leaves its index as the remainder: each step they are the same, and the
 * memory that they write stays in its caches. Then what the others have left. */
static void take_items(void *context, size_t index) {
  const struct items *items = context;
  for (size_t i = 0; i < pool.n_threads; ++i) {
    const size_t owner = (index + i) % pool.n_threads;
    size_t item;
    while ((item = owner + pool.n_threads * atomic_fetch_add_explicit(&pool.taken[owner].n, 1, memory_order_relaxed)) <
           items->n_items)
      items->task(items->context, item, index);
  }
}

void ms_pool_each(size_t n_items, ms_item_task *task, void *context) {
  struct items items = {task, context, n_items};
  pthread_mutex_lock(&pool.turn);
  for (size_t i = 0; i < pool.n_threads; ++i)
    atomic_store_explicit(&pool.taken[i].n, 0, memory_order_relaxed);
  run(take_items, &items, pool.n_threads > 1);
  pthread_mutex_unlock(&pool.turn);
}

size_t ms_pool_neighbours(size_t item, size_t n_items) {
  return ms_split(n_items, 1, pool.n_threads, item % pool.n_threads).first + item / pool.n_threads;
}

float *ms_pool_scratch(size_t index) {
  return pool.scratch + index * pool.scratch_stride;
}

struct ms_range ms_split(size_t total, size_t unit, size_t parts, size_t index) {
  const size_t units = (total + unit - 1) / unit;
  const size_t share = units / parts, rest = units % parts;
  const size_t first = index * share + (index < rest ? index : rest);
  const size_t last = first + share + (index < rest ? 1 : 0);
  const struct ms_range range = {first * unit < total ? first * unit : total,
                                 last * unit < total ? last * unit : total};
  return range;
}
