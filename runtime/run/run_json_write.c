/* run.json: what was run, on what, and what came out. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/kernels.h"
#include "runtime/platform/cpu.h"
#include "runtime/run/config_json.h"
#include "runtime/run/folder.h"
#include "runtime/run/json_text.h"
#include "runtime/run/run_read.h"

/* The preset's name and what was made of it. */
static json_t *config_json(const struct ms_run *s) {
  json_t *config = json_pack("{s:s}", "preset", s->preset), *settings = ms_config_to_json(s->config);
  if (!settings || json_object_update(config, settings) != 0) {
    json_decref(config);
    config = NULL;
  }
  json_decref(settings);
  return config;
}

static json_t *class_scores_json(const double *scores, size_t n_classes) {
  json_t *list = json_array();
  for (size_t c = 0; c < n_classes; ++c)
    if (json_array_append_new(list, isnan(scores[c]) ? json_null() : json_real(scores[c])) != 0) {
      json_decref(list);
      return NULL;
    }
  return list;
}

static json_t *evaluation_json(bool has, const struct ms_evaluation *e) {
  if (!has)
    return json_null();
  return json_pack("{s:I, s:f, s:f, s:I, s:f, s:o}", "images", (json_int_t)e->n, "accuracy", e->accuracy, "loss",
                   e->loss, "errors", (json_int_t)e->errors, "macro_f1", e->macro_f1, "f1",
                   class_scores_json(e->f1, e->n_classes));
}

/* null if no class has a name, else a list with null for those that have none, or one that no reader would take. */
static json_t *class_names_json(const struct ms_run *s) {
  bool any = false;
  json_t *list = json_array();
  for (size_t c = 0; c < s->train.n_classes; ++c) {
    const char *name = s->class_names[c];
    const bool is_name = name && ms_run_is_class_name(name);
    any |= is_name;
    if (json_array_append_new(list, is_name ? json_string(name) : json_null()) != 0) {
      json_decref(list);
      return NULL;
    }
  }
  if (any)
    return list;
  json_decref(list);
  return json_null();
}

static json_t *text_or_null(const char *text) {
  return text[0] ? json_string(text) : json_null();
}

static json_t *epoch_or_null(size_t epoch) {
  return epoch > 0 ? json_integer((json_int_t)epoch) : json_null();
}

/* Members that there are already stay as they are: a checkpoint, which about may come from, can be anybody's. NULL if
 * memory is missing. */
static json_t *add_about(json_t *root, const char *about) {
  json_error_t error;
  json_t *members = NULL;
  const enum ms_status status = about ? ms_json_parse("run", about, strlen(about), &members, &error) : MS_OK;
  const bool is_complete = status != MS_ERROR_MEMORY && (!members || json_object_update_missing(root, members) == 0);
  json_decref(members);
  if (is_complete)
    return root;
  json_decref(root);
  return NULL;
}

enum ms_status ms_run_write_summary(const char *folder, const struct ms_run *s, const char *about, bool is_durable,
                                    double checkpoints_s) {
  char cpu[128];
  ms_cpu_name(cpu, sizeof cpu);

  json_t *root =
      json_pack("{s:s, s:s, s:i, s:I, s:o, s:s, s:s, s:o, s:o, s:s, s:I, s:s, s:I, s:o, s:o, s:b, s:o, s:o, s:o, s:s, "
                "s:f, s:f, s:f, s:b}",
                "program", "mnist_simd " MS_VERSION, "status", s->interrupted ? "interrupted" : "finished",
                "numerics_contract", MS_CONTRACT_VERSION, "seed", (json_int_t)s->config->seed, "config", config_json(s),
                "data", s->data ? s->data : "", "data_sha256", s->data_sha256, "test_sha256",
                text_or_null(s->test_sha256), "class_names", class_names_json(s), "isa", ms_isa(), "threads",
                (json_int_t)ms_threads(), "cpu", cpu, "epochs_run", (json_int_t)s->result.epochs_run, "best_epoch",
                epoch_or_null(s->result.best_epoch), "model_epoch", epoch_or_null(s->result.model_epoch),
                "stopped_early", (int)s->result.stopped_early, "train", evaluation_json(true, &s->train), "val",
                evaluation_json(s->has_validation, &s->validation), "test", evaluation_json(s->has_test, &s->test),
                "weights_sha256", s->weights_sha256, "epoch_seconds_median", s->result.epoch_seconds_median,
                "elapsed_s", s->result.elapsed_s, "checkpoints_s", checkpoints_s, "durable", (int)is_durable);
  root = add_about(root, about);
  struct ms_text text = {0};
  ms_text_add_json(&text, root, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
  ms_text_add(&text, "\n");
  json_decref(root);
  const enum ms_status status = ms_run_folder_write(folder, MS_SUMMARY_FILE, &text);
  ms_text_free(&text);
  return status;
}
