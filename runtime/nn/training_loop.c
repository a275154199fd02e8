/* The training loop: epochs, the order of the images, early stopping, what is kept. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/data/dataset.h"
#include "runtime/nn/checkpoint.h"
#include "runtime/nn/evaluate.h"
#include "runtime/nn/random.h"
#include "runtime/nn/schedule.h"
#include "runtime/nn/step.h"
#include "runtime/nn/training.h"
#include "runtime/platform/clock.h"
#include "runtime/platform/error.h"
#include "runtime/platform/fpenv.h"
#include "runtime/platform/memory.h"
#include "runtime/platform/threads.h"

struct ms_training {
  const struct ms_config *config;
  const struct ms_dataset *train, *validation;
  const struct ms_observer *observer;
  struct ms_trainer trainer;
  struct ms_train_counters at; /* the powers are in the trainer */
  struct ms_network *kept;     /* what is returned: the best epoch's weights with early stopping, else the last's */
  uint32_t *order;             /* (train->n): of the epoch, once it has begun */
  bool epoch_has_begun;
  double *epoch_seconds; /* (epochs) */
  double start_s,
      epoch_start_s; /* clock readings at which the run and this epoch would have begun without interruption */
  struct ms_train_result *result;
};

static enum ms_status create(struct ms_training *t) {
  const size_t n_inputs = t->train->rows * t->train->cols;
  const size_t n_validation = t->validation ? t->validation->n : 0; /* goes through the same memory */
  const size_t batch = ms_min(t->config->batch, t->train->n > n_validation ? t->train->n : n_validation);
  t->at.epoch = 1;
  t->at.best = -HUGE_VAL;
  MS_TRY(ms_trainer_create(t->config, batch, n_inputs, t->train->n_classes, &t->trainer));
  MS_TRY(ms_network_like(t->trainer.network, &t->kept));
  MS_TRY(ms_allocate(t->train->n, sizeof *t->order, "order of the images", &t->order));
  return ms_allocate(t->config->epochs, sizeof *t->epoch_seconds, "epoch times", &t->epoch_seconds);
}

static void destroy(struct ms_training *t) {
  ms_trainer_free(&t->trainer);
  ms_network_free(t->kept);
  free(t->order);
  free(t->epoch_seconds);
}

static size_t steps_of_epoch(const struct ms_training *t) {
  return (t->train->n + t->config->batch - 1) / t->config->batch;
}

/* Whether early stopping ends training after `epoch`. */
static bool stops_after(const struct ms_training *t, size_t epoch) {
  return t->validation && t->config->patience > 0 && epoch - t->at.best_epoch >= t->config->patience;
}

/* ---- State ---- */

static enum ms_status offer(struct ms_training *t, enum ms_moment moment) {
  if (!t->observer || !t->observer->keep)
    return MS_OK;
  const double now = ms_clock_s();
  struct ms_train_state state = {.config = t->config,
                                 .at = t->at,
                                 .epoch_seconds = t->epoch_seconds,
                                 .phase_seconds = t->result->phase_seconds,
                                 .trainer = &t->trainer,
                                 .kept = t->kept};
  state.at.beta1_power = t->trainer.beta1_power;
  state.at.beta2_power = t->trainer.beta2_power;
  state.at.epoch_s = now - t->epoch_start_s;
  state.at.past_s = now - t->start_s;
  return t->observer->keep(t->observer->context, moment, &state);
}

static void restore(struct ms_training *t, const struct ms_checkpoint *from) {
  ms_trainer_restore(&t->trainer, from);
  t->at = from->at;
  for (size_t l = 0; from->at.model_epoch > 0 && l < t->kept->n_layers; ++l) {
    const struct ms_dense *layer = &t->kept->layers[l];
    memcpy(layer->weight, from->layers[l].kept_weight, layer->n_in * layer->n_out * sizeof(float));
    memcpy(layer->bias, from->layers[l].kept_bias, layer->n_out * sizeof(float));
  }
  const size_t n_epochs = from->at.epoch - 1;
  if (n_epochs > 0)
    memcpy(t->epoch_seconds, from->epoch_seconds, n_epochs * sizeof *t->epoch_seconds);
  memcpy(t->result->phase_seconds, from->phase_seconds, sizeof t->result->phase_seconds);
  t->start_s = ms_clock_s() - from->at.past_s;
  t->result->epochs_run = n_epochs;
  t->result->best_epoch = from->at.best_epoch;
  t->result->model_epoch = from->at.model_epoch;
  t->result->stopped_early = from->at.step == 0 && n_epochs > 0 && stops_after(t, n_epochs);
}

/* ---- Epochs ---- */

static void count_batch(struct ms_training *t, size_t n) {
  const struct ms_pass *pass = &t->trainer.pass;
  const size_t n_classes = ms_pass_classes(pass);
  for (size_t i = 0; i < n; ++i) {
    t->at.loss_sum += (double)pass->loss[i];
    t->at.n_correct += ms_argmax(pass->logits + i * n_classes, n_classes) == pass->labels[i];
  }
}

static void train_step(struct ms_training *t, size_t first, size_t rows) {
  const size_t n_steps = steps_of_epoch(t);
  t->trainer.epoch = t->at.epoch;
  t->trainer.step = t->at.step;
  t->trainer.learning_rate =
      ms_learning_rate(t->config, (t->at.epoch - 1) * n_steps + t->at.step, t->config->epochs * n_steps);
  const double start = ms_clock_s();
  ms_train_step(&t->trainer, t->train, t->order + first, rows);
  ms_pool_tune(ms_clock_s() - start, rows);
  count_batch(t, rows);
}

/* What the observer has to say to a step, after which `images` of the epoch are done. */
static enum ms_status observe_step(struct ms_training *t, size_t images) {
  const struct ms_observer *observer = t->observer;
  const size_t n_steps = steps_of_epoch(t);
  const struct ms_step step = {.epoch = t->at.epoch,
                               .step = t->at.step,
                               .n_steps = n_steps,
                               .images = images,
                               .loss = t->at.loss_sum / (double)images,
                               .accuracy = (double)t->at.n_correct / (double)images};
  if (observer && observer->step)
    observer->step(observer->context, &step);
  const bool stop = observer && observer->stop && observer->stop(observer->context);
  const enum ms_status status = stop ? offer(t, MS_AT_STOP) : t->at.step < n_steps ? offer(t, MS_AFTER_STEP) : MS_OK;
  if (status != MS_OK || !stop)
    return status;
  return ms_fail(MS_STOPPED, "stopped in epoch %zu, after step %zu of %zu", t->at.epoch, t->at.step, n_steps);
}

/* The next step of the epoch. MS_STOPPED and MS_ERROR_NUMERIC leave the epoch unfinished. */
static enum ms_status next_step(struct ms_training *t) {
  const size_t n = t->train->n, batch = t->config->batch, first = t->at.step * batch;
  const size_t rows = n - first < batch ? n - first : batch;
  train_step(t, first, rows);
  ++t->at.step;
  if (!isfinite(t->at.loss_sum))
    return ms_fail(MS_ERROR_NUMERIC, "epoch %zu, step %zu: the loss is not finite: train with a smaller lr (it is %g)",
                   t->at.epoch, t->at.step, t->config->lr);
  return observe_step(t, first + rows);
}

static enum ms_status validate(struct ms_training *t, struct ms_epoch *epoch) {
  ms_pass_evaluate(&t->trainer.pass, t->validation, NULL, NULL, &epoch->val_loss, &epoch->val_accuracy);
  epoch->has_validation = true;
  if (!isfinite(epoch->val_loss)) /* weights are, and sums of their products are not */
    return ms_fail(MS_ERROR_NUMERIC, "epoch %zu: the validation loss is not finite: train with a smaller lr (it is %g)",
                   epoch->epoch, t->config->lr);
  const double value = t->config->monitor == MS_VAL_ACCURACY ? epoch->val_accuracy : -epoch->val_loss;
  epoch->improved = value - t->config->min_delta > t->at.best;
  if (epoch->improved) {
    t->at.best = value;
    t->at.best_epoch = epoch->epoch;
  }
  return MS_OK;
}

const char *ms_phase_name(enum ms_phase phase) {
  static const char *const names[MS_N_PHASES] = {
      "load batch", "forward", "output and loss", "input gradients", "gradients and update", "rest",
  };
  return names[phase];
}

/* The phases of an epoch that took `seconds`; the rest is what the others leave. */
static void add_phases(struct ms_training *t, double seconds, struct ms_train_result *result) {
  double *epoch = t->trainer.phase_seconds;
  epoch[MS_PHASE_REST] = seconds;
  for (int phase = 0; phase < MS_PHASE_REST; ++phase)
    epoch[MS_PHASE_REST] -= epoch[phase];
  for (int phase = 0; phase < MS_N_PHASES; ++phase) {
    result->phase_seconds[phase] += epoch[phase];
    epoch[phase] = 0;
  }
}

static void begin_epoch(struct ms_training *t) {
  t->epoch_start_s = ms_clock_s() - t->at.epoch_s;
  ms_random_order(MS_STREAM_SHUFFLE, t->config->seed, t->at.epoch, t->train->n, t->order);
  t->epoch_has_begun = true;
}

/* After its last step. */
static enum ms_status end_epoch(struct ms_training *t) {
  struct ms_train_result *result = t->result;
  struct ms_epoch epoch = {.epoch = t->at.epoch,
                           .train_loss = t->at.loss_sum / (double)t->train->n,
                           .train_accuracy = (double)t->at.n_correct / (double)t->train->n,
                           .network = t->trainer.network,
                           .improved = true};
  t->epoch_has_begun = false;
  ms_trainer_read(&t->trainer);
  if (!ms_network_is_finite(t->trainer.network))
    return ms_fail(MS_ERROR_NUMERIC, "epoch %zu: a weight is not finite: train with a smaller lr (it is %g)",
                   epoch.epoch, t->config->lr);
  if (t->validation)
    MS_TRY(validate(t, &epoch));
  const bool early_stopping = t->validation && t->config->patience > 0;
  if (!early_stopping || epoch.improved) {
    ms_network_copy(t->kept, t->trainer.network);
    t->at.model_epoch = epoch.epoch;
  }
  ms_network_sha256(t->trainer.network, epoch.weights_sha256);
  epoch.seconds = ms_clock_s() - t->epoch_start_s;
  t->epoch_seconds[result->epochs_run++] = epoch.seconds;
  add_phases(t, epoch.seconds, result);
  result->best_epoch = t->at.best_epoch;
  result->model_epoch = t->at.model_epoch;
  result->stopped_early = stops_after(t, epoch.epoch);
  ++t->at.epoch;
  t->at.step = t->at.n_correct = 0;
  t->at.loss_sum = t->at.epoch_s = 0;
  t->epoch_start_s = ms_clock_s();
  if (t->observer && t->observer->epoch)
    MS_TRY(t->observer->epoch(t->observer->context, &epoch));
  return offer(t, MS_AFTER_EPOCH);
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
  MS_TRY(ms_config_check(config));
  if (ms_threads() == 0)
    return ms_fail(MS_ERROR_ARGUMENT, "ms_train: call ms_init first");
  MS_TRY(ms_dataset_check(train, "training"));
  if (config->input_dropout > 0 && train->rows * train->cols > MS_MAX_DROPOUT_COLUMNS)
    return ms_fail(MS_ERROR_ARGUMENT, "ms_train: input-dropout takes images of at most %d pixels, these have %zu x %zu",
                   MS_MAX_DROPOUT_COLUMNS, train->rows, train->cols);
  if (config->patience > 0 && !validation)
    return ms_fail(MS_ERROR_ARGUMENT, "ms_train: early stopping needs validation images");
  if (!validation)
    return MS_OK;
  MS_TRY(ms_dataset_check(validation, "validation"));
  if (validation->rows != train->rows || validation->cols != train->cols || validation->n_classes != train->n_classes)
    return ms_fail(MS_ERROR_ARGUMENT, "ms_train: validation images must be of the size and classes of training");
  return MS_OK;
}

enum ms_status ms_training_begin(const struct ms_config *config, const struct ms_checkpoint *from,
                                 const struct ms_network *initial, const struct ms_dataset *train,
                                 const struct ms_dataset *validation, const struct ms_observer *observer,
                                 struct ms_train_result *result, struct ms_training **training) {
  struct ms_training *t;
  *training = NULL;
  memset(result, 0, sizeof *result);
  MS_TRY(check_data(config, train, validation));
  if (from)
    MS_TRY(ms_checkpoint_check_images(from, train, validation));
  MS_TRY(ms_allocate(1, sizeof *t, "training", &t));
  *t = (struct ms_training){.config = config,
                            .train = train,
                            .validation = validation,
                            .observer = observer,
                            .start_s = ms_clock_s(),
                            .result = result};
  const uint64_t saved = ms_fpenv_enter();
  enum ms_status status = create(t);
  if (status == MS_OK && from)
    restore(t, from);
  if (status == MS_OK && initial)
    status = ms_trainer_set_weights(&t->trainer, initial);
  ms_fpenv_restore(saved);
  if (status == MS_OK)
    *training = t;
  else
    ms_training_end(t, status, NULL);
  return status;
}

bool ms_training_is_done(const struct ms_training *t) {
  return t->at.epoch > t->config->epochs || t->result->stopped_early;
}

enum ms_status ms_training_advance(struct ms_training *t) {
  const uint64_t saved = ms_fpenv_enter();
  enum ms_status status = MS_OK;
  if (!t->epoch_has_begun)
    begin_epoch(t);
  if (t->at.step < steps_of_epoch(t))
    status = next_step(t);
  if (status == MS_OK && t->at.step == steps_of_epoch(t))
    status = end_epoch(t);
  ms_fpenv_restore(saved);
  return status;
}

void ms_training_end(struct ms_training *t, enum ms_status status, struct ms_network **network) {
  const bool is_usable = status == MS_OK || status == MS_STOPPED || status == MS_ERROR_NUMERIC;
  if (network && is_usable && t->result->epochs_run > 0) {
    *network = t->kept;
    t->kept = NULL;
  }
  if (t->epoch_seconds)
    t->result->epoch_seconds_median = median(t->epoch_seconds, t->result->epochs_run);
  t->result->elapsed_s = ms_clock_s() - t->start_s;
  destroy(t);
  free(t);
}
