/* Runs and times what train_bench measures. */
#include "bench/train_run.h"

#include <stdio.h>
#include <string.h>

#include "bench/common.h"
#include "bench/peak.h"
#include "bench/round_trip.h"
#include "runtime/platform/clock.h"

/* Two flop a multiply-add: forward and weight gradient in every layer, input gradient in all but the first; forward
 * alone for validation images. */
static double dense_gflop(const struct ms_config *config, const struct ms_dataset *train, size_t n_validation) {
  double trained = 0, forward = 0;
  size_t n_in = train->rows * train->cols;
  for (size_t l = 0; l <= config->n_hidden; ++l) {
    const size_t n_out = l < config->n_hidden ? config->hidden[l].units : train->n_classes;
    forward += 2.0 * (double)(n_in * n_out);
    trained += (l == 0 ? 2 : 3) * 2.0 * (double)(n_in * n_out);
    n_in = n_out;
  }
  return (trained * (double)train->n + forward * (double)n_validation) * 1e-9;
}

static void wait_for_line(void) {
  int c;
  do
    c = getchar();
  while (c != '\n' && c != EOF);
}

static enum ms_status on_epoch(void *context, const struct ms_epoch *epoch) {
  struct train_run *run = context;
  const size_t i = run->n_epochs++;
  run->seconds[i] = epoch->seconds;
  run->peak[i] = bench_peak_gflops(ms_isa());
  run->fastest_peak[i] = bench_peak_gflops(run->fastest);
  run->round_trip_ns[i] = bench_round_trip_ns();
  printf(
      "epoch %2zu  %.3f s  peak %6.1f GFLOP/s (%s)  %6.1f (%s)  epoch / dense limit: %.2f, %.2f  round trip %.0f ns\n",
      epoch->epoch, run->seconds[i], run->peak[i], ms_isa(), run->fastest_peak[i], run->fastest,
      run->seconds[i] * run->peak[i] / run->gflop, run->seconds[i] * run->fastest_peak[i] / run->gflop,
      run->round_trip_ns[i]);
  fflush(stdout);
  if (run->on_demand && run->n_epochs < run->config->epochs)
    wait_for_line();
  return MS_OK;
}

static enum ms_status train(const struct ms_data *data, struct train_run *run, struct ms_network **network) {
  const size_t n_validation = run->config->val;
  run->n_train = data->train.n - n_validation;
  run->n_steps = (run->n_train + run->config->batch - 1) / run->config->batch;
  const struct ms_dataset images = ms_dataset_slice(&data->train, 0, run->n_train);
  const struct ms_dataset validation = ms_dataset_slice(&data->train, run->n_train, n_validation);
  run->gflop = dense_gflop(run->config, &images, n_validation);
  const struct ms_observer observer = {.context = run, .epoch = on_epoch};
  struct ms_train_result result;
  if (run->on_demand)
    wait_for_line();
  const enum ms_status status =
      ms_train(run->config, &images, n_validation > 0 ? &validation : NULL, &observer, network, &result);
  for (int phase = 0; phase < MS_N_PHASES; ++phase)
    run->phase_seconds[phase] = result.phase_seconds[phase] / (double)result.epochs_run;
  return status;
}

/* The values stay in the order of the epochs. */
static double median_but_first(const double *values, size_t n) {
  double sorted[MAX_EPOCHS];
  const size_t first = n > 1 ? 1 : 0;
  memcpy(sorted, values + first, (n - first) * sizeof *values);
  return bench_quantile(sorted, n - first, 0.5);
}

static enum ms_status timed_evaluation(const struct ms_network *network, const struct ms_dataset *images,
                                       double *seconds) {
  struct ms_evaluation evaluation;
  const double start = ms_clock_s();
  const enum ms_status status = ms_evaluate(network, images, &evaluation);
  *seconds = ms_clock_s() - start;
  if (status == MS_OK)
    ms_evaluation_free(&evaluation);
  return status;
}

static enum ms_status evaluate(const struct ms_network *network, const struct ms_dataset *test, struct train_run *run) {
  static double seconds[SINGLE_IMAGES];
  enum ms_status status = MS_OK;
  run->n_test = test->n;
  for (size_t i = 0; i < EVALUATIONS && status == MS_OK; ++i)
    status = timed_evaluation(network, test, &seconds[i]);
  run->evaluation_s = bench_quantile(seconds, EVALUATIONS, 0.5);
  for (size_t i = 0; i < SINGLE_IMAGES && status == MS_OK; ++i) {
    const struct ms_dataset image = ms_dataset_slice(test, i % test->n, 1);
    status = timed_evaluation(network, &image, &seconds[i]);
  }
  run->latency_median_s = bench_quantile(seconds, SINGLE_IMAGES, 0.5);
  run->latency_p99_s = bench_quantile(seconds, SINGLE_IMAGES, 0.99);
  return status;
}

enum ms_status train_run(const struct ms_data *data, struct train_run *run) {
  struct ms_network *network;
  enum ms_status status = train(data, run, &network);
  if (status != MS_OK)
    return status;
  run->median_s = median_but_first(run->seconds, run->n_epochs);
  run->median_peak = median_but_first(run->peak, run->n_epochs);
  run->median_fastest_peak = median_but_first(run->fastest_peak, run->n_epochs);
  status = evaluate(network, &data->test, run);
  ms_network_free(network);
  return status;
}
