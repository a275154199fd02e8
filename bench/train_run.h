/* What train_bench measures: epochs against the machine's peak of multiply-adds, evaluation, latency of one image. */
#ifndef MS_BENCH_TRAIN_RUN_H
#define MS_BENCH_TRAIN_RUN_H

#include "runtime/mnist_simd.h"

enum { MAX_EPOCHS = 1000, EVALUATIONS = 9, SINGLE_IMAGES = 2000 };

struct train_run {
  const struct ms_config *config; /* without early stopping */
  bool on_demand;                 /* waits for a line on standard input before each epoch */
  const char *fastest;            /* the ISA of the highest peak that this CPU has */
  size_t n_train, n_steps;        /* images and steps of an epoch */
  double gflop;                   /* of one epoch with its validation, counted densely */

  size_t n_epochs;
  double seconds[MAX_EPOCHS];
  double peak[MAX_EPOCHS],
      fastest_peak[MAX_EPOCHS];     /* GFLOP/s right after each epoch: of the ISA in use, of the fastest */
  double round_trip_ns[MAX_EPOCHS]; /* right after each epoch: round_trip.h */

  /* Medians over all epochs but the first, whose memory is new, unless it is the only one. */
  double median_s, median_peak, median_fastest_peak;

  double phase_seconds[MS_N_PHASES]; /* of an epoch: means over all */

  size_t n_test;
  double evaluation_s;                    /* of all test images: median of EVALUATIONS */
  double latency_median_s, latency_p99_s; /* of one image alone: of SINGLE_IMAGES different ones */
};

/* Fills the rest of run, printing each epoch. */
enum ms_status train_run(const struct ms_data *data, struct train_run *run);

#endif
