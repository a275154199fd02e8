/* ms_init and ms_shutdown: kernels, threads, then whether both compute as they should. */
#define _POSIX_C_SOURCE 200809L /* pthread_atfork */
#include <string.h>

#include "runtime/platform/check_build.h"
#include "runtime/platform/dispatch.h"
#include "runtime/platform/error.h"
#include "runtime/platform/pthreads.h"
#include "runtime/platform/sgemm.h"
#include "runtime/platform/threads.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static size_t n_users; /* calls of ms_init without their ms_shutdown */

static void enter(void) {
  pthread_mutex_lock(&lock);
}

static void leave(void) {
  pthread_mutex_unlock(&lock);
}

static void handle_forks(void) {
  pthread_atfork(enter, leave, leave);
}

static void end(void) {
  ms_pool_stop();
  ms_dispatch_end();
}

static enum ms_status start(const char *isa, size_t n_threads) {
  MS_TRY(ms_dispatch(isa));
  enum ms_status status = ms_pool_start(n_threads, ms_gemm_scratch_floats());
  if (status == MS_OK)
    status = ms_check_build(ms_kernels(), ms_isa(), ms_pool_scratch(0));
  if (status != MS_OK)
    end();
  return status;
}

static enum ms_status join(const char *isa, size_t n_threads) {
  if ((isa && strcmp(isa, ms_isa()) != 0) || (n_threads > 0 && n_threads != ms_threads()))
    return ms_fail(
        MS_ERROR_ARGUMENT,
        "ms_init: was called before, the library is at work with %s on %zu threads: ask for no others, or call "
        "ms_shutdown first",
        ms_isa(), ms_threads());
  return MS_OK;
}

enum ms_status ms_init(const char *isa, size_t n_threads) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  if (n_threads > MS_MAX_THREADS)
    return ms_fail(MS_ERROR_ARGUMENT, "ms_init: %zu threads, at most %d are possible", n_threads, MS_MAX_THREADS);
  enter();
  const enum ms_status status = n_users == 0 ? start(isa, n_threads) : join(isa, n_threads);
  n_users += status == MS_OK;
  if (status == MS_OK)
    pthread_once(&once, handle_forks); /* after the pool's, so that before a fork this lock is taken first, as here */
  leave();
  return status;
}

void ms_shutdown(void) {
  enter();
  if (n_users > 0 && --n_users == 0)
    end();
  leave();
}

size_t ms_threads(void) {
  return ms_pool_size();
}
