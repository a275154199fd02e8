/* Lines of results.jsonl and times.jsonl. */
#include "runtime/sweep/result_line.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"
#include "runtime/platform/parse.h"
#include "runtime/run/json_text.h"

/* ---- Writing ---- */

static enum ms_status add_line(json_t *object, struct ms_text *text) {
  ms_text_add_json(text, object, JSON_COMPACT | JSON_REAL_PRECISION(15));
  ms_text_add(text, "\n");
  json_decref(object);
  return ms_text_status(text, "results of a sweep");
}

/* As text, the way ms_config_set takes them and sweep files write them: exact whatever reads the JSON. */
static json_t *settings_json(const struct ms_config *config) {
  json_t *settings = json_object();
  const char *name;
  char value[MS_SETTING_SIZE];
  for (size_t i = 0; settings && (name = ms_setting_name(i)) != NULL; ++i) {
    ms_config_get(config, name, value);
    if (json_object_set_new(settings, name, json_string(value)) != 0) {
      json_decref(settings);
      settings = NULL;
    }
  }
  return settings;
}

enum ms_status ms_sweep_result_line(const struct ms_sweep_result *r, struct ms_text *text) {
  json_t *object = json_pack("{s:s, s:i, s:s, s:o, s:s}", "id", r->id, "contract", r->contract, "data", r->data,
                             "settings", settings_json(r->config), "status", r->failed ? "failed" : "finished");
  json_t *outcome = r->failed
                        ? json_pack("{s:s}", "message", r->message)
                        : json_pack("{s:I, s:I, s:I, s:b, s:{s:f, s:f}, s:{s:f, s:f}, s:s}", "epochs_run",
                                    (json_int_t)r->epochs_run, "best_epoch", (json_int_t)r->best_epoch, "model_epoch",
                                    (json_int_t)r->model_epoch, "stopped_early", (int)r->stopped_early, "train",
                                    "accuracy", r->train_accuracy, "loss", r->train_loss, "val", "accuracy",
                                    r->val_accuracy, "loss", r->val_loss, "weights_sha256", r->weights_sha256);
  if (!outcome || json_object_update(object, outcome) != 0) {
    json_decref(object);
    object = NULL;
  }
  json_decref(outcome);
  return add_line(object, text);
}

enum ms_status ms_sweep_time_line(const struct ms_sweep_result *r, struct ms_text *text) {
  return add_line(json_pack("{s:s, s:f, s:I, s:s, s:s}", "id", r->id, "seconds", r->seconds, "threads",
                            (json_int_t)r->threads, "isa", r->isa, "cpu", r->cpu),
                  text);
}

/* ---- Reading ---- */

static enum ms_status parse_json(const char *where, const char *line, size_t n_bytes, json_t **object) {
  json_error_t error;
  const enum ms_status status = ms_json_parse(where, line, n_bytes, object, &error);
  if (status != MS_ERROR_DATA)
    return status;
  return ms_fail(MS_ERROR_DATA, "%s: is not JSON: %.160s: remove the line, and its run is done again", where,
                 error.text);
}

/* Copies a text of at most size - 1 bytes, which is to be shown. */
static bool copy_text(char *to, size_t size, const char *from) {
  return (size_t)snprintf(to, size, "%s", from) < size && !ms_has_controls(to);
}

static enum ms_status parse_settings(const char *where, const json_t *settings, struct ms_config *config) {
  const char *name;
  size_t n = 0;
  for (; (name = ms_setting_name(n)) != NULL; ++n) {
    const char *value = json_string_value(json_object_get(settings, name));
    if (!value)
      return ms_fail(MS_ERROR_DATA, "%s: has no setting %s, or not as a string: was it written by another version?",
                     where, name);
    if (ms_config_set(config, name, value) != MS_OK)
      return ms_fail(MS_ERROR_DATA, "%s: %s", where, ms_error_message());
  }
  if (json_object_size(settings) != n)
    return ms_fail(MS_ERROR_DATA, "%s: has %zu settings, there are %zu: was it written by another version?", where,
                   json_object_size(settings), n);
  return ms_config_check(config) == MS_OK ? MS_OK : ms_fail(MS_ERROR_DATA, "%s: %s", where, ms_error_message());
}

static bool is_share(double value) {
  return value >= 0 && value <= 1;
}

static bool is_loss(double value) {
  return value >= 0 && isfinite(value);
}

static enum ms_status parse_outcome(const char *where, const json_t *object, struct ms_sweep_result *r) {
  json_int_t epochs_run, best_epoch, model_epoch;
  int stopped_early;
  const char *digest;
  json_error_t error;
  if (json_unpack_ex((json_t *)object, &error, 0, "{s:I, s:I, s:I, s:b, s:{s:F, s:F}, s:{s:F, s:F}, s:s}", "epochs_run",
                     &epochs_run, "best_epoch", &best_epoch, "model_epoch", &model_epoch, "stopped_early",
                     &stopped_early, "train", "accuracy", &r->train_accuracy, "loss", &r->train_loss, "val", "accuracy",
                     &r->val_accuracy, "loss", &r->val_loss, "weights_sha256", &digest) != 0)
    return ms_fail(MS_ERROR_DATA, "%s: %.160s", where, error.text);
  if (epochs_run < 1 || epochs_run > MS_MAX_EPOCHS || best_epoch < 1 || best_epoch > epochs_run || model_epoch < 1 ||
      model_epoch > epochs_run)
    return ms_fail(MS_ERROR_DATA, "%s: epochs_run, best_epoch or model_epoch cannot be", where);
  if (!is_share(r->train_accuracy) || !is_share(r->val_accuracy) || !is_loss(r->train_loss) || !is_loss(r->val_loss))
    return ms_fail(MS_ERROR_DATA, "%s: an accuracy is not a share of 1, or a loss is below 0", where);
  if (!ms_is_hex(digest, 64))
    return ms_fail(MS_ERROR_DATA, "%s: weights_sha256 is not a digest", where);
  r->epochs_run = (size_t)epochs_run;
  r->best_epoch = (size_t)best_epoch;
  r->model_epoch = (size_t)model_epoch;
  r->stopped_early = stopped_early != 0;
  memcpy(r->weights_sha256, digest, 65);
  return MS_OK;
}

static enum ms_status parse_result(const char *where, const json_t *object, struct ms_sweep_result *r) {
  const char *id, *data, *status_text, *message = NULL;
  json_t *settings;
  json_error_t error;
  if (json_unpack_ex((json_t *)object, &error, 0, "{s:s, s:i, s:s, s:o, s:s, s?s}", "id", &id, "contract", &r->contract,
                     "data", &data, "settings", &settings, "status", &status_text, "message", &message) != 0)
    return ms_fail(MS_ERROR_DATA, "%s: %.160s", where, error.text);
  MS_TRY(ms_config_preset("unregularised", &r->config));
  MS_TRY(parse_settings(where, settings, r->config));
  ms_sweep_id(r->config, r->id);
  if (strcmp(id, r->id) != 0)
    return ms_fail(MS_ERROR_DATA,
                   "%s: its id is %.20s, but its settings give %s: remove the line, and its run is done again", where,
                   id, r->id);
  if (!ms_is_hex(data, sizeof r->data - 1))
    return ms_fail(MS_ERROR_DATA, "%s: data is not 16 digits of a digest", where);
  memcpy(r->data, data, sizeof r->data);
  r->failed = strcmp(status_text, "failed") == 0;
  if (r->failed)
    return message && copy_text(r->message, sizeof r->message, message)
               ? MS_OK
               : ms_fail(MS_ERROR_DATA,
                         "%s: failed, but has no message, or one that is too long or holds a control character", where);
  if (strcmp(status_text, "finished") != 0)
    return ms_fail(MS_ERROR_DATA, "%s: status '%.40s' is neither finished nor failed", where, status_text);
  return parse_outcome(where, object, r);
}

enum ms_status ms_sweep_result_parse(const char *where, const char *line, size_t n_bytes,
                                     struct ms_sweep_result **result) {
  json_t *object;
  *result = NULL;
  MS_TRY(parse_json(where, line, n_bytes, &object));
  enum ms_status status = ms_allocate(1, sizeof **result, "result of a sweep", result);
  if (status == MS_OK)
    status = parse_result(where, object, *result);
  json_decref(object);
  if (status != MS_OK) {
    ms_sweep_result_free(*result);
    *result = NULL;
  }
  return status;
}

void ms_sweep_result_free(struct ms_sweep_result *result) {
  if (result)
    ms_config_free(result->config);
  free(result);
}

enum ms_status ms_sweep_time_parse(const char *where, const char *line, size_t n_bytes,
                                   struct ms_sweep_result *result) {
  json_t *object;
  json_error_t error;
  json_int_t threads;
  const char *id, *isa, *cpu;
  MS_TRY(parse_json(where, line, n_bytes, &object));
  const bool good = json_unpack_ex(object, &error, 0, "{s:s, s:F, s:I, s:s, s:s}", "id", &id, "seconds",
                                   &result->seconds, "threads", &threads, "isa", &isa, "cpu", &cpu) == 0 &&
                    result->seconds >= 0 && isfinite(result->seconds) && threads >= 1 && threads <= MS_MAX_THREADS &&
                    ms_is_hex(id, sizeof result->id - 1) && copy_text(result->isa, sizeof result->isa, isa) &&
                    copy_text(result->cpu, sizeof result->cpu, cpu);
  if (good) {
    result->threads = (size_t)threads;
    memcpy(result->id, id, sizeof result->id);
  }
  json_decref(object);
  return good ? MS_OK : ms_fail(MS_ERROR_DATA, "%s: is not the time of a run: remove the line", where);
}

bool ms_sweep_same_result(const struct ms_sweep_result *a, const struct ms_sweep_result *b) {
  return strcmp(a->id, b->id) == 0 && a->contract == b->contract && strcmp(a->data, b->data) == 0 &&
         a->failed == b->failed && strcmp(a->message, b->message) == 0 && a->epochs_run == b->epochs_run &&
         a->best_epoch == b->best_epoch && a->model_epoch == b->model_epoch && a->stopped_early == b->stopped_early &&
         a->train_accuracy == b->train_accuracy && a->train_loss == b->train_loss &&
         a->val_accuracy == b->val_accuracy && a->val_loss == b->val_loss &&
         strcmp(a->weights_sha256, b->weights_sha256) == 0;
}
