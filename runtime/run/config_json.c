/* A configuration as a JSON object. */
#include "runtime/run/config_json.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"

static const char *const schedules[] = {"constant", "cosine"};
static const char *const monitors[] = {"val_accuracy", "val_loss"};

static json_t *hidden_to_json(const struct ms_config *config) {
  json_t *layers = json_array();
  for (size_t l = 0; l < config->n_hidden; ++l) {
    const struct ms_layer_config *layer = &config->hidden[l];
    json_t *object = json_pack("{s:I, s:f, s:f, s:f, s:f}", "units", (json_int_t)layer->units, "dropout",
                               layer->dropout, "l1", layer->l1, "l2", layer->l2, "maxnorm", layer->maxnorm);
    if (json_array_append_new(layers, object) != 0) {
      json_decref(layers);
      return NULL;
    }
  }
  return layers;
}

json_t *ms_config_to_json(const struct ms_config *c) {
  return json_pack("{s:I, s:I, s:f, s:s, s:f, s:o, s:I, s:I, s:f, s:s}", "epochs", (json_int_t)c->epochs, "batch",
                   (json_int_t)c->batch, "lr", c->lr, "schedule", schedules[c->schedule], "input_dropout",
                   c->input_dropout, "hidden", hidden_to_json(c), "val", (json_int_t)c->val, "patience",
                   (json_int_t)c->patience, "min_delta", c->min_delta, "monitor", monitors[c->monitor]);
}

static bool read_choice(const char *text, const char *const choices[2], unsigned *value) {
  for (*value = 0; *value < 2; ++*value)
    if (strcmp(text, choices[*value]) == 0)
      return true;
  return false;
}

/* Negative or too large for this machine: a number that ms_config_check refuses. */
static size_t size_of(json_int_t number) {
  return number < 0 ? 0 : (uintmax_t)number > SIZE_MAX ? SIZE_MAX : (size_t)number;
}

static enum ms_status read_hidden(const char *path, const json_t *layers, struct ms_config *c) {
  c->n_hidden = json_array_size(layers);
  if (c->n_hidden > MS_MAX_HIDDEN)
    return ms_fail(MS_ERROR_DATA, "%s: %zu hidden layers, at most %d are possible", path, c->n_hidden, MS_MAX_HIDDEN);
  if (c->n_hidden == 0)
    return MS_OK;
  const enum ms_status status = ms_allocate(c->n_hidden, sizeof *c->hidden, "configuration", &c->hidden);
  for (size_t l = 0; status == MS_OK && l < c->n_hidden; ++l) {
    struct ms_layer_config *layer = &c->hidden[l];
    json_int_t units;
    json_error_t error;
    if (json_unpack_ex(json_array_get(layers, l), &error, 0, "{s:I, s:F, s:F, s:F, s:F}", "units", &units, "dropout",
                       &layer->dropout, "l1", &layer->l1, "l2", &layer->l2, "maxnorm", &layer->maxnorm) != 0)
      return ms_fail(MS_ERROR_DATA, "%s: hidden layer %zu of the configuration: %s", path, l + 1, error.text);
    layer->units = size_of(units);
  }
  return status;
}

static enum ms_status read_config(const char *path, const json_t *object, struct ms_config *c) {
  json_int_t epochs, batch, val, patience;
  const char *schedule, *monitor;
  json_t *hidden;
  json_error_t error;
  unsigned value;
  if (json_unpack_ex((json_t *)object, &error, 0, "{s:I, s:I, s:F, s:s, s:F, s:o, s:I, s:I, s:F, s:s}", "epochs",
                     &epochs, "batch", &batch, "lr", &c->lr, "schedule", &schedule, "input_dropout", &c->input_dropout,
                     "hidden", &hidden, "val", &val, "patience", &patience, "min_delta", &c->min_delta, "monitor",
                     &monitor) != 0)
    return ms_fail(MS_ERROR_DATA, "%s: its configuration: %s", path, error.text);
  if (epochs < 0 || batch < 0 || val < 0 || patience < 0 || !json_is_array(hidden))
    return ms_fail(MS_ERROR_DATA, "%s: its configuration: a negative number, or hidden is no list", path);
  c->epochs = size_of(epochs);
  c->batch = size_of(batch);
  c->val = size_of(val);
  c->patience = size_of(patience);
  if (!read_choice(schedule, schedules, &value))
    return ms_fail(MS_ERROR_DATA, "%s: its configuration: schedule '%.40s' is unknown", path, schedule);
  c->schedule = value == 0 ? MS_SCHEDULE_CONSTANT : MS_SCHEDULE_COSINE;
  if (!read_choice(monitor, monitors, &value))
    return ms_fail(MS_ERROR_DATA, "%s: its configuration: monitor '%.40s' is unknown", path, monitor);
  c->monitor = value == 0 ? MS_VAL_ACCURACY : MS_VAL_LOSS;
  return read_hidden(path, hidden, c);
}

enum ms_status ms_config_from_json(const char *path, const json_t *object, uint64_t seed, struct ms_config **config) {
  struct ms_config *c;
  *config = NULL;
  enum ms_status status = ms_allocate(1, sizeof *c, "configuration", &c);
  if (status != MS_OK)
    return status;
  status = read_config(path, object, c);
  if (status == MS_OK && ms_config_check(c) != MS_OK)
    status = ms_fail(MS_ERROR_DATA, "%s: its configuration: %s", path, ms_error_message());
  if (status != MS_OK) {
    ms_config_free(c);
    return status;
  }
  c->seed = seed;
  *config = c;
  return MS_OK;
}
