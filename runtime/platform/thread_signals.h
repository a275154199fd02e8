/* Signals are the application's business: threads of ours are started with all of them blocked. Whoever includes this
 * has _POSIX_C_SOURCE. */
#ifndef MS_PLATFORM_THREAD_SIGNALS_H
#define MS_PLATFORM_THREAD_SIGNALS_H

#if defined(_WIN32)
typedef int ms_signals; /* Windows has none */

static inline void ms_block_signals(ms_signals *before) {
  *before = 0;
}

static inline void ms_restore_signals(const ms_signals *before) {
  (void)before;
}
#else
#include <signal.h>

typedef sigset_t ms_signals;

static inline void ms_block_signals(ms_signals *before) {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, before);
}

static inline void ms_restore_signals(const ms_signals *before) {
  pthread_sigmask(SIG_SETMASK, before, NULL);
}
#endif

#endif
