/* Elapsed time, from the monotonic clock. */
#define _POSIX_C_SOURCE 200809L /* clock_gettime */
#include "runtime/platform/clock.h"

#include <time.h>

double ms_clock_s(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}
