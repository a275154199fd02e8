/* A run trained again, and compared with what its folder claims. */
#define _POSIX_C_SOURCE 200809L /* mkdtemp, rmdir, unlink */
#include "runtime/run/replay.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernels/kernels.h"
#include "runtime/nn/checkpoint.h"
#include "runtime/nn/network.h"
#include "runtime/platform/c_locale.h"
#include "runtime/platform/error.h"
#include "runtime/platform/files.h"
#include "runtime/platform/memory.h"
#include "runtime/run/folder.h"
#include "runtime/run/origin.h"

enum { MAX_CHAIN = 32 }; /* runs that began from one another */

/* ---- Comparing ---- */

/* "is CLAIMED, training gives FOUND", behind the thing's name. Only the first difference is kept. */
__attribute__((format(printf, 4, 5))) static void differ(struct ms_replay *r, const char *claimed, const char *found,
                                                         const char *format, ...) {
  if (r->difference[0])
    return;
  char thing[MS_PATH_SIZE];
  va_list args;
  va_start(args, format);
  ms_vsnprintf(thing, sizeof thing, format, args);
  va_end(args);
  snprintf(r->difference, sizeof r->difference, "%.500s is %.200s, training gives %.200s", thing, claimed, found);
}

static void compare_text(struct ms_replay *r, const char *claimed, const char *found, const char *thing) {
  if (strcmp(claimed, found) != 0)
    differ(r, claimed[0] ? claimed : "missing", found[0] ? found : "none", "%s", thing);
}

static void compare_size(struct ms_replay *r, size_t claimed, size_t found, const char *thing) {
  char a[32], b[32];
  snprintf(a, sizeof a, "%zu", claimed);
  snprintf(b, sizeof b, "%zu", found);
  if (claimed != found)
    differ(r, a, b, "%s", thing);
}

/* Doubles are compared as their file has them: with so many digits. */
static bool same_digits(double claimed, double found, int digits, char a[32], char b[32]) {
  ms_snprintf(a, 32, "%.*g", digits, claimed);
  ms_snprintf(b, 32, "%.*g", digits, found);
  return strcmp(a, b) == 0;
}

static void compare_epoch(struct ms_replay *r, const struct ms_epoch *claimed, const struct ms_epoch *found) {
  enum { DIGITS = 10 };
  const struct {
    const char *name;
    double claimed, found;
  } figures[] = {{"train_loss", claimed->train_loss, found->train_loss},
                 {"train_accuracy", claimed->train_accuracy, found->train_accuracy},
                 {"val_loss", claimed->val_loss, found->val_loss},
                 {"val_accuracy", claimed->val_accuracy, found->val_accuracy}};
  char a[32], b[32];
  if (strcmp(claimed->weights_sha256, found->weights_sha256) != 0) {
    snprintf(a, sizeof a, "%.16s...", claimed->weights_sha256);
    snprintf(b, sizeof b, "%.16s...", found->weights_sha256);
    differ(r, a, b, "epoch %zu: weights_sha256", found->epoch);
  }
  for (size_t i = 0; i < (found->has_validation ? 4 : 2); ++i)
    if (!same_digits(figures[i].claimed, figures[i].found, DIGITS, a, b))
      differ(r, a, b, "epoch %zu: %s", found->epoch, figures[i].name);
}

static void compare_evaluation(struct ms_replay *r, const char *name, const struct ms_evaluation *claimed,
                               const struct ms_evaluation *found) {
  enum { DIGITS = 15 };
  char thing[64], a[32], b[32];
  const struct {
    const char *name;
    double claimed, found;
  } figures[] = {{"accuracy", claimed->accuracy, found->accuracy},
                 {"loss", claimed->loss, found->loss},
                 {"macro_f1", claimed->macro_f1, found->macro_f1}};
  snprintf(thing, sizeof thing, "%s: images", name);
  compare_size(r, claimed->n, found->n, thing);
  snprintf(thing, sizeof thing, "%s: errors", name);
  compare_size(r, claimed->errors, found->errors, thing);
  for (size_t i = 0; i < sizeof figures / sizeof figures[0]; ++i)
    if (!same_digits(figures[i].claimed, figures[i].found, DIGITS, a, b))
      differ(r, a, b, "%s: %s", name, figures[i].name);
  snprintf(thing, sizeof thing, "%s: classes", name);
  compare_size(r, claimed->n_classes, found->n_classes, thing);
  for (size_t c = 0; !r->difference[0] && c < found->n_classes; ++c)
    if (!same_digits(claimed->f1[c], found->f1[c], DIGITS, a, b))
      differ(r, a, b, "%s: f1 of class %zu", name, c);
}

/* ---- Training again ---- */

struct session {
  struct ms_replay *replay;
  const struct ms_run *run;
  struct ms_split split;
  size_t last;           /* epoch, after which training ends */
  const char *keep_path; /* of a checkpoint to be written then; NULL: none */
};

static void on_step(void *context, const struct ms_step *step) {
  const struct ms_observer *o = ((struct session *)context)->replay->observer;
  if (o && o->step)
    o->step(o->context, step);
}

static bool on_stop(void *context) {
  const struct ms_observer *o = ((struct session *)context)->replay->observer;
  return o && o->stop && o->stop(o->context);
}

static enum ms_status on_epoch(void *context, const struct ms_epoch *epoch) {
  struct session *s = context;
  if (epoch->epoch > s->run->n_epochs)
    compare_size(s->replay, s->run->n_epochs, epoch->epoch, "epochs_run");
  else
    compare_epoch(s->replay, &s->run->epochs[epoch->epoch - 1], epoch);
  return s->replay->difference[0] ? ms_fail(MS_STOPPED, "%s", s->replay->difference) : MS_OK;
}

static enum ms_status on_keep(void *context, enum ms_moment moment, const struct ms_train_state *state) {
  const struct session *s = context;
  if (moment != MS_AFTER_EPOCH || state->at.epoch - 1 != s->last)
    return MS_OK;
  if (s->keep_path)
    MS_TRY(ms_checkpoint_save(state, NULL, s->keep_path));
  return s->last < state->config->epochs && (s->keep_path || s->run->interrupted || s->last < s->run->n_epochs)
             ? ms_fail(MS_STOPPED, "replayed to epoch %zu", s->last)
             : MS_OK;
}

/* From a checkpoint, or from random weights if it is NULL, to the epoch `last`. *network: the model then. */
static enum ms_status train(const struct ms_run *run, const struct ms_checkpoint *from, size_t last,
                            const char *keep_path, struct ms_replay *replay, struct ms_network **network,
                            struct ms_train_result *result) {
  struct session s = {.replay = replay, .run = run, .last = last, .keep_path = keep_path};
  const struct ms_observer observer = {&s, on_step, on_epoch, on_stop, on_keep};
  *network = NULL;
  enum ms_status status = ms_split_make(&replay->data->train, run->config, &s.split);
  if (status == MS_OK) {
    const struct ms_dataset *validation = s.split.validation.n > 0 ? &s.split.validation : NULL;
    status = from ? ms_train_resume(from, &s.split.train, validation, &observer, network, result)
                  : ms_train(run->config, &s.split.train, validation, &observer, network, result);
    const bool is_stopped =
        replay->observer && replay->observer->stop && replay->observer->stop(replay->observer->context);
    if (status == MS_STOPPED && !is_stopped)
      status = MS_OK;
  }
  if ((status == MS_ERROR_ARGUMENT || status == MS_ERROR_NUMERIC || status == MS_ERROR_DATA) &&
      !replay->difference[0]) { /* its configuration cannot be trained, or not to its end */
    snprintf(replay->difference, sizeof replay->difference, "cannot be trained: %.900s", ms_error_message());
    status = MS_OK;
  }
  ms_split_free(&s.split);
  return status;
}

/* ---- The images ---- */

static void compare_images(struct ms_replay *r, const struct ms_run *run) {
  char digest[65];
  ms_dataset_sha256(&r->data->train, digest);
  if (strcmp(digest, run->data_sha256) != 0 && !r->difference[0])
    snprintf(r->difference, sizeof r->difference,
             "data_sha256 is %.16s..., that of the training images here %.16s...: name the data of the run",
             run->data_sha256, digest);
  if ((run->test_sha256[0] || run->has_test) && r->data->test.n == 0 && !r->difference[0])
    snprintf(r->difference, sizeof r->difference,
             "test_sha256: there are no test images here: name the data of the run");
  if (run->test_sha256[0] && r->data->test.n > 0) {
    ms_dataset_sha256(&r->data->test, digest);
    compare_text(r, run->test_sha256, digest, "test_sha256");
  }
}

/* ---- The end ---- */

static enum ms_status compare_end(struct ms_replay *r, const struct ms_run *run, const struct ms_network *network,
                                  const struct ms_train_result *result) {
  char digest[65];
  struct ms_split split;
  compare_size(r, run->result.epochs_run, result->epochs_run, "epochs_run");
  compare_size(r, run->result.best_epoch, result->best_epoch, "best_epoch");
  compare_size(r, run->result.model_epoch, result->model_epoch, "model_epoch");
  compare_size(r, run->result.stopped_early, result->stopped_early, "stopped_early");
  if (!network || r->difference[0])
    return MS_OK;
  ms_network_sha256(network, digest);
  compare_text(r, run->weights_sha256, digest, "weights_sha256 of the model");
  if (run->network->test_sha256[0] && run->test_sha256[0])
    compare_text(r, run->network->test_sha256, run->test_sha256, MS_MODEL_FILE ": test_sha256");
  MS_TRY(ms_split_make(&r->data->train, run->config, &split));
  ms_dataset_sha256(&split.train, digest); /* what it has where the validation images are of another data set */
  if (run->network->data_sha256[0] && strcmp(run->network->data_sha256, digest) != 0)
    compare_text(r, run->network->data_sha256, run->data_sha256, MS_MODEL_FILE ": data_sha256");
  const struct {
    const char *name;
    bool has;
    const struct ms_evaluation *claimed;
    const struct ms_dataset *images;
  } parts[] = {{"train", true, &run->train, &split.train},
               {"val", run->has_validation, &run->validation, &split.validation},
               {"test", run->has_test, &run->test, &r->data->test}};
  enum ms_status status = MS_OK;
  for (size_t i = 0; status == MS_OK && !r->difference[0] && i < sizeof parts / sizeof parts[0]; ++i) {
    struct ms_evaluation found;
    status = parts[i].has ? ms_evaluate(network, parts[i].images, &found) : MS_OK;
    if (status == MS_OK && parts[i].has) {
      compare_evaluation(r, parts[i].name, parts[i].claimed, &found);
      ms_evaluation_free(&found);
    }
  }
  ms_split_free(&split);
  for (size_t c = 0; c < run->train.n_classes && c < MS_MAX_CLASSES; ++c) {
    const char *found = r->data->class_names[c];
    if (run->class_names[c])
      compare_text(r, run->class_names[c], found ? found : "", "class_names");
  }
  return status;
}

/* ---- Where it began ---- */

static enum ms_status find_start(const char *folder, const struct ms_run *run, size_t depth, struct ms_replay *replay,
                                 struct ms_checkpoint **start);

/* The folder that run.json names, or one of its name beside this run's. */
static enum ms_status find_parent(const char *folder, const struct ms_run_origin *origin, struct ms_run *parent,
                                  char path[MS_PATH_SIZE]) {
  const char *name = strrchr(origin->folder, '/'), *end = strrchr(folder, '/');
  snprintf(path, MS_PATH_SIZE, "%s", origin->folder);
  enum ms_status status = ms_run_read(path, parent);
  if (status == MS_OK && strcmp(parent->weights_sha256, origin->weights_sha256) == 0)
    return MS_OK;
  if (status == MS_OK)
    ms_run_free(parent);
  snprintf(path, MS_PATH_SIZE, "%.*s%s%s", end ? (int)(end - folder) : 0, end ? folder : "", end ? "/" : "",
           name ? name + 1 : origin->folder);
  status = ms_run_read(path, parent);
  if (status == MS_OK && strcmp(parent->weights_sha256, origin->weights_sha256) != 0) {
    ms_run_free(parent);
    status = MS_ERROR_DATA;
  }
  return status;
}

/* The parent's epochs, to the one that the run began from; then its state, with the run's settings. */
static enum ms_status replay_parent(const char *path, const struct ms_run *parent, const struct ms_run *run,
                                    size_t depth, const char *keep_path, struct ms_replay *replay,
                                    struct ms_checkpoint **start) {
  const struct ms_run_origin *origin = run->about.origin;
  struct ms_checkpoint *before;
  struct ms_network *network;
  struct ms_train_result result;
  MS_TRY(find_start(path, parent, depth + 1, replay, &before));
  enum ms_status status =
      replay->difference[0] ? MS_OK : train(parent, before, origin->epoch, keep_path, replay, &network, &result);
  ms_checkpoint_free(before);
  if (status != MS_OK || replay->difference[0])
    return status;
  for (size_t i = 0; i < origin->epoch && i < run->n_epochs; ++i)
    compare_epoch(replay, &run->epochs[i], &parent->epochs[i]);
  if (!replay->difference[0] && origin->has_moments) {
    status = ms_checkpoint_load(keep_path, start);
    if (status == MS_OK)
      status = ms_origin_with_moments(*start, run->config);
  } else if (!replay->difference[0]) {
    status = ms_origin_without_moments(network, origin->epoch, run, run->config, start);
  }
  if (status == MS_ERROR_ARGUMENT) {
    snprintf(replay->difference, sizeof replay->difference, "from: %.900s", ms_error_message());
    status = MS_OK;
  }
  ms_network_free(network);
  return status;
}

/* *start: NULL for a run that began with random weights, and where there is a difference. */
static enum ms_status find_start(const char *folder, const struct ms_run *run, size_t depth, struct ms_replay *replay,
                                 struct ms_checkpoint **start) {
  const struct ms_run_origin *origin = run->about.origin;
  char path[MS_PATH_SIZE], temporary[MS_PATH_SIZE], keep_path[MS_PATH_SIZE];
  struct ms_run parent;
  *start = NULL;
  if (!origin)
    return MS_OK;
  enum ms_status status = depth < MAX_CHAIN ? find_parent(folder, origin, &parent, path) : MS_ERROR_DATA;
  if (status == MS_ERROR_MEMORY)
    return status;
  if (status != MS_OK || parent.result.model_epoch != origin->epoch) {
    snprintf(replay->difference, sizeof replay->difference,
             "from: no run %.300s with weights %.16s... of epoch %zu: put the folder of that run beside this one",
             origin->folder, origin->weights_sha256, origin->epoch);
    if (status == MS_OK)
      ms_run_free(&parent);
    return MS_OK;
  }
  const char *base = getenv("TMPDIR");
  snprintf(temporary, sizeof temporary, "%.3000s/mnist_simd-replay-XXXXXX", base && base[0] ? base : "/tmp");
  status = mkdtemp(temporary) ? ms_path_join(keep_path, temporary, "state.safetensors")
                              : ms_fail(MS_ERROR_SYSTEM, "%s: cannot be made: set TMPDIR to another folder", temporary);
  if (status == MS_OK) {
    status = replay_parent(path, &parent, run, depth, origin->has_moments ? keep_path : NULL, replay, start);
    unlink(keep_path);
    rmdir(temporary);
  }
  if (replay->difference[0] && strncmp(replay->difference, "from: ", 6) != 0) {
    char words[MS_DIFFERENCE_SIZE];
    snprintf(words, sizeof words, "from %.300s: %.700s", path, replay->difference);
    strcpy(replay->difference, words);
  }
  ms_run_free(&parent);
  if (status != MS_OK) {
    ms_checkpoint_free(*start);
    *start = NULL;
  }
  return status;
}

/* ---- A run ---- */

static enum ms_status check_contract(const struct ms_run *run) {
  return run->numerics_contract == MS_CONTRACT_VERSION
             ? MS_OK
             : ms_fail(MS_ERROR_UNSUPPORTED,
                       "of numerics contract %zu, this program's is %d: verify it by the release that wrote it (%s)",
                       run->numerics_contract, MS_CONTRACT_VERSION, run->program);
}

enum ms_status ms_replay(const char *folder, const struct ms_run *run, struct ms_replay *replay) {
  struct ms_checkpoint *start;
  struct ms_network *network = NULL;
  struct ms_train_result result;
  replay->difference[0] = '\0';
  MS_TRY(check_contract(run));
  compare_images(replay, run);
  if (replay->difference[0])
    return MS_OK;
  MS_TRY(find_start(folder, run, 0, replay, &start));
  enum ms_status status = MS_OK;
  if (!replay->difference[0])
    status = train(run, start, run->interrupted ? run->n_epochs : run->config->epochs, NULL, replay, &network, &result);
  ms_checkpoint_free(start);
  if (status == MS_OK && !replay->difference[0])
    status = compare_end(replay, run, network, &result);
  ms_network_free(network);
  return status;
}

/* ---- A part of it ---- */

static enum ms_status check_part(const char *path, const struct ms_checkpoint *kept, const struct ms_run *run,
                                 size_t first, struct ms_replay *replay) {
  char digest[65];
  const char *name = ms_config_difference(kept->config, run->config);
  ms_checkpoint_weights_sha256(kept, digest);
  if (kept->at.epoch != first || kept->at.step != 0)
    return ms_fail(MS_ERROR_DATA, "%s: is of epoch %zu, step %zu, not of the end of epoch %zu", path, kept->at.epoch,
                   kept->at.step, first - 1);
  if (name) {
    char claimed[MS_SETTING_SIZE], found[MS_SETTING_SIZE];
    ms_config_get(run->config, name, claimed);
    ms_config_get(kept->config, name, found);
    snprintf(replay->difference, sizeof replay->difference, "%s is %.200s, in the checkpoint of epoch %zu %.200s", name,
             claimed, first - 1, found);
  } else if (strcmp(digest, run->epochs[first - 2].weights_sha256) != 0) {
    snprintf(replay->difference, sizeof replay->difference,
             "epoch %zu: weights_sha256 is %.16s..., that of its checkpoint %.16s...", first - 1,
             run->epochs[first - 2].weights_sha256, digest);
  }
  return MS_OK;
}

enum ms_status ms_replay_part(const char *folder, const struct ms_run *run, size_t first, size_t last,
                              struct ms_replay *replay) {
  char path[MS_PATH_SIZE];
  struct ms_checkpoint *kept = NULL;
  struct ms_network *network = NULL;
  struct ms_train_result result;
  replay->difference[0] = '\0';
  MS_TRY(check_contract(run));
  if (first < 1 || first > last || last > run->n_epochs)
    return ms_fail(MS_ERROR_ARGUMENT, "epochs %zu to %zu: the run has epochs 1 to %zu", first, last, run->n_epochs);
  MS_TRY(ms_run_folder_epoch_path(path, folder, first - 1));
  if (first == 1 ? run->about.origin != NULL : !ms_exists(path))
    return ms_fail(MS_ERROR_ARGUMENT,
                   "epochs %zu to %zu: no checkpoint was kept before them: give others, or verify the whole run", first,
                   last);
  compare_images(replay, run);
  enum ms_status status = MS_OK;
  if (first > 1 && !replay->difference[0]) {
    status = ms_checkpoint_load(path, &kept);
    if (status == MS_OK)
      status = check_part(path, kept, run, first, replay);
  }
  if (status == MS_OK && !replay->difference[0])
    status = train(run, kept, last, NULL, replay, &network, &result);
  ms_checkpoint_free(kept);
  ms_network_free(network);
  return status;
}

struct kept {
  size_t n, most, *epochs;
};

static void add_epoch(void *context, size_t epoch) {
  struct kept *k = context;
  if (k->n < k->most)
    k->epochs[k->n++] = epoch;
}

static int ascending(const void *a, const void *b) {
  const size_t x = *(const size_t *)a, y = *(const size_t *)b;
  return (x > y) - (x < y);
}

enum ms_status ms_replay_parts(const char *folder, const struct ms_run *run, struct ms_replay_range **parts,
                               size_t *n) {
  struct kept kept = {.most = run->n_epochs + 2};
  *n = 0;
  MS_TRY(ms_allocate(kept.most, sizeof *kept.epochs, "epochs", &kept.epochs));
  const enum ms_status status = ms_allocate(kept.most, sizeof **parts, "epochs", parts);
  ms_run_folder_epochs(folder, add_epoch, &kept);
  qsort(kept.epochs, kept.n, sizeof *kept.epochs, ascending);
  size_t first = run->about.origin ? 0 : 1; /* 0: there is no state to begin with yet */
  for (size_t i = 0; status == MS_OK && i < kept.n && kept.epochs[i] <= run->n_epochs; ++i) {
    if (first > 0)
      (*parts)[(*n)++] = (struct ms_replay_range){first, kept.epochs[i]};
    first = kept.epochs[i] + 1;
  }
  if (status == MS_OK && first > 0 && first <= run->n_epochs)
    (*parts)[(*n)++] = (struct ms_replay_range){first, run->n_epochs};
  free(kept.epochs);
  return status;
}
