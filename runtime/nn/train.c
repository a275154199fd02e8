/* The training loop: epochs, the order of the images, early stopping, what is kept. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/nn/predict.h"
#include "runtime/nn/random.h"
#include "runtime/nn/schedule.h"
#include "runtime/nn/step.h"
#include "runtime/platform/clock.h"
#include "runtime/platform/error.h"
#include "runtime/platform/fpenv.h"
#include "runtime/platform/memory.h"

struct training {
  const struct ms_config *config;
  const struct ms_dataset *train, *validation;
  const struct ms_observer *observer;
  struct ms_trainer trainer;
  struct ms_network *kept; /* what is returned: the best epoch's weights with early stopping, else the last's */
  uint32_t *order;         /* (train->n) */
  double *epoch_seconds;   /* (epochs) */
  double best;             /* of the monitored value, larger being better */
};

static enum ms_status create(struct training *t) {
  const size_t n_inputs = t->train->rows * t->train->cols;
  enum ms_status status = ms_trainer_create(t->config, n_inputs, t->train->n_classes, &t->trainer);
  if (status == MS_OK)
    status = ms_network_like(t->trainer.network, &t->kept);
  if (status == MS_OK)
    status = ms_allocate(t->train->n, sizeof *t->order, "order of the images", &t->order);
  if (status == MS_OK)
    status = ms_allocate(t->config->epochs, sizeof *t->epoch_seconds, "epoch times", &t->epoch_seconds);
  t->best = -HUGE_VAL;
  return status;
}

static void destroy(struct training *t) {
  ms_trainer_free(&t->trainer);
  ms_network_free(t->kept);
  free(t->order);
  free(t->epoch_seconds);
}

static void count_batch(const struct ms_trainer *trainer, size_t n, double *loss_sum, size_t *n_correct) {
  const size_t n_classes = ms_pass_classes(&trainer->pass);
  for (size_t i = 0; i < n; ++i) {
    *loss_sum += (double)trainer->pass.loss[i];
    *n_correct += ms_argmax(trainer->pass.logits + i * n_classes, n_classes) == trainer->pass.labels[i];
  }
}

/* All steps of one epoch. MS_STOPPED and MS_ERROR_NUMERIC leave the epoch unfinished. */
static enum ms_status train_epoch(struct training *t, struct ms_epoch *epoch) {
  const size_t n = t->train->n, batch = t->config->batch;
  const size_t n_steps = (n + batch - 1) / batch;
  double loss_sum = 0;
  size_t n_correct = 0;
  ms_random_order(t->config->seed, epoch->epoch, n, t->order);
  for (size_t step = 0; step < n_steps; ++step) {
    const size_t first = step * batch;
    const size_t rows = n - first < batch ? n - first : batch;
    t->trainer.epoch = epoch->epoch;
    t->trainer.step = step;
    t->trainer.learning_rate =
        ms_learning_rate(t->config, (epoch->epoch - 1) * n_steps + step, t->config->epochs * n_steps);
    ms_trainer_load(&t->trainer, t->train, t->order + first, rows);
    ms_trainer_step(&t->trainer, rows);
    count_batch(&t->trainer, rows, &loss_sum, &n_correct);
    if (!isfinite(loss_sum))
      return ms_fail(MS_ERROR_NUMERIC,
                     "epoch %zu, step %zu: the loss is not finite: train with a smaller lr (it is %g)", epoch->epoch,
                     step + 1, t->config->learning_rate);
    epoch->train_loss = loss_sum / (double)(first + rows);
    epoch->train_accuracy = (double)n_correct / (double)(first + rows);
    if (t->observer && t->observer->step)
      t->observer->step(t->observer->context, epoch->epoch, step + 1, n_steps, first + rows, epoch->train_loss,
                        epoch->train_accuracy);
    if (t->observer && t->observer->stop && t->observer->stop(t->observer->context))
      return ms_fail(MS_STOPPED, "stopped in epoch %zu, after step %zu of %zu", epoch->epoch, step + 1, n_steps);
  }
  ms_trainer_read(&t->trainer);
  if (!ms_network_is_finite(t->trainer.network))
    return ms_fail(MS_ERROR_NUMERIC, "epoch %zu: a weight is not finite: train with a smaller lr (it is %g)",
                   epoch->epoch, t->config->learning_rate);
  return MS_OK;
}

static void validate(struct training *t, struct ms_epoch *epoch, struct ms_train_result *result) {
  ms_predict(&t->trainer.pass, t->validation, NULL, NULL, &epoch->val_loss, &epoch->val_accuracy);
  epoch->has_validation = true;
  const double value = t->config->monitor == MS_VAL_ACCURACY ? epoch->val_accuracy : -epoch->val_loss;
  epoch->improved = value - t->config->min_delta > t->best;
  if (epoch->improved) {
    t->best = value;
    result->best_epoch = epoch->epoch;
  }
}

const char *ms_phase_name(enum ms_phase phase) {
  static const char *const names[MS_N_PHASES] = {
      "load batch", "forward", "output and loss", "input gradients", "gradients and update", "rest",
  };
  return names[phase];
}

/* The phases of an epoch that took `seconds`; the rest is what the others leave. */
static void add_phases(struct training *t, double seconds, struct ms_train_result *result) {
  double *epoch = t->trainer.phase_seconds;
  epoch[MS_PHASE_REST] = seconds;
  for (int phase = 0; phase < MS_PHASE_REST; ++phase)
    epoch[MS_PHASE_REST] -= epoch[phase];
  for (int phase = 0; phase < MS_N_PHASES; ++phase) {
    result->phase_seconds[phase] += epoch[phase];
    epoch[phase] = 0;
  }
}

static enum ms_status run_epoch(struct training *t, size_t number, struct ms_train_result *result) {
  const double start = ms_clock_s();
  struct ms_epoch epoch = {.epoch = number, .improved = true};
  const enum ms_status status = train_epoch(t, &epoch);
  if (status != MS_OK)
    return status;
  if (t->validation)
    validate(t, &epoch, result);
  const bool early_stopping = t->validation && t->config->patience > 0;
  if (!early_stopping || epoch.improved) {
    ms_network_copy(t->kept, t->trainer.network);
    result->model_epoch = number;
  }
  ms_network_sha256(t->trainer.network, epoch.weights_sha256);
  epoch.seconds = ms_clock_s() - start;
  t->epoch_seconds[result->epochs_run++] = epoch.seconds;
  add_phases(t, epoch.seconds, result);
  result->stopped_early = early_stopping && number - result->best_epoch >= t->config->patience;
  if (t->observer && t->observer->epoch)
    return t->observer->epoch(t->observer->context, &epoch);
  return MS_OK;
}

static int compare_doubles(const void *x, const void *y) {
  const double a = *(const double *)x, b = *(const double *)y;
  return (a > b) - (a < b);
}

static double median(double *values, size_t n) {
  if (n == 0)
    return 0;
  qsort(values, n, sizeof *values, compare_doubles);
  return (values[(n - 1) / 2] + values[n / 2]) / 2;
}

static enum ms_status check_data(const struct ms_config *config, const struct ms_dataset *train,
                                 const struct ms_dataset *validation) {
  const enum ms_status status = ms_config_check(config);
  if (status != MS_OK)
    return status;
  if (ms_threads() == 0)
    return ms_fail(MS_ERROR_ARGUMENT, "ms_train: call ms_init first");
  if (train->n == 0 || train->n > UINT32_MAX)
    return ms_fail(MS_ERROR_ARGUMENT, "ms_train: %zu training images, must be 1 to 4294967295", train->n);
  if (config->input_dropout > 0 && train->rows * train->cols > MS_MAX_DROPOUT_COLUMNS)
    return ms_fail(MS_ERROR_ARGUMENT, "ms_train: input-dropout takes images of at most %d pixels, these have %zu x %zu",
                   MS_MAX_DROPOUT_COLUMNS, train->rows, train->cols);
  if (config->patience > 0 && !validation)
    return ms_fail(MS_ERROR_ARGUMENT, "ms_train: early stopping needs validation images");
  if (validation && (validation->n == 0 || validation->rows != train->rows || validation->cols != train->cols ||
                     validation->n_classes != train->n_classes))
    return ms_fail(MS_ERROR_ARGUMENT, "ms_train: validation images must be like those of training, and at least one");
  return MS_OK;
}

enum ms_status ms_train(const struct ms_config *config, const struct ms_dataset *train,
                        const struct ms_dataset *validation, const struct ms_observer *observer,
                        struct ms_network **network, struct ms_train_result *result) {
  *network = NULL;
  memset(result, 0, sizeof *result);
  enum ms_status status = check_data(config, train, validation);
  if (status != MS_OK)
    return status;

  const double start = ms_clock_s();
  const uint64_t saved = ms_fpenv_enter();
  struct training t = {.config = config, .train = train, .validation = validation, .observer = observer};
  status = create(&t);
  for (size_t number = 1; status == MS_OK && number <= config->epochs && !result->stopped_early; ++number)
    status = run_epoch(&t, number, result);

  const bool usable = status == MS_OK || status == MS_STOPPED || status == MS_ERROR_NUMERIC;
  if (usable && result->epochs_run > 0) {
    *network = t.kept;
    t.kept = NULL;
  }
  if (t.epoch_seconds)
    result->epoch_seconds_median = median(t.epoch_seconds, result->epochs_run);
  result->elapsed_s = ms_clock_s() - start;
  destroy(&t);
  ms_fpenv_restore(saved);
  return status;
}
