/* Configurations: the report's three stages, and what training accepts. */
#include <stdlib.h>
#include <string.h>

#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"

enum ms_status ms_config_preset(const char *name, struct ms_config **config) {
  *config = NULL;
  const bool unregularised = strcmp(name, "unregularised") == 0;
  const bool regularised = strcmp(name, "regularised") == 0;
  if (!unregularised && !regularised && strcmp(name, "final") != 0)
    return ms_fail(MS_ERROR_ARGUMENT, "preset '%s': unknown, must be unregularised, regularised or final", name);

  struct ms_config *c = NULL;
  struct ms_layer_config *hidden = NULL;
  enum ms_status status = ms_allocate(1, sizeof *c, "configuration", &c);
  if (status == MS_OK)
    status = ms_allocate(2, sizeof *hidden, "configuration", &hidden);
  if (status != MS_OK) {
    free(c);
    return status;
  }
  hidden[0].units = 1024;
  hidden[1].units = 512;
  if (!unregularised) {
    hidden[0].dropout = 0.6;
    hidden[1].dropout = 0.5;
    for (size_t l = 0; l < 2; ++l) {
      hidden[l].l1 = 1e-6;
      hidden[l].l2 = 1e-4;
      hidden[l].max_norm = 0.5;
    }
  }
  c->seed = 42;
  c->epochs = unregularised ? 15 : 50;
  c->batch = 512;
  c->learning_rate = 0.00025;
  c->n_validation = unregularised || regularised ? 10000 : 0;
  c->patience = regularised ? 5 : 0;
  c->min_delta = 0.0001;
  c->monitor = MS_VAL_ACCURACY;
  c->n_hidden = 2;
  c->hidden = hidden;
  *config = c;
  return MS_OK;
}

enum ms_status ms_config_copy(const struct ms_config *config, struct ms_config **copy) {
  struct ms_config *c;
  struct ms_layer_config *hidden = NULL;
  *copy = NULL;
  enum ms_status status = ms_allocate(1, sizeof *c, "configuration", &c);
  if (status != MS_OK)
    return status;
  if (config->n_hidden > 0) {
    status = ms_allocate(config->n_hidden, sizeof *hidden, "configuration", &hidden);
    if (status != MS_OK) {
      free(c);
      return status;
    }
    memcpy(hidden, config->hidden, config->n_hidden * sizeof *hidden);
  }
  *c = *config;
  c->hidden = hidden;
  *copy = c;
  return MS_OK;
}

void ms_config_free(struct ms_config *config) {
  if (config)
    free(config->hidden);
  free(config);
}

static enum ms_status check_layer(const struct ms_layer_config *layer, size_t number) {
  if (layer->units < 1 || layer->units > MS_MAX_UNITS)
    return ms_fail(MS_ERROR_ARGUMENT, "hidden layer %zu: %zu units, must be 1 to %d", number, layer->units,
                   MS_MAX_UNITS);
  if (!(layer->dropout >= 0 && layer->dropout <= MS_MAX_DROPOUT))
    return ms_fail(MS_ERROR_ARGUMENT, "hidden layer %zu: dropout is %g, must be 0 to %g", number, layer->dropout,
                   MS_MAX_DROPOUT);
  if (!(layer->l1 >= 0 && layer->l1 <= MS_MAX_PENALTY))
    return ms_fail(MS_ERROR_ARGUMENT, "hidden layer %zu: l1 is %g, must be 0 to %g", number, layer->l1, MS_MAX_PENALTY);
  if (!(layer->l2 >= 0 && layer->l2 <= MS_MAX_PENALTY))
    return ms_fail(MS_ERROR_ARGUMENT, "hidden layer %zu: l2 is %g, must be 0 to %g", number, layer->l2, MS_MAX_PENALTY);
  if (!(layer->max_norm == 0 || (layer->max_norm >= MS_MIN_MAX_NORM && layer->max_norm <= MS_MAX_MAX_NORM)))
    return ms_fail(MS_ERROR_ARGUMENT, "hidden layer %zu: maxnorm is %g, must be 0 (none) or %g to %g", number,
                   layer->max_norm, MS_MIN_MAX_NORM, MS_MAX_MAX_NORM);
  return MS_OK;
}

enum ms_status ms_config_check(const struct ms_config *c) {
  if (c->epochs < 1 || c->epochs > MS_MAX_EPOCHS)
    return ms_fail(MS_ERROR_ARGUMENT, "epochs is %zu, must be 1 to %d", c->epochs, MS_MAX_EPOCHS);
  if (c->batch < 1 || c->batch > MS_MAX_BATCH)
    return ms_fail(MS_ERROR_ARGUMENT, "batch is %zu, must be 1 to %d", c->batch, MS_MAX_BATCH);
  if (!(c->learning_rate > 0 && c->learning_rate <= MS_MAX_LEARNING_RATE))
    return ms_fail(MS_ERROR_ARGUMENT, "lr is %g, must be over 0 and at most %g", c->learning_rate,
                   MS_MAX_LEARNING_RATE);
  if (c->schedule != MS_SCHEDULE_CONSTANT && c->schedule != MS_SCHEDULE_COSINE)
    return ms_fail(MS_ERROR_ARGUMENT, "schedule is %d, must be one of enum ms_schedule", (int)c->schedule);
  if (!(c->input_dropout >= 0 && c->input_dropout <= MS_MAX_DROPOUT))
    return ms_fail(MS_ERROR_ARGUMENT, "input-dropout is %g, must be 0 to %g", c->input_dropout, MS_MAX_DROPOUT);
  if (!(c->min_delta >= 0 && c->min_delta <= 1))
    return ms_fail(MS_ERROR_ARGUMENT, "min-delta is %g, must be 0 to 1", c->min_delta);
  if (c->patience > 0 && c->n_validation == 0)
    return ms_fail(MS_ERROR_ARGUMENT, "patience is %zu, but early stopping watches validation images: give val too",
                   c->patience);
  if (c->n_hidden > MS_MAX_HIDDEN)
    return ms_fail(MS_ERROR_ARGUMENT, "hidden: %zu layers, must be 0 to %d", c->n_hidden, MS_MAX_HIDDEN);
  for (size_t l = 0; l < c->n_hidden; ++l) {
    const enum ms_status status = check_layer(&c->hidden[l], l + 1);
    if (status != MS_OK)
      return status;
  }
  return MS_OK;
}
