/* The pool of threads. A region is handed over by raising a number of each worker, which it watches for a while before
 * it sleeps: a training step enters a region every few hundred microseconds, and to wake a sleeping thread costs a
 * hundred of them on a virtual machine; an idle program must not burn a shared machine's cores.
 *
 * Where other programs want the cores, watching is worse than sleeping: a thread that watches uses up the share of a
 * core that the scheduler gives it, while the thread it waits for stands in the queue. A wait for workers that lasts
 * longer than anybody watches is taken for that, and for some regions all sleep at once. */
#define _POSIX_C_SOURCE 200809L /* pthread_sigmask */
#include "runtime/platform/threads.h"

#include <stdalign.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/platform/clock.h"
#include "runtime/platform/cores.h"
#include "runtime/platform/error.h"
#include "runtime/platform/fpenv.h"
#include "runtime/platform/memory.h"
#include "runtime/platform/pthreads.h"
#include "runtime/platform/thread_signals.h"
#include "runtime/platform/thread_tuner.h"

/* How long a thread watches before it sleeps; and where threads are more than cores, or others use the cores. */
static const double watch_s = 1e-3, watch_crowded_s = 5e-6;

enum {
  PAUSES = 64,          /* between two looks at the clock: a microsecond or two */
  CROWDED_REGIONS = 256 /* regions that end in time before threads watch long again */
};

/* How many of a thread's items of a region are taken, on a cache line of its own. */
struct taken {
  alignas(MS_ALIGNMENT) atomic_size_t n;
};

/* A thread besides the caller, on a cache line of its own. */
struct worker {
  alignas(MS_ALIGNMENT) atomic_size_t regions; /* raised to start one */
  pthread_cond_t started;
  pthread_t thread;
};

static struct {
  size_t n_threads; /* 0: not started */
  size_t n_workers; /* threads at work besides the caller: n_threads - 1; fewer in the child of a fork */
  size_t limit;     /* threads that ms_pool_each uses */
  bool is_tuned;    /* limit follows the tuner */
  struct ms_thread_tuner tuner;
  struct worker *workers; /* (n_threads - 1) */
  float *scratch;         /* (n_threads, scratch_stride) */
  struct taken *taken;    /* (n_threads) */
  size_t scratch_stride;
  double watch_s;
  atomic_size_t crowded; /* regions that still do without watching */

  pthread_mutex_t turn; /* one region at a time */
  pthread_mutex_t mutex;
  pthread_cond_t finished;
  atomic_size_t running; /* workers that have not finished the region */
  ms_task *task;
  void *context;
  bool stopping;
} pool = {
    .turn = PTHREAD_MUTEX_INITIALIZER,
    .mutex = PTHREAD_MUTEX_INITIALIZER,
    .finished = PTHREAD_COND_INITIALIZER,
};

static void pause_briefly(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static bool is_crowded(void) {
  return atomic_load_explicit(&pool.crowded, memory_order_relaxed) > 0;
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
  while (ms_clock_s() - start < (is_crowded() ? watch_crowded_s : pool.watch_s));
  pthread_mutex_lock(&pool.mutex);
  while ((atomic_load_explicit(value, memory_order_acquire) == operand) != want_equal)
    pthread_cond_wait(condition, &pool.mutex);
  pthread_mutex_unlock(&pool.mutex);
}

static void *work(void *argument) {
  const size_t index = (size_t)(uintptr_t)argument;
  struct worker *self = &pool.workers[index - 1];
  ms_cores_enter(index);
  ms_fpenv_enter();
  for (size_t region = 0;; ++region) {
    wait_for(&self->regions, region, false, &self->started);
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

/* For the first n_workers of them. */
static void start_region(size_t n_workers) {
  atomic_store_explicit(&pool.running, n_workers, memory_order_relaxed);
  pthread_mutex_lock(&pool.mutex);
  for (size_t i = 0; i < n_workers; ++i) {
    atomic_fetch_add_explicit(&pool.workers[i].regions, 1, memory_order_release);
    pthread_cond_signal(&pool.workers[i].started);
  }
  pthread_mutex_unlock(&pool.mutex);
}

static void finish_region(void) {
  const double start = ms_clock_s();
  wait_for(&pool.running, 0, true, &pool.finished);
  if (ms_clock_s() - start > pool.watch_s)
    atomic_store_explicit(&pool.crowded, CROWDED_REGIONS, memory_order_relaxed);
  else if (is_crowded())
    atomic_fetch_sub_explicit(&pool.crowded, 1, memory_order_relaxed);
}

/* Returns 0, or why there are too few workers. */
static int start_workers(void) {
  ms_signals before;
  int error = 0;
  ms_block_signals(&before);
  while (error == 0 && pool.n_workers + 1 < pool.n_threads) {
    struct worker *worker = &pool.workers[pool.n_workers];
    worker->started = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
    atomic_init(&worker->regions, 0);
    error = pthread_create(&worker->thread, NULL, work, (void *)(uintptr_t)(pool.n_workers + 1));
    pool.n_workers += error == 0;
  }
  ms_restore_signals(&before);
  return error;
}

/* ---- Forking: a region ends first. The child has the caller's thread alone, and starts others when needed ---- */

static void before_fork(void) {
  pthread_mutex_lock(&pool.turn);
  pthread_mutex_lock(&pool.mutex);
}

static void after_fork(void) {
  pthread_mutex_unlock(&pool.mutex);
  pthread_mutex_unlock(&pool.turn);
}

static void after_fork_in_child(void) {
  pool.finished = (pthread_cond_t)PTHREAD_COND_INITIALIZER; /* whoever waited for the old one is gone */
  pool.n_workers = 0;
  after_fork();
}

static void handle_forks(void) {
  pthread_atfork(before_fork, after_fork, after_fork_in_child);
}

enum ms_status ms_pool_start(size_t n_threads, size_t scratch_floats) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  const size_t cores = ms_cpu_cores();
  const size_t line = MS_ALIGNMENT / sizeof(float);
  pthread_once(&once, handle_forks);
  pool.is_tuned = n_threads == 0;
  if (pool.is_tuned)
    n_threads = cores < MS_MAX_THREADS ? cores : MS_MAX_THREADS;
  ms_thread_tuner_start(&pool.tuner, n_threads);
  pool.scratch_stride = (scratch_floats / line + 1) * line;
  enum ms_status status = ms_reserve(n_threads, pool.scratch_stride * sizeof(float), "scratch memory", &pool.scratch);
  if (status == MS_OK)
    status = ms_allocate(n_threads, sizeof *pool.workers, "thread pool", &pool.workers);
  if (status == MS_OK)
    status = ms_allocate(n_threads, sizeof *pool.taken, "thread pool", &pool.taken);
  pool.watch_s = n_threads <= cores ? watch_s : watch_crowded_s;
  atomic_store(&pool.crowded, 0);
  pool.stopping = false;
  pool.n_threads = pool.limit = n_threads;
  pool.n_workers = 0;
  const int error = status == MS_OK ? start_workers() : 0;
  if (error != 0)
    status = ms_fail_by(MS_ERROR_SYSTEM, MS_FEWER_THREADS, "thread %zu of %zu cannot be created (%s): use fewer",
                        pool.n_workers + 2, n_threads, strerror(error));
  if (status != MS_OK)
    ms_pool_stop();
  return status;
}

void ms_pool_stop(void) {
  if (pool.n_workers > 0) {
    pool.stopping = true;
    start_region(pool.n_workers);
    for (size_t i = 0; i < pool.n_workers; ++i)
      pthread_join(pool.workers[i].thread, NULL);
  }
  free(pool.workers);
  free(pool.scratch);
  free(pool.taken);
  pool.workers = NULL;
  pool.scratch = NULL;
  pool.taken = NULL;
  pool.n_threads = pool.n_workers = pool.limit = 0;
}

size_t ms_pool_size(void) {
  return pool.n_threads;
}

/* On n_threads threads, with the caller's turn. Tasks without a thread, in the child of a fork that got none, are the
 * caller's. */
static void run(size_t n_threads, ms_task *task, void *context) {
  if (pool.n_workers == 0 && n_threads > 1)
    (void)start_workers();
  const size_t n_workers = pool.n_workers < n_threads ? pool.n_workers : n_threads - 1;
  const uint64_t saved = ms_fpenv_enter();
  if (n_workers > 0) {
    pool.task = task;
    pool.context = context;
    start_region(n_workers);
  }
  task(context, 0);
  for (size_t index = n_workers + 1; index < n_threads; ++index)
    task(context, index);
  if (n_workers > 0)
    finish_region();
  ms_fpenv_restore(saved);
}

void ms_pool_run(ms_task *task, void *context) {
  pthread_mutex_lock(&pool.turn);
  run(pool.n_threads, task, context);
  pthread_mutex_unlock(&pool.turn);
}

void ms_pool_run_alone(ms_task *task, void *context) {
  pthread_mutex_lock(&pool.turn);
  const uint64_t saved = ms_fpenv_enter();
  task(context, 0);
  ms_fpenv_restore(saved);
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
  for (size_t i = 0; i < pool.limit; ++i) {
    const size_t owner = (index + i) % pool.limit;
    size_t item;
    while ((item = owner + pool.limit * atomic_fetch_add_explicit(&pool.taken[owner].n, 1, memory_order_relaxed)) <
           items->n_items)
      items->task(items->context, item, index);
  }
}

void ms_pool_tune(double seconds, size_t n) {
  pthread_mutex_lock(&pool.turn);
  if (pool.is_tuned)
    pool.limit = ms_thread_tuner_next(&pool.tuner, seconds, (double)n);
  pthread_mutex_unlock(&pool.turn);
}

void ms_pool_each(size_t n_items, ms_item_task *task, void *context) {
  struct items items = {task, context, n_items};
  pthread_mutex_lock(&pool.turn);
  for (size_t i = 0; i < pool.limit; ++i)
    atomic_store_explicit(&pool.taken[i].n, 0, memory_order_relaxed);
  run(pool.limit, take_items, &items);
  pthread_mutex_unlock(&pool.turn);
}

size_t ms_pool_neighbours(size_t item, size_t n_items) {
  return ms_split(n_items, 1, pool.limit, item % pool.limit).first + item / pool.limit;
}

float *ms_pool_scratch(size_t index) {
  return pool.scratch + index * pool.scratch_stride;
}
