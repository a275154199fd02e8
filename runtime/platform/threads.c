/* The pool of threads. A region is handed over by raising a generation number, which workers watch for a while before
 * they sleep: a training step enters a region every few hundred microseconds, and to wake a sleeping thread costs a
 * hundred of them on a virtual machine; an idle program must not burn a shared machine's cores. */
#define _POSIX_C_SOURCE 200809L /* pthread_sigmask */
#include "runtime/platform/threads.h"

#include <pthread.h>
#include <signal.h>
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
  size_t n_workers;    /* threads at work besides the caller: n_threads - 1; fewer in the child of a fork */
  pthread_t *workers;  /* (n_workers) */
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
  atomic_store_explicit(&pool.running, pool.n_workers, memory_order_relaxed);
  pthread_mutex_lock(&pool.mutex);
  atomic_fetch_add_explicit(&pool.generation, 1, memory_order_release);
  pthread_cond_broadcast(&pool.started);
  pthread_mutex_unlock(&pool.mutex);
}

/* Signals are the application's business: workers block all of them. Returns 0, or why there are too few workers. */
static int start_workers(void) {
  sigset_t all, before;
  int error = 0;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  atomic_store(&pool.generation, 0);
  while (error == 0 && pool.n_workers + 1 < pool.n_threads) {
    error = pthread_create(&pool.workers[pool.n_workers], NULL, work, (void *)(uintptr_t)(pool.n_workers + 1));
    pool.n_workers += error == 0;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return error;
}

/* ---- Forking: a region ends first. The child has the caller's thread alone, and starts others when it needs them ---- */

static void before_fork(void) {
  pthread_mutex_lock(&pool.turn);
  pthread_mutex_lock(&pool.mutex);
}

static void after_fork(void) {
  pthread_mutex_unlock(&pool.mutex);
  pthread_mutex_unlock(&pool.turn);
}

static void after_fork_in_child(void) {
  static const pthread_cond_t fresh = PTHREAD_COND_INITIALIZER; /* threads that are gone waited for the old ones */
  pool.started = pool.finished = fresh;
  pool.n_workers = 0;
  after_fork();
}

static void handle_forks(void) {
  pthread_atfork(before_fork, after_fork, after_fork_in_child);
}

enum ms_status ms_pool_start(size_t n_threads, size_t scratch_floats) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  const size_t line = MS_ALIGNMENT / sizeof(float);
  pthread_once(&once, handle_forks);
  pool.scratch_stride = (scratch_floats / line + 1) * line;
  enum ms_status status = ms_reserve(n_threads, pool.scratch_stride * sizeof(float), "scratch memory", &pool.scratch);
  if (status == MS_OK)
    status = ms_allocate(n_threads, sizeof *pool.workers, "thread pool", &pool.workers);
  if (status == MS_OK)
    status = ms_allocate(n_threads, sizeof *pool.taken, "thread pool", &pool.taken);
  pool.watch_s = n_threads <= ms_cpu_cores() ? watch_s : watch_crowded_s;
  pool.stopping = false;
  pool.n_threads = n_threads;
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
    start_region();
    for (size_t i = 0; i < pool.n_workers; ++i)
      pthread_join(pool.workers[i], NULL);
  }
  free(pool.workers);
  free(pool.scratch);
  free(pool.taken);
  pool.workers = NULL;
  pool.scratch = NULL;
  pool.taken = NULL;
  pool.n_threads = pool.n_workers = 0;
}

size_t ms_pool_size(void) {
  return pool.n_threads;
}

/* With the caller's turn. Tasks without a thread, in the child of a fork that got none, are the caller's. */
static void run(ms_task *task, void *context) {
  if (pool.n_workers == 0 && pool.n_threads > 1)
    (void)start_workers();
  const uint64_t saved = ms_fpenv_enter();
  if (pool.n_workers > 0) {
    pool.task = task;
    pool.context = context;
    start_region();
  }
  task(context, 0);
  for (size_t index = pool.n_workers + 1; index < pool.n_threads; ++index)
    task(context, index);
  if (pool.n_workers > 0)
    wait_for(&pool.running, 0, true, &pool.finished);
  ms_fpenv_restore(saved);
}

void ms_pool_run(ms_task *task, void *context) {
  pthread_mutex_lock(&pool.turn);
  run(task, context);
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
  run(take_items, &items);
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
