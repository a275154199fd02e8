/* A training session in a run folder. */
#include "runtime/run/session.h"

#include <assert.h>
#include <string.h>

#include "runtime/nn/checkpoint.h"
#include "runtime/nn/network.h"
#include "runtime/platform/error.h"
#include "runtime/run/folder.h"

/* ---- The folder ---- */

/* MS_ERROR_DATA, naming the difference, if the checkpoint is not of this configuration and these images. */
static enum ms_status check_same(const struct ms_session *s) {
  const struct ms_config *there = ms_checkpoint_config(s->saver.checkpoint);
  const char *name = ms_config_difference(there, s->plan.config);
  const char *data = ms_checkpoint_notes(s->saver.checkpoint).data_sha256;
  if (name) {
    char before[MS_SETTING_SIZE], now[MS_SETTING_SIZE];
    ms_config_get(there, name, before);
    ms_config_get(s->plan.config, name, now);
    return ms_fail(MS_ERROR_DATA,
                   "%s: its run has %s %.80s, asked for is %.80s: go on with the same settings, or begin "
                   "another run in another folder",
                   s->plan.folder, name, before, now);
  }
  if (strcmp(data, s->run.data_sha256) != 0)
    return ms_fail_by(MS_ERROR_DATA, MS_OTHER_DATA,
                      "%s: its run is on other training images (SHA-256 %.16s..., these have %.16s...): name their "
                      "folder",
                      s->plan.folder, data, s->run.data_sha256);
  return MS_OK;
}

static enum ms_status take_notes(struct ms_session *s) {
  const struct ms_checkpoint_notes notes = ms_checkpoint_notes(s->saver.checkpoint);
  return ms_metrics_log_resume(&s->metrics, notes.metrics, notes.times);
}

static enum ms_status find_checkpoint(struct ms_session *s) {
  const char *folder = s->plan.folder;
  struct ms_checkpoint_saver *k = &s->saver;
  const enum ms_status status = ms_checkpoint_pair_find(folder, &k->pair, &k->checkpoint, s->damaged);
  if (status != MS_OK && status != MS_ERROR_DATA)
    return status;
  if (!k->checkpoint && s->plan.start == MS_SESSION_RESUME_OR_OVERWRITE)
    return ms_checkpoint_pair_begin(folder, &k->pair);
  if (status == MS_ERROR_DATA)
    return ms_fail_by(status, MS_OVERWRITE, "%s: no checkpoint in it can be used: begin anew", folder);
  if (!k->checkpoint)
    return ms_fail_by(MS_ERROR_SYSTEM, MS_OVERWRITE, "%s: holds no checkpoint: begin anew", folder);
  MS_TRY(check_same(s));
  s->plan.about = ms_checkpoint_notes(k->checkpoint).about;
  s->is_resumed = true;
  if (s->plan.keep_epochs == 0)
    s->plan.keep_epochs = ms_about_keep_epochs(s->plan.about);
  return take_notes(s);
}

/* The folder is locked. */
static enum ms_status prepare(struct ms_session *s) {
  const bool resume = s->plan.start == MS_SESSION_RESUME || s->plan.start == MS_SESSION_RESUME_OR_OVERWRITE;
  s->saver.every_epochs = s->plan.checkpoint_epochs;
  s->saver.every_s = s->plan.checkpoint_s;
  s->is_waiting = s->saver.after_next_epoch = ms_run_folder_is_used(s->plan.folder);
  if (s->is_waiting && s->plan.start == MS_SESSION_NEW)
    return ms_fail_by(
        MS_ERROR_SYSTEM, MS_OTHER_START,
        "%s: holds a run already: choose another folder, or overwrite it, or go on with it, if it was stopped",
        s->plan.folder);
  ms_run_folder_clean(s->plan.folder);
  if (resume)
    return find_checkpoint(s);
  MS_TRY(ms_checkpoint_pair_begin(s->plan.folder, &s->saver.pair));
  return s->saver.checkpoint ? take_notes(s) : MS_OK;
}

enum ms_status ms_session_open(const struct ms_session_plan *plan, struct ms_session *s) {
  const struct ms_dataset *images = &plan->data->train;
  memset(s, 0, sizeof *s);
  s->plan = *plan;
  const enum ms_status split = ms_split_make(images, plan->config, &s->split);
  if (split != MS_OK) {
    ms_checkpoint_free(plan->from);
    return split;
  }
  ms_dataset_sha256(images, s->run.data_sha256);
  if (plan->data->test.n > 0)
    ms_dataset_sha256(&plan->data->test, s->run.test_sha256);
  enum ms_status status = ms_checkpoint_saver_open(plan->folder, &s->saver);
  if (status != MS_OK) {
    ms_checkpoint_free(plan->from);
    ms_split_free(&s->split);
    return status;
  }
  s->saver.checkpoint = plan->from;
  s->is_locked = s->saver.lock.file >= 0;
  status = ms_folder_probe(plan->folder, &s->is_durable);
  if (status == MS_OK)
    status = prepare(s);
  if (status != MS_OK)
    ms_session_close(s);
  return status;
}

void ms_session_close(struct ms_session *s) {
  ms_checkpoint_saver_close(&s->saver);
  ms_metrics_log_free(&s->metrics);
  ms_split_free(&s->split);
  s->run.preset = s->run.data = NULL; /* these are the plan's */
  s->run.config = NULL;
  ms_run_free(&s->run);
}

/* ---- Training ---- */

/* This session's files take the place of those of before, if they have not yet: a checkpoint, or the model, has all
 * that they say. */
static enum ms_status take_place(struct ms_session *s) {
  if (s->is_waiting)
    MS_TRY(ms_run_folder_forget(s->plan.folder, s->is_resumed));
  s->is_waiting = false;
  return ms_metrics_log_write(&s->metrics, s->plan.folder);
}

static void on_step(void *context, const struct ms_step *step) {
  const struct ms_observer *o = ((struct ms_session *)context)->observer;
  if (o->step)
    o->step(o->context, step);
}

static enum ms_status on_epoch(void *context, const struct ms_epoch *epoch) {
  struct ms_session *s = context;
  if (s->observer->epoch)
    MS_TRY(s->observer->epoch(s->observer->context, epoch));
  MS_TRY(ms_run_lock_check(&s->saver.lock, s->plan.folder));
  MS_TRY(ms_metrics_log_add(&s->metrics, epoch));
  return s->is_waiting ? MS_OK : ms_metrics_log_offer(&s->metrics, s->plan.folder);
}

static bool on_stop(void *context) {
  const struct ms_observer *o = ((struct ms_session *)context)->observer;
  return o->stop && o->stop(o->context);
}

/* A checkpoint for good. None with a weight that is not finite, which ends training elsewhere. */
static enum ms_status keep_epoch(const struct ms_session *s, const struct ms_train_state *state) {
  char path[MS_PATH_SIZE];
  const size_t n = s->plan.keep_epochs, epoch = state->at.epoch - 1;
  if (n == 0 || (epoch % n != 0 && epoch != state->config->epochs))
    return MS_OK;
  MS_TRY(ms_run_folder_epoch_path(path, s->plan.folder, epoch));
  MS_TRY(ms_run_lock_check(&s->saver.lock, s->plan.folder));
  const enum ms_status status = ms_checkpoint_save(state, &s->saver.notes, path);
  return status == MS_ERROR_NUMERIC ? MS_OK : status;
}

static enum ms_status on_keep(void *context, enum ms_moment moment, const struct ms_train_state *state) {
  struct ms_session *s = context;
  s->saver.notes = (struct ms_checkpoint_notes){.preset = s->plan.preset,
                                                .data_sha256 = s->run.data_sha256,
                                                .metrics = s->metrics.metrics.data,
                                                .times = s->metrics.times.data,
                                                .about = s->plan.about};
  MS_TRY(ms_checkpoint_saver_offer(&s->saver, moment, state));
  if (moment != MS_AFTER_EPOCH)
    return MS_OK;
  MS_TRY(s->is_waiting ? take_place(s) : MS_OK);
  return keep_epoch(s, state);
}

enum ms_status ms_session_begin(struct ms_session *s, const struct ms_observer *observer) {
  static const struct ms_observer none;
  const struct ms_dataset *validation = s->split.validation.n > 0 ? &s->split.validation : NULL;
  const struct ms_checkpoint *from = s->saver.checkpoint;
  s->own = (struct ms_observer){s, on_step, on_epoch, on_stop, on_keep};
  s->observer = observer ? observer : &none;
  ms_checkpoint_saver_start(&s->saver);
  return ms_training_begin(from ? ms_checkpoint_config(from) : s->plan.config, from, NULL, &s->split.train, validation,
                           &s->own, &s->run.result, &s->training);
}

enum ms_status ms_session_advance(struct ms_session *s) {
  return ms_training_advance(s->training);
}

void ms_session_end(struct ms_session *s, enum ms_status status) {
  if (s->training)
    ms_training_end(s->training, status, &s->run.network);
  s->training = NULL;
  s->run.interrupted = status != MS_OK;
}

enum ms_status ms_session_train(struct ms_session *s, const struct ms_observer *observer) {
  enum ms_status status = ms_session_begin(s, observer);
  while (status == MS_OK && !ms_training_is_done(s->training))
    status = ms_session_advance(s);
  ms_session_end(s, status);
  return status;
}

/* ---- Afterwards ---- */

static enum ms_status evaluate(struct ms_session *s) {
  struct ms_run *run = &s->run;
  run->preset = (char *)s->plan.preset;
  run->config = (struct ms_config *)s->plan.config;
  run->data = (char *)s->plan.data->description;
  memcpy(run->class_names, s->plan.data->class_names, sizeof run->class_names);
  ms_network_sha256(run->network, run->weights_sha256);
  run->has_validation = s->split.validation.n > 0;
  run->has_test = s->plan.data->test.n > 0 && !s->plan.without_test && !run->interrupted;
  MS_TRY(ms_evaluate(run->network, &s->split.train, &run->train));
  if (run->has_validation)
    MS_TRY(ms_evaluate(run->network, &s->split.validation, &run->validation));
  return run->has_test ? ms_evaluate(run->network, &s->plan.data->test, &run->test) : MS_OK;
}

enum ms_status ms_session_save(struct ms_session *s) {
  char path[MS_PATH_SIZE];
  assert(s->run.network);
  MS_TRY(ms_run_lock_check(&s->saver.lock, s->plan.folder));
  MS_TRY(take_place(s));
  if (s->plan.validation_is_added)
    ms_dataset_sha256(&s->split.train, s->run.network->data_sha256);
  else
    memcpy(s->run.network->data_sha256, s->run.data_sha256, sizeof s->run.data_sha256);
  memcpy(s->run.network->test_sha256, s->run.test_sha256, sizeof s->run.test_sha256);
  MS_TRY(ms_path_join(path, s->plan.folder, MS_MODEL_FILE));
  MS_TRY(ms_network_save(s->run.network, path));
  MS_TRY(evaluate(s));
  MS_TRY(ms_run_write_summary(s->plan.folder, &s->run, s->plan.about, s->is_durable, s->saver.spent_s));
  s->is_saved = true;
  if (s->run.interrupted)
    return MS_OK;
  MS_TRY(ms_run_lock_check(&s->saver.lock, s->plan.folder));
  return ms_checkpoint_pair_remove(s->plan.folder);
}

/* What another process keeps in a folder that was replaced is no concern of ours. */
static bool is_ours(const struct ms_session *s) {
  return ms_run_lock_check(&s->saver.lock, s->plan.folder) == MS_OK;
}

bool ms_session_left_earlier_run(const struct ms_session *s) {
  char path[MS_PATH_SIZE];
  return is_ours(s) && s->is_waiting && !s->saver.checkpoint &&
         ms_path_join(path, s->plan.folder, MS_SUMMARY_FILE) == MS_OK && ms_exists(path);
}

bool ms_session_left_checkpoint(const struct ms_session *s) {
  return is_ours(s) && (s->saver.checkpoint || s->saver.n_saved > 0) && ms_checkpoint_pair_exists(s->plan.folder);
}
