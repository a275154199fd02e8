/* A pool of threads for short parallel regions. Does not decide how work is divided. */
#ifndef MS_PLATFORM_THREADS_H
#define MS_PLATFORM_THREADS_H

#include "runtime/mnist_simd.h"

/* What each thread runs: index 0 .. ms_pool_size()-1; index 0 is the caller. */
typedef void ms_task(void *context, size_t index);

/* Starts the process' one pool with n_threads threads, the caller included; 0: as many as there are cores. Each with a
 * scratch memory of scratch_floats floats. MS_ERROR_SYSTEM: a thread cannot be created; none is left running. */
enum ms_status ms_pool_start(size_t n_threads, size_t scratch_floats);
void ms_pool_stop(void);

/* 0 if no pool was started. */
size_t ms_pool_size(void);

/* Runs task(context, index) once for each index, and returns when all have returned. Memory written before is seen by
 * the tasks, theirs by the caller. Not to be called from a task. Callers of different threads take turns. */
void ms_pool_run(ms_task *task, void *context);

/* Runs only task(context, 0), on the caller's thread: for work that is done before a worker would have woken. */
void ms_pool_run_alone(ms_task *task, void *context);

/* Runs task(context, item, index) once for each item 0 .. n_items-1; index names the thread: the one whose index is the
 * remainder of item by the number of threads or, where that one is behind, one that has no more of its own. So which
 * thread takes which item can differ from run to run: no result may depend on it. */
typedef void ms_item_task(void *context, size_t item, size_t index);
void ms_pool_each(size_t n_items, ms_item_task *task, void *context);

/* To be told, after each step of a job that goes on, how long it took for its n units of work. If the number of threads
 * was left to the pool, ms_pool_each uses from then on as many of them as the job is done best by, here and now. */
void ms_pool_tune(double seconds, size_t n);

/* A place among n_items for an item of ms_pool_each, such that the items of one thread are neighbours: for items that
 * write side by side. Where the places of two threads alternate, prefetching takes lines that the other one is writing,
 * at every border; where the two share no last-level cache, evaluation took 1.6 times as long. */
size_t ms_pool_neighbours(size_t item, size_t n_items);

/* The scratch memory of a task's index, aligned to MS_ALIGNMENT; for use within a task. */
float *ms_pool_scratch(size_t index);

/* A part of 0 .. total-1, in units: part `index` of `parts` is first .. last-1, cut at multiples of unit. Parts differ
 * by at most one unit; some are empty where there are too few units, and begin and end at total then. */
struct ms_range {
  size_t first, last;
};
static inline struct ms_range ms_split(size_t total, size_t unit, size_t parts, size_t index) {
  const size_t units = (total + unit - 1) / unit;
  const size_t each = units / parts, rest = units % parts;
  const size_t first = index * each + (index < rest ? index : rest);
  const size_t last = first + each + (index < rest ? 1 : 0);
  const struct ms_range range = {first * unit < total ? first * unit : total,
                                 last * unit < total ? last * unit : total};
  return range;
}

#endif
