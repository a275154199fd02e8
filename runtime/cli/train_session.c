/* Training into a run folder, as train and reproduce show it. */
#include "runtime/cli/train_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/cli/class_tables.h"
#include "runtime/cli/print.h"
#include "runtime/cli/progress.h"
#include "runtime/cli/signals.h"
#include "runtime/platform/console.h"
#include "runtime/platform/error.h"
#include "runtime/run/folder.h"

/* What run.json can hold, and every reader of it accepts. */
static enum ms_status check_text(const char *option, const char *text, size_t max_bytes) {
  return !text || (text[0] && strlen(text) <= max_bytes && ms_is_utf8(text) && !ms_has_controls(text))
             ? MS_OK
             : ms_fail(MS_ERROR_ARGUMENT, "%s: must be UTF-8 without control characters, of 1 to %zu bytes", option,
                       max_bytes);
}

enum ms_status session_describe(const struct cli_values *values, const char *name, size_t keep_epochs,
                                struct ms_run_origin *origin, struct ms_text *text) {
  struct ms_text command = {0};
  char word[SHELL_WORD_SIZE];
  const char *given = cli_get(values, "name");
  MS_TRY(check_text("--name", given, MS_ABOUT_TEXT_BYTES));
  MS_TRY(check_text("--author", cli_get(values, "author"), MS_ABOUT_TEXT_BYTES));
  MS_TRY(check_text("--from", origin ? origin->folder : NULL, MS_PATH_SIZE));
  ms_text_add(&command, "mnist_simd");
  for (int i = 0; i < values->n_words; ++i)
    ms_text_printf(&command, " %s", shell_word(word, values->words[i]));
  const struct ms_run_about about = {.name = (char *)(given ? given : name),
                                     .author = (char *)cli_get(values, "author"),
                                     .command = command.data,
                                     .keep_epochs = keep_epochs,
                                     .origin = origin};
  enum ms_status status = ms_text_status(&command, "command");
  if (status == MS_OK)
    status = ms_about_write(&about, text);
  ms_text_free(&command);
  return status;
}

/* ---- Before and after ---- */

static void print_plan(const struct session *s, const struct ms_session *session) {
  const struct ms_config *c = s->plan.config;
  int column = print_item(printf("mnist_simd %s", MS_VERSION), "kernels %s", ms_isa());
  print_item(column, "%zu thread%s\n", ms_threads(), plural_s(ms_threads()));
  column = print_item(printf("data      "), "%s: %zu training", s->data_folder, session->split.train.n);
  column = print_item(column, "%zu validation", c->val);
  if (s->plan.data->test.n > 0)
    column =
        print_item(column, "%zu test images%s", s->plan.data->test.n, s->plan.without_test ? " (not looked at)" : "");
  else
    column = print_item(column, "no test images");
  column = print_item(column, "%zu x %zu pixels", session->split.train.rows, session->split.train.cols);
  print_item(column, "%zu classes\n", session->split.train.n_classes);
  printf("          read as %s\n", s->plan.data->description);
  print_settings(s->plan.preset, c);
  printf("output    %s\n", s->plan.folder);
  print_storage(session->is_durable, session->is_locked);
  if (session->saver.checkpoint) {
    size_t epoch, step;
    ms_checkpoint_position(session->saver.checkpoint, &epoch, &step);
    if (s->origin)
      printf("from      %s, the model of epoch %zu, with %s\n", s->origin->folder, s->origin->epoch,
             s->origin->has_moments ? "Adam's moments" : "moments of 0");
    else
      printf("going on  in epoch %zu, after step %zu\n", epoch, step);
  }
  putchar('\n');
  fflush(stdout);
}

/* Files in the order of their classes: training would never see some of them. */
static void warn(const struct session *s, const struct ms_session *session) {
  char classes[MS_CLASSES_TEXT_SIZE];
  const struct ms_dataset *train = &session->split.train;
  if (ms_unseen_classes(train, &session->split.validation, classes)[0])
    cli_error(
        s->command,
        "warning: validation images are of classes that training images lack (%s): if the file is in the order of "
        "its classes, draw them with --val-shuffle",
        classes);
  if (!s->plan.without_test && ms_unseen_classes(train, &s->plan.data->test, classes)[0])
    cli_error(s->command, "warning: test images are of classes that training images lack (%s)", classes);
}

static void print_outcome(const struct ms_session *session, enum ms_status status) {
  const struct ms_train_result *r = &session->run.result;
  if (status != MS_OK)
    printf("\n%s%s\n", ms_error_message(), r->epochs_run > 0 && ms_console_stop() ? ": evaluating what is kept" : "");
  if (r->epochs_run == 0) {
    printf("No epoch was finished: there is no model yet.\n");
    return;
  }
  if (r->stopped_early)
    printf("\nStopped early: no improvement in %zu epoch%s.", session->plan.config->patience,
           plural_s(session->plan.config->patience));
  printf("\nKept: the model of epoch %zu. %zu epoch%s in %.1f s, median %.3f s.\n", r->model_epoch, r->epochs_run,
         plural_s(r->epochs_run), r->elapsed_s, r->epoch_seconds_median);
}

static void print_evaluations(const struct ms_session *session) {
  const struct ms_run *run = &session->run;
  if (run->has_test)
    print_tables(&run->test, session->plan.data->class_names, ms_console_columns(SIZE_MAX));
  printf("\nTraining accuracy %.2f %% (dropout off)\n", 100 * run->train.accuracy);
  if (run->has_validation)
    printf("Validation accuracy %.2f %%\n", 100 * run->validation.accuracy);
  if (run->has_test)
    print_test(&run->test);
  printf("Weights SHA-256 %s\n", run->weights_sha256);
  int column = printf("Saved in %s: %s", session->plan.folder, MS_MODEL_FILE);
  column = print_item(column, "%s", MS_METRICS_FILE);
  column = print_item(column, "%s", MS_TIMES_FILE);
  print_item(column, "%s\n", MS_SUMMARY_FILE);
}

/* What is kept of a run that has not come to its end, and how to go on. */
static void print_left(const struct session *s, const struct ms_session *session, enum ms_status status) {
  const struct ms_checkpoint_saver *k = &session->saver;
  if (status == MS_OK)
    return;
  if (ms_session_left_earlier_run(session))
    printf("\nModel, metrics and summary of the earlier run in %s are as they were.\n", s->plan.folder);
  if (!ms_session_left_checkpoint(session))
    return;
  if (status == MS_ERROR_NUMERIC && k->n_saved > 0)
    printf("\nThe last checkpoint in %s is of epoch %zu, step %zu: its weights are finite, but the same loss lies "
           "ahead of "
           "it.\nBegin anew with other settings and --force, or in another folder.\n",
           s->plan.folder, k->epoch, k->step);
  if (status != MS_ERROR_NUMERIC && s->print_resume) {
    static const char *const data_options[] = {"data", "split", "transpose", "val-data"};
    char word[SHELL_WORD_SIZE];
    printf("\nA checkpoint is kept. To go on: %s train", shell_word(word, cli_program));
    printf(" --resume %s", shell_word(word, s->plan.folder));
    for (size_t i = 0; i < sizeof data_options / sizeof data_options[0]; ++i) {
      const char *value = cli_get(s->values, data_options[i]);
      if (value)
        printf(" --%s %s", data_options[i], shell_word(word, value));
    }
    putchar('\n');
  }
}

/* ---- Training ---- */

struct observed {
  struct progress progress;
  struct ms_checkpoint_saver *saver;
};

static void on_step(void *context, const struct ms_step *step) {
  struct observed *o = context;
  signals_pass_on(o->saver, &o->progress.line);
  progress_step(&o->progress, step);
}

static enum ms_status on_epoch(void *context, const struct ms_epoch *epoch) {
  progress_epoch(&((struct observed *)context)->progress, epoch);
  return MS_OK;
}

static int train_and_save(const struct session *s, struct ms_session *session) {
  struct observed o = {.saver = &session->saver};
  const struct ms_observer observer = {.context = &o, .step = on_step, .epoch = on_epoch, .stop = signals_stop};
  size_t epoch = 1, step = 0;
  if (session->saver.checkpoint)
    ms_checkpoint_position(session->saver.checkpoint, &epoch, &step);
  ms_console_catch();
  progress_start(&o.progress, s->plan.config->epochs, session->split.train.n, epoch, step * s->plan.config->batch);
  enum ms_status status = ms_session_train(session, &observer);
  live_line_clear(&o.progress.line);
  int exit_code = EXIT_SUCCESS;
  if (status == MS_STOPPED)
    exit_code = 128 + ms_console_stop();
  else if (status == MS_ERROR_NUMERIC)
    exit_code = EXIT_FAILURE;
  else if (status != MS_OK)
    exit_code = cli_fail(s->command, status);
  if (status == MS_OK || status == MS_STOPPED || status == MS_ERROR_NUMERIC)
    print_outcome(session, status);

  const enum ms_status saved = session->run.network ? ms_session_save(session) : MS_OK;
  if (session->is_saved)
    print_evaluations(session);
  if (saved != MS_OK) {
    exit_code = cli_fail(s->command, saved);
    status = saved;
  }
  print_left(s, session, status);
  return exit_code;
}

int session_train(const struct session *s) {
  const size_t n_validation = s->plan.config->val, n = s->plan.data->train.n;
  if (n_validation >= n) {
    cli_error(s->command,
              "--val: %zu validation images of the %zu training images in %s leave none to train on: at most %zu",
              n_validation, n, s->data_folder, n - 1);
    ms_checkpoint_free(s->plan.from);
    return EXIT_USAGE;
  }
  struct ms_session session;
  const enum ms_status status = ms_session_open(&s->plan, &session);
  if (session.damaged[0])
    cli_error(s->command, "%s", session.damaged);
  if (status != MS_OK)
    return cli_fail(s->command, status);
  print_plan(s, &session);
  warn(s, &session);
  const int exit_code = train_and_save(s, &session);
  ms_session_close(&session);
  return exit_code;
}
