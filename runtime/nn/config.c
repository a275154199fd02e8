/* Configurations: the report's three stages, the best that we know, and what training accepts. */
#include <stdlib.h>
#include <string.h>

#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"

struct preset {
  const char *name;
  size_t epochs;
  double lr;
  enum ms_schedule schedule;
  double input_dropout;
  size_t val, patience;
  const struct ms_layer_config *hidden; /* (2) */
};

static const struct ms_layer_config plain[2] = {{1024, 0, 0, 0, 0}, {512, 0, 0, 0, 0}};
static const struct ms_layer_config regularised[2] = {{1024, 0.6, 1e-6, 1e-4, 0.5}, {512, 0.5, 1e-6, 1e-4, 0.5}};
static const struct ms_layer_config best[2] = {{1024, 0.5, 0, 0, 3}, {512, 0.1, 0, 0, 3}};

static const struct preset presets[] = {
    {"unregularised", 15, 0.00025, MS_SCHEDULE_CONSTANT, 0, 10000, 0, plain},
    {"regularised", 50, 0.00025, MS_SCHEDULE_CONSTANT, 0, 10000, 5, regularised},
    {"final", 50, 0.00025, MS_SCHEDULE_CONSTANT, 0, 0, 0, regularised},
    /* Chosen on validation images by sweeps/best.txt and sweeps/best-finalists.txt. */
    {"best", 150, 0.003, MS_SCHEDULE_COSINE, 0.2, 0, 0, best},
};

static const struct preset *find_preset(const char *name) {
  for (size_t i = 0; i < sizeof presets / sizeof presets[0]; ++i)
    if (strcmp(presets[i].name, name) == 0)
      return &presets[i];
  return NULL;
}

enum ms_status ms_config_preset(const char *name, struct ms_config **config) {
  *config = NULL;
  const struct preset *preset = find_preset(name);
  if (!preset)
    return ms_fail(MS_ERROR_ARGUMENT, "preset '%s': unknown, must be unregularised, regularised, final or best", name);
  struct ms_layer_config hidden[2];
  memcpy(hidden, preset->hidden, sizeof hidden); /* a configuration's may be changed */
  const struct ms_config values = {
      .seed = 42,
      .epochs = preset->epochs,
      .batch = 512,
      .lr = preset->lr,
      .schedule = preset->schedule,
      .input_dropout = preset->input_dropout,
      .val = preset->val,
      .patience = preset->patience,
      .min_delta = 0.0001,
      .monitor = MS_VAL_ACCURACY,
      .n_hidden = 2,
      .hidden = hidden,
  };
  return ms_config_copy(&values, config);
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
  if (!(layer->maxnorm == 0 || (layer->maxnorm >= MS_MIN_MAX_NORM && layer->maxnorm <= MS_MAX_MAX_NORM)))
    return ms_fail(MS_ERROR_ARGUMENT, "hidden layer %zu: maxnorm is %g, must be 0 (none) or %g to %g", number,
                   layer->maxnorm, MS_MIN_MAX_NORM, MS_MAX_MAX_NORM);
  return MS_OK;
}

enum ms_status ms_config_check(const struct ms_config *c) {
  if (c->epochs < 1 || c->epochs > MS_MAX_EPOCHS)
    return ms_fail(MS_ERROR_ARGUMENT, "epochs is %zu, must be 1 to %d", c->epochs, MS_MAX_EPOCHS);
  if (c->batch < 1 || c->batch > MS_MAX_BATCH)
    return ms_fail(MS_ERROR_ARGUMENT, "batch is %zu, must be 1 to %d", c->batch, MS_MAX_BATCH);
  if (!(c->lr > 0 && c->lr <= MS_MAX_LEARNING_RATE))
    return ms_fail(MS_ERROR_ARGUMENT, "lr is %g, must be over 0 and at most %g", c->lr, MS_MAX_LEARNING_RATE);
  if (c->schedule != MS_SCHEDULE_CONSTANT && c->schedule != MS_SCHEDULE_COSINE)
    return ms_fail(MS_ERROR_ARGUMENT, "schedule is %d, must be one of enum ms_schedule", (int)c->schedule);
  if (!(c->input_dropout >= 0 && c->input_dropout <= MS_MAX_DROPOUT))
    return ms_fail(MS_ERROR_ARGUMENT, "input-dropout is %g, must be 0 to %g", c->input_dropout, MS_MAX_DROPOUT);
  if (!(c->min_delta >= 0 && c->min_delta <= 1))
    return ms_fail(MS_ERROR_ARGUMENT, "min-delta is %g, must be 0 to 1", c->min_delta);
  if (c->patience > 0 && c->val == 0)
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
