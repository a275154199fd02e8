/* Training into a run folder, as train and reproduce do it. */
#define _POSIX_C_SOURCE 200809L /* rmdir */
#include "runtime/cli/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/cli/keeper.h"
#include "runtime/cli/print.h"
#include "runtime/cli/progress.h"
#include "runtime/cli/signals.h"
#include "runtime/platform/error.h"
#include "runtime/platform/files.h"
#include "runtime/run/run_folder.h"
#include "runtime/run/run_lock.h"

struct run {
  const struct session *session;
  struct ms_dataset train, validation;
  char data_sha256[65];
  struct progress progress;
  struct ms_metrics_log metrics;
  struct ms_run_lock lock;
  struct keeper keeper;
  struct ms_checkpoint *checkpoint; /* where to go on; NULL: from the beginning */
  /* The folder holds files of an earlier run, or of where this one was interrupted. They stay as they are until an epoch has come
   * to its end and a checkpoint has it: then this run's take their place. (Of two checkpoints the newest stays.) */
  bool is_waiting;
  struct ms_train_result result;
};

/* ---- What the training loop tells us ---- */

static void on_step(void *context, const struct ms_step *step) {
  progress_step(&((struct run *)context)->progress, step);
}

static enum ms_status on_epoch(void *context, const struct ms_epoch *epoch) {
  struct run *run = context;
  progress_epoch(&run->progress, epoch);
  enum ms_status status = ms_run_lock_check(&run->lock, run->session->folder);
  if (status == MS_OK)
    status = ms_metrics_log_add(&run->metrics, epoch);
  return status == MS_OK && !run->is_waiting ? ms_metrics_log_write(&run->metrics, run->session->folder) : status;
}

/* This run's files take the place of those of before. A checkpoint has all that they say. */
static enum ms_status take_place(struct run *run) {
  if (!run->is_waiting)
    return MS_OK;
  run->is_waiting = false;
  const enum ms_status status = ms_run_folder_forget(run->session->folder);
  return status == MS_OK ? ms_metrics_log_write(&run->metrics, run->session->folder) : status;
}

static enum ms_status on_keep(void *context, enum ms_moment moment, const struct ms_train_state *state) {
  struct run *run = context;
  const struct ms_checkpoint_notes notes = {.preset = run->session->preset,
                                            .data_sha256 = run->data_sha256,
                                            .metrics = run->metrics.metrics.data,
                                            .times = run->metrics.times.data};
  const enum ms_status status = keeper_offer(&run->keeper, &run->lock, moment, state, &notes);
  return status == MS_OK && moment == MS_AFTER_EPOCH ? take_place(run) : status;
}

/* ---- Before and after ---- */

static void print_plan(const struct run *run) {
  const struct session *s = run->session;
  const struct ms_config *c = s->config;
  printf("mnist_simd %s, kernels %s, %zu thread%s\n", MS_VERSION, ms_isa(), ms_threads(), plural_s(ms_threads()));
  printf("data      %s: %zu training, %zu validation, %zu test images of %zu x %zu, %zu classes\n", s->data_folder,
         run->train.n, c->n_validation, s->data->test.n, run->train.rows, run->train.cols, run->train.n_classes);
  if (s->without_test)
    printf("          the test images are not looked at\n");
  printf("training  %s, seed %llu, up to %zu epoch%s, batch %zu, learning rate %g\n", s->preset,
         (unsigned long long)c->seed, c->epochs, plural_s(c->epochs), c->batch, c->learning_rate);
  if (c->patience > 0)
    printf("stopping  after %zu epoch%s without %s improving by more than %g\n", c->patience, plural_s(c->patience),
           c->monitor == MS_VAL_ACCURACY ? "validation accuracy" : "validation loss", c->min_delta);
  for (size_t l = 0; l < c->n_hidden; ++l) {
    const struct ms_layer_config *h = &c->hidden[l];
    printf("hidden %zu  %zu unit%s, ReLU, dropout %g, L1 %g, L2 %g, MaxNorm ", l + 1, h->units, plural_s(h->units),
           h->dropout, h->l1, h->l2);
    if (h->max_norm > 0)
      printf("%g\n", h->max_norm);
    else
      printf("none\n");
  }
  printf("output    %s\n", s->folder);
  if (run->checkpoint) {
    size_t epoch, step;
    ms_checkpoint_position(run->checkpoint, &epoch, &step);
    printf("going on  in epoch %zu, after step %zu\n", epoch, step);
  }
  putchar('\n');
  fflush(stdout);
}

static void print_outcome(const struct run *run, enum ms_status status) {
  const struct ms_train_result *r = &run->result;
  if (status != MS_OK)
    printf("\n%s%s\n", ms_error_message(), r->epochs_run > 0 && signals_received() ? ": evaluating what is kept" : "");
  if (r->epochs_run == 0) {
    printf("No epoch was finished: there is no model yet.\n");
    return;
  }
  if (r->stopped_early)
    printf("\nStopped early: no improvement in %zu epoch%s.", run->session->config->patience,
           plural_s(run->session->config->patience));
  printf("\nKept: the model of epoch %zu. %zu epoch%s in %.1f s, median %.3f s.\n", r->model_epoch, r->epochs_run,
         plural_s(r->epochs_run), r->elapsed_s, r->epoch_seconds_median);
}

/* Of the network that was kept; validation and test are NULL where there is none or it is not to be looked at. */
struct evaluations {
  struct ms_evaluation train_memory, validation_memory, test_memory;
  const struct ms_evaluation *train, *validation, *test;
};

static enum ms_status evaluate(const struct run *run, const struct ms_network *network, bool interrupted,
                               struct evaluations *e) {
  enum ms_status status = ms_evaluate(network, &run->train, &e->train_memory);
  e->train = &e->train_memory;
  if (status == MS_OK && run->validation.n > 0) {
    status = ms_evaluate(network, &run->validation, &e->validation_memory);
    e->validation = &e->validation_memory;
  }
  if (status == MS_OK && !run->session->without_test && !interrupted) {
    status = ms_evaluate(network, &run->session->data->test, &e->test_memory);
    e->test = &e->test_memory;
  }
  return status;
}

static void print_evaluations(const struct run *run, const struct ms_network *network, const struct evaluations *e) {
  char digest[65];
  ms_network_sha256(network, digest);
  printf("\nTraining accuracy %.2f %% (dropout off)\n", 100 * e->train->accuracy);
  if (e->validation)
    printf("Validation accuracy %.2f %%\n", 100 * e->validation->accuracy);
  if (e->test)
    print_evaluation(e->test);
  printf("\nSHA-256 of the weights: %s\n", digest);
  printf("Saved in %s: %s, %s, %s, %s\n", run->session->folder, MS_MODEL_FILE, MS_METRICS_FILE, MS_TIMES_FILE,
         MS_RUN_FILE);
}

static enum ms_status evaluate_and_save(const struct run *run, const struct ms_network *network, bool interrupted) {
  char path[MS_PATH_SIZE];
  struct evaluations e = {0};
  enum ms_status status = ms_path_join(path, run->session->folder, MS_MODEL_FILE);
  if (status == MS_OK)
    status = ms_network_save(network, path);
  if (status == MS_OK)
    status = evaluate(run, network, interrupted, &e);
  if (status == MS_OK) {
    const struct ms_run_summary summary = {
        .preset = run->session->preset,
        .config = run->session->config,
        .data_sha256 = run->data_sha256,
        .result = &run->result,
        .network = network,
        .train = e.train,
        .validation = e.validation,
        .test = e.test,
        .interrupted = interrupted,
        .checkpoints_s = run->keeper.spent_s,
    };
    status = ms_run_summary_write(run->session->folder, &summary);
  }
  if (status == MS_OK)
    print_evaluations(run, network, &e);
  ms_evaluation_free(&e.train_memory);
  ms_evaluation_free(&e.validation_memory);
  ms_evaluation_free(&e.test_memory);
  return status;
}

/* What is kept of a run that has not come to its end, and how to go on. */
static void print_checkpoint(const struct run *run, enum ms_status status) {
  const struct keeper *k = &run->keeper;
  char path[MS_PATH_SIZE];
  if (status == MS_OK ||
      ms_run_lock_check(&run->lock, run->session->folder) != MS_OK) /* another's are no concern of ours */
    return;
  if (run->is_waiting && !run->checkpoint && ms_path_join(path, run->session->folder, MS_RUN_FILE) == MS_OK &&
      ms_exists(path))
    printf("\nModel, metrics and summary of the earlier run in %s are as they were.\n", run->session->folder);
  if ((!run->checkpoint && k->n_saved == 0) || !ms_run_checkpoints_exist(run->session->folder))
    return;
  if (status == MS_ERROR_NUMERIC && k->n_saved > 0)
    printf("\nThe last checkpoint in %s is of epoch %zu, step %zu: its weights are finite, but the same loss lies "
           "ahead of "
           "it.\nBegin anew with other settings and --force, or in another folder.\n",
           run->session->folder, k->epoch, k->step);
  if (status != MS_ERROR_NUMERIC && run->session->tell_resume) {
    char word[SHELL_WORD_SIZE];
    printf("\nA checkpoint is kept. To go on: %s train", shell_word(word, cli_program));
    printf(" --resume %s", shell_word(word, run->session->folder));
    if (run->session->given_data)
      printf(" --data %s", shell_word(word, run->session->given_data));
    putchar('\n');
  }
}

static enum ms_status run_training(struct run *run, struct ms_network **network) {
  const struct session *s = run->session;
  const struct ms_observer observer = {run, on_step, on_epoch, signals_stop, on_keep};
  const struct ms_dataset *validation = run->validation.n > 0 ? &run->validation : NULL;
  return run->checkpoint ? ms_train_resume(run->checkpoint, &run->train, validation, &observer, network, &run->result)
                         : ms_train(s->config, &run->train, validation, &observer, network, &run->result);
}

static int train(struct run *run) {
  const struct session *s = run->session;
  struct ms_network *network;
  size_t epoch = 1, step = 0;
  if (run->checkpoint)
    ms_checkpoint_position(run->checkpoint, &epoch, &step);
  signals_catch();
  progress_start(&run->progress, s->config->epochs, run->train.n, epoch, step * s->config->batch);
  keeper_start(&run->keeper);
  enum ms_status status = run_training(run, &network);
  live_line_clear(&run->progress.line);
  const bool usable = status == MS_OK || status == MS_STOPPED || status == MS_ERROR_NUMERIC;
  if (!usable) {
    const int failed = cli_fail(s->command, status);
    print_checkpoint(run, status);
    return failed;
  }

  print_outcome(run, status);
  const enum ms_status trained = status;
  int exit_code = status == MS_OK ? EXIT_SUCCESS : status == MS_STOPPED ? 128 + signals_received() : EXIT_FAILURE;
  if (network)
    status = ms_run_lock_check(&run->lock, s->folder);
  if (network && status == MS_OK)
    status = take_place(run);
  if (network && status == MS_OK)
    status = evaluate_and_save(run, network, trained != MS_OK);
  if (network && status == MS_OK && trained == MS_OK)
    status = ms_run_lock_check(&run->lock, s->folder);
  if (network && status == MS_OK && trained == MS_OK)
    status = ms_run_checkpoints_remove(s->folder);
  if (network && status != MS_OK)
    exit_code = cli_fail(s->command, status);
  print_checkpoint(run, status == MS_OK ? trained : status);
  ms_network_free(network);
  return exit_code;
}

/* ---- The folder ---- */

/* MS_ERROR_DATA, naming the difference, if the checkpoint is not of this configuration and these images. */
static enum ms_status check_same(const struct run *run) {
  const struct session *s = run->session;
  const struct ms_config *there = ms_checkpoint_config(run->checkpoint);
  const char *name = ms_config_difference(there, s->config);
  const char *data = ms_checkpoint_notes(run->checkpoint).data_sha256;
  if (name) {
    char before[MS_SETTING_SIZE], now[MS_SETTING_SIZE];
    ms_config_get(there, name, before);
    ms_config_get(s->config, name, now);
    return ms_fail(MS_ERROR_DATA,
                   "%s: its run has %s %.80s, asked for is %.80s: go on with the same settings, or begin "
                   "another run in another folder",
                   s->folder, name, before, now);
  }
  if (strcmp(data, run->data_sha256) != 0)
    return ms_fail(MS_ERROR_DATA,
                   "%s: its run is on other training images (SHA-256 %.16s..., these have %.16s...): name their folder "
                   "with --data",
                   s->folder, data, run->data_sha256);
  return MS_OK;
}

static enum ms_status find_checkpoint(struct run *run) {
  const struct session *s = run->session;
  char damaged[MS_PATH_SIZE];
  enum ms_status status = ms_run_checkpoints_find(s->folder, &run->keeper.files, &run->checkpoint, damaged);
  if (damaged[0])
    cli_error(s->command, "%s", damaged);
  if (status == MS_ERROR_DATA) {
    if (s->start == SESSION_RESUME_OR_OVERWRITE)
      return ms_run_checkpoints_begin(s->folder, &run->keeper.files);
    return ms_fail(status, "%s: no checkpoint in it can be used: begin anew with --force", s->folder);
  }
  if (status != MS_OK)
    return status;
  if (!run->checkpoint)
    return s->start == SESSION_RESUME_OR_OVERWRITE
               ? ms_run_checkpoints_begin(s->folder, &run->keeper.files)
               : ms_fail(MS_ERROR_SYSTEM, "%s: holds no checkpoint: begin anew with --force", s->folder);
  status = check_same(run);
  const struct ms_checkpoint_notes notes = ms_checkpoint_notes(run->checkpoint);
  return status == MS_OK ? ms_metrics_log_resume(&run->metrics, notes.metrics, notes.times) : status;
}

/* The folder is locked. */
static enum ms_status prepare(struct run *run) {
  const struct session *s = run->session;
  const bool resume = s->start == SESSION_RESUME || s->start == SESSION_RESUME_OR_OVERWRITE;
  run->is_waiting = run->keeper.after_next_epoch = ms_run_folder_is_used(s->folder);
  if (run->is_waiting && s->start == SESSION_NEW)
    return ms_fail(MS_ERROR_SYSTEM,
                   "%s: holds a run already: choose another folder with --out, or overwrite it with --force, or go on "
                   "with it, if it was stopped, with --resume",
                   s->folder);
  ms_run_folder_clean(s->folder);
  return resume ? find_checkpoint(run) : ms_run_checkpoints_begin(s->folder, &run->keeper.files);
}

int session_train(const struct session *session) {
  const struct ms_dataset *images = &session->data->train;
  const size_t n_validation = session->config->n_validation;
  if (n_validation >= images->n) {
    cli_error(session->command, "--val: '%zu' is not a whole number from 0 to %zu, one less than the training images",
              n_validation, images->n - 1);
    return EXIT_USAGE;
  }
  struct run run = {
      .session = session,
      .train = ms_dataset_slice(images, 0, images->n - n_validation),
      .validation = ms_dataset_slice(images, images->n - n_validation, n_validation),
      .keeper = {.every_epochs = session->checkpoint_epochs, .every_s = session->checkpoint_s},
  };
  ms_dataset_sha256(images, run.data_sha256);
  enum ms_status status = ms_make_folder(session->folder);
  if (status == MS_OK)
    status = ms_run_lock(session->folder, &run.lock);
  if (status != MS_OK)
    return cli_fail(session->command, status);
  status = prepare(&run);
  int exit_code;
  if (status == MS_OK) {
    print_plan(&run);
    exit_code = train(&run);
  } else {
    exit_code = cli_fail(session->command, status);
  }
  ms_run_unlock(&run.lock);
  rmdir(session->folder); /* goes only if it is empty */
  ms_metrics_log_free(&run.metrics);
  ms_checkpoint_free(run.checkpoint);
  return exit_code;
}
