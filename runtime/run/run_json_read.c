/* run.json, read back. */
#define _POSIX_C_SOURCE 200809L /* strdup */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"
#include "runtime/platform/parse.h"
#include "runtime/run/config_json.h"
#include "runtime/run/json_text.h"
#include "runtime/run/run_read.h"

#define MAX_JSON_INTEGER ((json_int_t)1 << 53) /* seeds and counts that are written lie below */

/* A summary while it is read: the first fault ends it. */
struct reader {
  const char *path;
  enum ms_status status;
};

static const json_t *get(struct reader *r, const json_t *object, const char *name) {
  const json_t *value = json_object_get(object, name);
  if (!value && r->status == MS_OK)
    r->status = ms_fail(MS_ERROR_DATA, "%s: holds no \"%s\": not a summary that training wrote", r->path, name);
  return r->status == MS_OK ? value : NULL;
}

static void fault(struct reader *r, const char *name, const char *wanted) {
  if (r->status == MS_OK)
    r->status = ms_fail(MS_ERROR_DATA, "%s: \"%s\" is not %s", r->path, name, wanted);
}

static uint64_t read_u64(struct reader *r, const json_t *object, const char *name) {
  const json_t *value = get(r, object, name);
  if (json_is_integer(value) && json_integer_value(value) >= 0 && json_integer_value(value) < MAX_JSON_INTEGER)
    return (uint64_t)json_integer_value(value);
  fault(r, name, "a whole number from 0 to 2^53 - 1");
  return 0;
}

static size_t read_size(struct reader *r, const json_t *object, const char *name) {
  const uint64_t value = read_u64(r, object, name);
  if (value > SIZE_MAX)
    fault(r, name, "a number that this machine has memory for");
  return (size_t)value;
}

/* A finite number that is not negative. */
static double read_number(struct reader *r, const json_t *object, const char *name, double max) {
  const json_t *value = get(r, object, name);
  const double number = json_number_value(value);
  if (json_is_number(value) && number >= 0 && number <= max)
    return number;
  fault(r, name, max == 1 ? "a number from 0 to 1" : "a number from 0 on that training could write");
  return 0;
}

/* 0 for null. */
static size_t read_epoch(struct reader *r, const json_t *object, const char *name) {
  return json_is_null(get(r, object, name)) ? 0 : read_size(r, object, name);
}

static bool read_bool(struct reader *r, const json_t *object, const char *name) {
  const json_t *value = get(r, object, name);
  if (!json_is_boolean(value))
    fault(r, name, "true or false");
  return json_is_true(value);
}

/* Jansson has seen to it that it is UTF-8. */
static const char *read_string(struct reader *r, const json_t *object, const char *name) {
  const json_t *value = get(r, object, name);
  const size_t length = json_string_length(value);
  if (json_is_string(value) && length <= MS_RUN_TEXT_BYTES && strlen(json_string_value(value)) == length)
    return json_string_value(value);
  fault(r, name, "a text of at most 256 bytes");
  return "";
}

static char *read_text(struct reader *r, const json_t *object, const char *name) {
  const char *string = read_string(r, object, name);
  char *copy = r->status == MS_OK ? strdup(string) : NULL;
  if (!copy && r->status == MS_OK)
    r->status = ms_fail(MS_ERROR_MEMORY, "%s: no memory for its text", r->path);
  return copy;
}

static void read_digest(struct reader *r, const json_t *object, const char *name, char hex[65]) {
  const char *string = read_string(r, object, name);
  if (ms_is_hex(string, 64))
    memcpy(hex, string, 65);
  else
    fault(r, name, "a SHA-256 of 64 hex digits");
}

/* Members that training did not write before: not null. */
static bool has(const json_t *object, const char *name) {
  const json_t *value = json_object_get(object, name);
  return value && !json_is_null(value);
}

/* n: the number of classes. */
static void read_class_names(struct reader *r, const json_t *root, size_t n, struct ms_run *run) {
  const json_t *list = get(r, root, "class_names");
  if (json_array_size(list) != n)
    fault(r, "class_names", "a list with a name or null for each class");
  if (r->status == MS_OK)
    r->status = ms_allocate(n, MS_MAX_CLASS_NAME + 1, "class names", &run->class_names_memory);
  for (size_t c = 0; r->status == MS_OK && c < n; ++c) {
    const json_t *value = json_array_get(list, c);
    const char *name = json_string_value(value);
    char *copy = run->class_names_memory + c * (MS_MAX_CLASS_NAME + 1);
    if (json_is_null(value))
      continue;
    if (!name || strlen(name) != json_string_length(value) || !ms_run_is_class_name(name))
      fault(r, "class_names", "a list of null and of texts of 1 to 64 bytes without control characters");
    else
      run->class_names[c] = strcpy(copy, name);
  }
}

/* A share of 1 for each class, NAN for null: not all of them. */
static void read_classes(struct reader *r, const json_t *object, const char *name, struct ms_evaluation *e) {
  const json_t *list = get(r, object, name);
  const size_t n = json_array_size(list);
  if (n < 1 || n > MS_MAX_CLASSES)
    fault(r, name, "a list with a number for each class");
  if (r->status == MS_OK)
    r->status = ms_allocate(n, sizeof *e->f1, "evaluation", &e->f1);
  size_t n_null = 0;
  for (size_t c = 0; r->status == MS_OK && c < n; ++c) {
    const json_t *value = json_array_get(list, c);
    n_null += json_is_null(value);
    e->f1[c] = json_is_null(value) ? (double)NAN : json_number_value(value);
    if (n_null == n || (!json_is_null(value) && !json_is_number(value)) || e->f1[c] < 0 || e->f1[c] > 1)
      fault(r, name, "a list of numbers from 0 to 1, or null for a class that is absent");
  }
  e->n_classes = n;
}

static void read_evaluation(struct reader *r, const json_t *root, const char *name, struct ms_evaluation *e) {
  const json_t *object = get(r, root, name);
  if (!json_is_object(object))
    fault(r, name, "an evaluation");
  e->n = read_size(r, object, "images");
  e->errors = read_size(r, object, "errors");
  e->loss = read_number(r, object, "loss", MS_MAX_LOSS);
  e->accuracy = read_number(r, object, "accuracy", 1);
  e->macro_f1 = read_number(r, object, "macro_f1", 1);
  read_classes(r, object, "f1", e);
  if (r->status == MS_OK && (e->n == 0 || e->errors > e->n))
    fault(r, name, "an evaluation: its numbers of images and errors do not fit");
  else if (r->status == MS_OK && fabs(e->accuracy - (1 - (double)e->errors / (double)e->n)) > 1e-9)
    fault(r, name, "an evaluation: its accuracy is not that of its errors");
}

static void read_result(struct reader *r, const json_t *root, struct ms_run *run) {
  struct ms_train_result *result = &run->result;
  result->epochs_run = read_size(r, root, "epochs_run");
  result->best_epoch = read_epoch(r, root, "best_epoch");
  result->model_epoch = read_epoch(r, root, "model_epoch");
  result->stopped_early = read_bool(r, root, "stopped_early");
  result->epoch_seconds_median = read_number(r, root, "epoch_seconds_median", 1e12);
  result->elapsed_s = read_number(r, root, "elapsed_s", 1e12);
  if (r->status != MS_OK)
    return;
  if (result->epochs_run < 1 || result->epochs_run > run->config->epochs)
    fault(r, "epochs_run", "a number from 1 to the epochs of its configuration");
  if (result->best_epoch > result->epochs_run || (result->best_epoch > 0) != run->has_validation)
    fault(r, "best_epoch", "one of the epochs run, or null without validation");
  if (result->model_epoch < 1 || result->model_epoch > result->epochs_run)
    fault(r, "model_epoch", "one of the epochs run");
}

static void read_root(struct reader *r, const json_t *root, struct ms_run *run) {
  run->program = read_text(r, root, "program");
  const char *status = read_string(r, root, "status");
  run->interrupted = strcmp(status, "interrupted") == 0;
  if (!run->interrupted && strcmp(status, "finished") != 0)
    fault(r, "status", "finished or interrupted");
  run->numerics_contract = read_size(r, root, "numerics_contract");
  const uint64_t seed = read_u64(r, root, "seed");
  const json_t *config = get(r, root, "config");
  if (!json_is_object(config))
    fault(r, "config", "a configuration");
  run->preset = read_text(r, config, "preset");
  run->isa = read_text(r, root, "isa");
  run->cpu = read_text(r, root, "cpu");
  run->threads = read_size(r, root, "threads");
  if (r->status == MS_OK)
    r->status = ms_about_read(r->path, root, &run->about);
  if (has(root, "data"))
    run->data = read_text(r, root, "data");
  read_digest(r, root, "data_sha256", run->data_sha256);
  if (has(root, "test_sha256"))
    read_digest(r, root, "test_sha256", run->test_sha256);
  read_digest(r, root, "weights_sha256", run->weights_sha256);
  read_evaluation(r, root, "train", &run->train);
  if (has(root, "class_names"))
    read_class_names(r, root, run->train.n_classes, run);
  run->has_test = !json_is_null(get(r, root, "test"));
  if (run->has_test)
    read_evaluation(r, root, "test", &run->test);
  run->has_validation = !json_is_null(get(r, root, "val"));
  if (run->has_validation)
    read_evaluation(r, root, "val", &run->validation);
  if (r->status == MS_OK)
    r->status = ms_config_from_json(r->path, config, seed, &run->config);
  if (r->status == MS_OK && (run->config->val > 0) != run->has_validation)
    fault(r, "val", "there exactly if validation images are");
  else if (r->status == MS_OK && run->has_validation && run->config->val != run->validation.n)
    fault(r, "val", "of as many images as the configuration says");
  read_result(r, root, run);
}

enum ms_status ms_run_parse_summary(const char *path, const char *text, size_t n_bytes, struct ms_run *run) {
  json_error_t error;
  json_t *root;
  ms_text_skip_mark(&text, &n_bytes);
  struct reader r = {path, ms_json_parse(path, text, n_bytes, &root, &error)};
  if (r.status == MS_ERROR_MEMORY)
    return r.status;
  r.status = MS_OK;
  if (!json_is_object(root))
    r.status = ms_fail(MS_ERROR_DATA, "%s: not JSON, or not an object (line %d: %s): not a summary that training wrote",
                       path, root ? 1 : error.line, root ? "no object" : error.text);
  else
    read_root(&r, root, run);
  json_decref(root);
  return r.status;
}
