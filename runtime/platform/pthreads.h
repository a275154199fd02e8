/* <pthread.h>; and on a system without threads, what is used of it outside of the pool. */
#ifndef MS_PLATFORM_PTHREADS_H
#define MS_PLATFORM_PTHREADS_H

#if !defined(__wasi__)
#include <pthread.h>
#if defined(_WIN32) /* which has no fork */
#undef pthread_atfork
static inline void pthread_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void)) {
  (void)prepare;
  (void)parent;
  (void)child;
}
#endif
#else
#define PTHREAD_ONCE_INIT 0
#define PTHREAD_MUTEX_INITIALIZER 0
typedef int pthread_once_t, pthread_mutex_t;

static inline void pthread_once(pthread_once_t *once, void (*function)(void)) {
  if ((*once)++ == 0)
    function();
}

static inline void pthread_mutex_lock(pthread_mutex_t *mutex) {
  (void)mutex;
}

static inline void pthread_mutex_unlock(pthread_mutex_t *mutex) {
  (void)mutex;
}

static inline void pthread_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void)) {
  (void)prepare;
  (void)parent;
  (void)child;
}
#endif

#endif
