/* A run that begins where another one ended. */
#define _POSIX_C_SOURCE 200809L /* strdup */
#include "runtime/run/origin.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/nn/checkpoint.h"
#include "runtime/nn/network.h"
#include "runtime/platform/error.h"
#include "runtime/platform/files.h"
#include "runtime/platform/memory.h"
#include "runtime/platform/sha256.h"
#include "runtime/run/folder.h"
#include "runtime/run/metrics.h"

/* Settings that say which images validate, how the order of the images is drawn, and what is watched: if they changed in
 * the middle of a run, its figures before and after could not be compared. */
static const char *const same_settings[] = {"hidden", "seed", "val", "val-shuffle", "monitor"};

static enum ms_status check_settings(const struct ms_config *before, const struct ms_config *config, size_t epoch) {
  char was[MS_SETTING_SIZE], is[MS_SETTING_SIZE];
  for (size_t i = 0; i < sizeof same_settings / sizeof same_settings[0]; ++i) {
    ms_config_get(before, same_settings[i], was);
    ms_config_get(config, same_settings[i], is);
    if (strcmp(was, is) != 0)
      return ms_fail(MS_ERROR_ARGUMENT, "%s %.80s: must be %.80s, as in the run that it begins from", same_settings[i],
                     is, was);
  }
  if (config->epochs <= epoch)
    return ms_fail(MS_ERROR_ARGUMENT, "epochs %zu: the model that it begins from is of epoch %zu: must be more",
                   config->epochs, epoch);
  return MS_OK;
}

/* ---- With moments ---- */

void ms_checkpoint_weights_sha256(const struct ms_checkpoint *c, char hex[65]) {
  struct ms_sha256 sha;
  ms_sha256_init(&sha);
  for (size_t l = 0, n_in = c->n_inputs; l <= c->config->n_hidden; ++l) {
    const size_t n_out = l < c->config->n_hidden ? c->config->hidden[l].units : c->n_classes;
    ms_sha256_floats(&sha, c->layers[l].weight, n_in * n_out);
    ms_sha256_floats(&sha, c->layers[l].bias, n_out);
    n_in = n_out;
  }
  ms_sha256_finish(&sha, hex);
}

enum ms_status ms_origin_with_moments(struct ms_checkpoint *c, const struct ms_config *config) {
  struct ms_config *copy;
  MS_TRY(check_settings(c->config, config, c->at.epoch - 1));
  MS_TRY(ms_config_copy(config, &copy));
  ms_config_free(c->config);
  c->config = copy;
  return MS_OK;
}

/* ---- Without ---- */

/* One block of memory for all arrays: doubles, weights and biases, and zeros that serve all moments. */
static enum ms_status copy_arrays(const struct ms_network *network, double epoch_s, struct ms_checkpoint *c) {
  const size_t n_epochs = c->at.epoch - 1, n_layers = ms_network_layers(network);
  size_t n_floats = 0, most = 0;
  for (size_t l = 0; l < n_layers; ++l) {
    const struct ms_layer_view view = ms_network_layer(network, l);
    n_floats += (view.n_in + 1) * view.n_out;
    most = (view.n_in + 1) * view.n_out > most ? (view.n_in + 1) * view.n_out : most;
  }
  MS_TRY(ms_allocate((n_epochs + MS_N_PHASES) * sizeof(double) + (n_floats + most) * sizeof(float), 1, "weights",
                     &c->file));
  double *doubles = (double *)(void *)c->file;
  for (size_t i = 0; i < n_epochs; ++i)
    doubles[i] = epoch_s;
  c->epoch_seconds = doubles;
  c->phase_seconds = doubles + n_epochs;
  float *zeros = (float *)(void *)(doubles + n_epochs + MS_N_PHASES), *at = zeros + most;
  for (size_t l = 0; l < n_layers; ++l) {
    const struct ms_layer_view view = ms_network_layer(network, l);
    const size_t n_weights = view.n_in * view.n_out;
    memcpy(at, view.weight, n_weights * sizeof *at);
    memcpy(at + n_weights, view.bias, view.n_out * sizeof *at);
    c->layers[l] = (struct ms_layer_values){at, zeros, zeros, at + n_weights, zeros, zeros, at, at + n_weights};
    at += n_weights + view.n_out;
  }
  return MS_OK;
}

/* The rows that were, and the best of them: by the figures that metrics.csv holds, which every reader of it has. */
static enum ms_status copy_epochs(const struct ms_run *run, struct ms_checkpoint *c) {
  struct ms_metrics_log log = {0};
  enum ms_status status = MS_OK;
  c->at.best = -HUGE_VAL;
  for (size_t i = 0; status == MS_OK && i + 1 < c->at.epoch; ++i) {
    const struct ms_epoch *e = &run->epochs[i];
    const double value = c->config->monitor == MS_VAL_ACCURACY ? e->val_accuracy : -e->val_loss;
    if (e->has_validation && value - c->config->min_delta > c->at.best) {
      c->at.best = value;
      c->at.best_epoch = e->epoch;
    }
    status = ms_metrics_log_add(&log, e);
  }
  c->metrics = log.metrics.data;
  c->times = log.times.data;
  return status;
}

static enum ms_status fill(const struct ms_network *network, size_t epoch, const struct ms_run *run,
                           const struct ms_config *config, struct ms_checkpoint *c) {
  MS_TRY(ms_config_copy(config, &c->config));
  c->at = (struct ms_train_counters){.epoch = epoch + 1, .beta1_power = 1, .beta2_power = 1, .model_epoch = epoch};
  c->n_inputs = ms_network_layer(network, 0).n_in;
  c->n_classes = ms_network_layer(network, ms_network_layers(network) - 1).n_out;
  c->preset = strdup(run->preset);
  c->data_sha256 = strdup(run->data_sha256);
  if (!c->preset || !c->data_sha256)
    return ms_fail(MS_ERROR_MEMORY, "no memory for the run that it begins from");
  MS_TRY(copy_epochs(run, c));
  return copy_arrays(network, run->result.epoch_seconds_median, c);
}

enum ms_status ms_origin_without_moments(const struct ms_network *network, size_t epoch, const struct ms_run *run,
                                         const struct ms_config *config, struct ms_checkpoint **checkpoint) {
  *checkpoint = NULL;
  MS_TRY(check_settings(run->config, config, epoch));
  MS_TRY(ms_allocate(1, sizeof **checkpoint, "run", checkpoint));
  const enum ms_status status = fill(network, epoch, run, config, *checkpoint);
  if (status != MS_OK) {
    ms_checkpoint_free(*checkpoint);
    *checkpoint = NULL;
  }
  return status;
}

/* ---- Either ---- */

static enum ms_status load_kept(const char *path, const struct ms_run *run, const struct ms_config *config,
                                struct ms_checkpoint **checkpoint) {
  char digest[65];
  MS_TRY(ms_checkpoint_load(path, checkpoint));
  ms_checkpoint_weights_sha256(*checkpoint, digest);
  if ((*checkpoint)->at.epoch != run->result.model_epoch + 1 || (*checkpoint)->at.step != 0 ||
      strcmp(digest, run->weights_sha256) != 0)
    return ms_fail(MS_ERROR_DATA, "%s: is not the checkpoint of this run's model: remove it, to begin with new moments",
                   path);
  return ms_origin_with_moments(*checkpoint, config);
}

enum ms_status ms_origin_find(const char *folder, const struct ms_run *run, const struct ms_config *config,
                              struct ms_checkpoint **checkpoint, bool *has_moments) {
  char path[MS_PATH_SIZE];
  *checkpoint = NULL;
  MS_TRY(ms_run_folder_epoch_path(path, folder, run->result.model_epoch));
  *has_moments = ms_exists(path);
  if (!*has_moments)
    return ms_origin_without_moments(run->network, run->result.model_epoch, run, config, checkpoint);
  const enum ms_status status = load_kept(path, run, config, checkpoint);
  if (status != MS_OK) {
    ms_checkpoint_free(*checkpoint);
    *checkpoint = NULL;
  }
  return status;
}
