/* The library as a guest in other people's processes: started by several threads at once, forked, and deaf to
 * signals. */
#define _GNU_SOURCE /* sigtimedwait with -std=c11 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/harness.h"
#include "tests/short_runs.h"

/* ---- Starting ---- */

enum { STARTERS = 8 };

static pthread_barrier_t barrier;

static void *start(void *status) {
  pthread_barrier_wait(&barrier);
  *(enum ms_status *)status = ms_init(NULL, 3);
  return NULL;
}

static void several_starters(void) {
  pthread_t threads[STARTERS];
  enum ms_status status[STARTERS];
  CHECK(pthread_barrier_init(&barrier, NULL, STARTERS) == 0);
  for (size_t i = 0; i < STARTERS; ++i)
    CHECK(pthread_create(&threads[i], NULL, start, &status[i]) == 0);
  for (size_t i = 0; i < STARTERS; ++i)
    pthread_join(threads[i], NULL);
  for (size_t i = 0; i < STARTERS; ++i) {
    CHECK_MESSAGE(status[i] == MS_OK, "starter %zu: status %d", i, (int)status[i]);
    CHECK(ms_threads() == 3); /* until the last has left */
    ms_shutdown();
  }
  CHECK(ms_threads() == 0);
  ms_shutdown(); /* one too many does nothing */
  pthread_barrier_destroy(&barrier);
}

static void other_wishes(void) {
  CHECK(ms_init("scalar", 2) == MS_OK);
  CHECK(ms_init(NULL, 0) == MS_OK && ms_init("scalar", 2) == MS_OK);
  CHECK(ms_init(NULL, 3) == MS_ERROR_ARGUMENT && strstr(ms_error_message(), "scalar on 2 threads"));
  CHECK(ms_init("none such", 2) == MS_ERROR_ARGUMENT);
  for (int i = 0; i < 3; ++i)
    ms_shutdown();
  CHECK(ms_threads() == 0);
  CHECK(ms_init(NULL, 3) == MS_OK && ms_threads() == 3);
  ms_shutdown();
}

/* ---- Forking ---- */

/* Whether a product of ones, (n, n), by the pool's threads is right. */
static bool multiply_within(size_t n, float *a, float *c) {
  for (size_t i = 0; i < n * n; ++i) {
    a[i] = 1.0f;
    c[i] = 0.0f;
  }
  bool right = ms_sgemm(MS_NO_TRANS, MS_NO_TRANS, n, n, n, 1, a, n, a, n, 0, c, n) == MS_OK;
  for (size_t i = 0; right && i < n * n; ++i)
    right = c[i] == (float)n;
  return right;
}

static bool multiply(size_t n) {
  float *a = malloc(n * n * sizeof *a), *c = malloc(n * n * sizeof *c);
  const bool right = a && c && multiply_within(n, a, c);
  free(a);
  free(c);
  return right;
}

static bool multiply_small(void) {
  return multiply(20);
}

static bool multiply_large(void) {
  return multiply(200);
}

static bool train(void) {
  char golden[65], hex[65];
  struct ms_config *config = test_short_config(256, 1);
  test_golden("report_600_images", golden);
  test_digest_of_run(config, 600, 100, hex);
  ms_config_free(config);
  return strcmp(hex, golden) == 0;
}

static bool shut_down_and_start(void) {
  ms_shutdown();
  return ms_threads() == 0 && ms_init(NULL, 2) == MS_OK && multiply(200);
}

/* A grandchild, of a child that has threads of its own. */
static bool fork_again(void) {
  int status = -1;
  if (!multiply(200))
    return false;
  const pid_t child = fork();
  if (child == 0)
    _exit(multiply(200) ? 0 : 1);
  return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

static void forks(void) {
  static bool (*const works[])(void) = {multiply_small, multiply_large, train, shut_down_and_start, fork_again};
  test_load();
  CHECK(ms_init(NULL, 3) == MS_OK);
  for (size_t i = 0; i < sizeof works / sizeof works[0]; ++i) {
    CHECK(multiply(200)); /* the workers are awake */
    const pid_t child = fork();
    if (child == 0) {
      alarm(100);
      _exit(works[i]() ? 0 : 1);
    }
    int status;
    CHECK(multiply(200)); /* and the parent's go on */
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    CHECK_MESSAGE(status == 0, "work %zu: status %d", i, status);
  }
  ms_shutdown();
}

static atomic_bool started, stop;

/* Allocates nothing: a sanitizer's allocator, unlike the C library's, hangs in the child if a thread of the parent was
 * in it. */
static void *keep_multiplying(void *wrong) {
  static float a[100 * 100], c[100 * 100];
  while (!atomic_load(&stop)) {
    if (!multiply_within(100, a, c))
      *(bool *)wrong = true;
    atomic_store(&started, true);
  }
  return NULL;
}

/* While another thread is within a region. */
static void forks_beside_work(void) {
  pthread_t worker;
  bool wrong = false;
  for (int i = 0; i < 50; ++i) {
    atomic_store(&started, false);
    atomic_store(&stop, false);
    CHECK(ms_init(NULL, 3) == MS_OK);
    CHECK(pthread_create(&worker, NULL, keep_multiplying, &wrong) == 0);
    while (!atomic_load(&started))
      sched_yield();
    const pid_t child = fork();
    if (child == 0) {
      alarm(60);
      _exit(multiply(100) ? 0 : 1);
    }
    int status = -1;
    const bool ended = child > 0 && waitpid(child, &status, 0) == child;
    atomic_store(&stop, true); /* before a check that fails: no thread outlives its case */
    pthread_join(worker, NULL);
    CHECK_MESSAGE(ended && status == 0, "fork %d: status %d", i, status);
    ms_shutdown();
  }
  CHECK(!wrong);
}

/* ---- Signals ---- */

/* A signal that the application blocks and waits for later must not find a thread that does not. */
static void signals(void) {
  const struct timespec second = {1, 0};
  sigset_t set, before;
  CHECK(ms_init(NULL, 3) == MS_OK);
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &set, &before);
  kill(getpid(), SIGUSR1);
  CHECK(sigtimedwait(&set, NULL, &second) == SIGUSR1);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  ms_shutdown();
}

static const struct test_case cases[] = {
    {"several_starters", several_starters},   {"other_wishes", other_wishes}, {"forks", forks},
    {"forks_beside_work", forks_beside_work}, {"signals", signals},
};

TEST_MAIN(cases)
