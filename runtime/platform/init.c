/* ms_init and ms_shutdown: kernels, threads, then whether both compute as they should. */
#include "runtime/platform/cpu.h"
#include "runtime/platform/dispatch.h"
#include "runtime/platform/error.h"
#include "runtime/platform/gemm.h"
#include "runtime/platform/self_check.h"
#include "runtime/platform/threads.h"

enum ms_status ms_init(const char *isa, size_t n_threads) {
  if (ms_pool_size() > 0)
    return ms_fail(MS_ERROR_ARGUMENT, "ms_init: was called before: call ms_shutdown first");
  if (n_threads > MS_MAX_THREADS)
    return ms_fail(MS_ERROR_ARGUMENT, "ms_init: %zu threads, at most %d are possible", n_threads, MS_MAX_THREADS);
  MS_TRY(ms_dispatch(isa));
  size_t threads = n_threads > 0 ? n_threads : ms_cpu_cores();
  if (threads > MS_MAX_THREADS)
    threads = MS_MAX_THREADS;
  MS_TRY(ms_pool_start(threads, ms_gemm_scratch_floats()));
  enum ms_status status = ms_self_check(ms_kernels(), ms_isa(), ms_pool_scratch(0));
  if (status != MS_OK)
    ms_pool_stop();
  return status;
}

void ms_shutdown(void) {
  ms_pool_stop();
}

size_t ms_threads(void) {
  return ms_pool_size();
}
