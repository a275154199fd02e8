/* The pool where a process has one thread: WebAssembly, as a page opened from disk gets it. */
#include <stdlib.h>

#include "runtime/platform/error.h"
#include "runtime/platform/fpenv.h"
#include "runtime/platform/memory.h"
#include "runtime/platform/threads.h"

static float *scratch; /* NULL: not started */

enum ms_status ms_pool_start(size_t n_threads, size_t scratch_floats) {
  if (n_threads > 1)
    return ms_fail_by(MS_ERROR_UNSUPPORTED, MS_FEWER_THREADS, "%zu threads: there is one here", n_threads);
  return ms_reserve(scratch_floats + 1, sizeof *scratch, "scratch memory", &scratch);
}

void ms_pool_stop(void) {
  free(scratch);
  scratch = NULL;
}

size_t ms_pool_size(void) {
  return scratch ? 1 : 0;
}

void ms_pool_run(ms_task *task, void *context) {
  const uint64_t saved = ms_fpenv_enter();
  task(context, 0);
  ms_fpenv_restore(saved);
}

void ms_pool_run_alone(ms_task *task, void *context) {
  ms_pool_run(task, context);
}

void ms_pool_each(size_t n_items, ms_item_task *task, void *context) {
  const uint64_t saved = ms_fpenv_enter();
  for (size_t item = 0; item < n_items; ++item)
    task(context, item, 0);
  ms_fpenv_restore(saved);
}

void ms_pool_tune(double seconds, size_t n) {
  (void)seconds;
  (void)n;
}

size_t ms_pool_neighbours(size_t item, size_t n_items) {
  (void)n_items;
  return item;
}

float *ms_pool_scratch(size_t index) {
  (void)index;
  return scratch;
}
