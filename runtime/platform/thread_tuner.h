/* How many threads a job is best done by, found by trying: the same work, step after step, on half and on twice as many
 * for a moment. The cores may be other programs' too, a container may have less time than cores, and a small network
 * has too little work to share; which of these it is need not be known. Does arithmetic alone: no clock, no threads. */
#ifndef MS_PLATFORM_THREAD_TUNER_H
#define MS_PLATFORM_THREAD_TUNER_H

#include <stdbool.h>
#include <stddef.h>

/* Steps that were measured. */
struct ms_tuner_window {
  double seconds, units;
  size_t steps;
};

struct ms_thread_tuner {
  size_t n_max;
  size_t n;          /* best so far */
  size_t tried;      /* being tried; 0: none is */
  bool upwards;      /* the next to be tried is larger */
  double s_per_unit; /* on n threads; 0 before it is known */
  double stay_s;     /* after which another number is tried */
  struct ms_tuner_window since_choice, recent;
};

/* Begins with all n_max threads. */
void ms_thread_tuner_start(struct ms_thread_tuner *tuner, size_t n_max);

/* To be told after each step how long it took and how many units of work it was, on the threads that the call before
 * gave. The number of threads for the next. */
size_t ms_thread_tuner_next(struct ms_thread_tuner *tuner, double seconds, double units);

#endif
