/* mnist_simd train: trains a network, evaluates it and saves the run. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/cli/commands.h"
#include "runtime/cli/data.h"
#include "runtime/cli/options.h"
#include "runtime/cli/print.h"
#include "runtime/cli/train_config.h"
#include "runtime/cli/train_session.h"
#include "runtime/platform/error.h"
#include "runtime/platform/system.h"
#include "runtime/run/folder.h"
#include "runtime/run/origin.h"

static struct cli_command command = {
    .name = "train",
    .arguments = "",
    .summary = "Trains a network on MNIST, evaluates it on the test images and saves the run. Without "
               "options: the report's final\n"
               "configuration. Values per hidden layer are comma lists; a single value serves all hidden "
               "layers.",
    .n_arguments = 0,
};

static int train(const struct cli_values *values, struct session session) {
  struct ms_data data;
  int exit_code = cli_load_data(values, MS_DATA_TEST_IF_THERE, &data, &session.data_folder);
  if (exit_code != 0) {
    ms_checkpoint_free(session.plan.from);
    return exit_code;
  }
  session.values = values;
  session.plan.validation_is_added = cli_get(values, "val-data") != NULL;
  session.plan.data = &data;
  exit_code = session_train(&session);
  ms_data_free(&data);
  return exit_code;
}

/* ---- A new run ---- */

/* The folder for a new run, from --out or the settings; its last part is the default name of the run. */
static int choose_folder(const struct cli_values *values, const char *preset, const struct ms_config *config,
                         char folder[MS_PATH_SIZE], char name[MS_PATH_SIZE]) {
  const enum ms_status status = train_default_folder(preset, config, folder);
  if (status != MS_OK)
    return cli_fail(&command, status);
  strcpy(name, strrchr(folder, '/') + 1);
  const char *out = cli_get(values, "out");
  const int length = out ? snprintf(folder, MS_PATH_SIZE, "%s", out) : 1;
  if (length > 0 && length < MS_PATH_SIZE)
    return 0;
  cli_error(&command, "--out: must be a folder's name of 1 to %d bytes", MS_PATH_SIZE - 1);
  return EXIT_USAGE;
}

/* Whether both are there and one. */
static bool is_same_folder(const char *a, const char *b) {
  struct ms_os_info of_a, of_b;
  return ms_os_info(a, &of_a) && ms_os_info(b, &of_b) && of_a.device == of_b.device && of_a.number == of_b.number;
}

/* origin: of the plan's checkpoint, or NULL. Takes the plan's checkpoint over. */
static int begin(const struct cli_values *values, struct session session, struct ms_run_origin *origin) {
  char folder[MS_PATH_SIZE], name[MS_PATH_SIZE];
  struct ms_text about = {0};
  int exit_code = choose_folder(values, session.plan.preset, session.plan.config, folder, name);
  if (exit_code == 0 && origin && is_same_folder(origin->folder, folder)) {
    cli_error(&command, "--from: %s is the folder of the new run too: choose another with --out", folder);
    exit_code = EXIT_USAGE;
  }
  if (exit_code == 0) {
    const enum ms_status status = session_describe(values, name, session.plan.keep_epochs, origin, &about);
    if (status != MS_OK)
      exit_code = cli_fail(&command, status);
  }
  if (exit_code == 0) {
    session.plan.folder = folder;
    session.plan.about = about.data;
    session.origin = origin;
    session.plan.start = cli_get(values, "force") ? MS_SESSION_OVERWRITE : MS_SESSION_NEW;
    exit_code = train(values, session);
  } else {
    ms_checkpoint_free(session.plan.from);
  }
  ms_text_free(&about);
  return exit_code;
}

static int begin_anew(const struct cli_values *values, struct session session) {
  struct ms_config *config;
  int exit_code = train_config_from_options(values, NULL, &session.plan.preset, &config);
  if (exit_code != 0)
    return exit_code;
  session.plan.config = config;
  exit_code = begin(values, session, NULL);
  ms_config_free(config);
  return exit_code;
}

/* ---- A run that begins from another ---- */

static int begin_from(const struct cli_values *values, struct session session) {
  const char *folder = cli_get(values, "from"), *given;
  struct ms_run run;
  struct ms_config *config;
  if (cli_get(values, "resume") || cli_get(values, "preset")) {
    cli_error(&command, "--from: has the settings of the run it names: leave out --%s",
              cli_get(values, "resume") ? "resume" : "preset");
    return EXIT_USAGE;
  }
  enum ms_status status = ms_run_read(folder, &run);
  if (status != MS_OK)
    return cli_fail(&command, status);
  int exit_code = train_config_from_options(values, run.config, &given, &config);
  if (exit_code == 0 && run.interrupted)
    cli_error(&command, "warning: %s: was interrupted after epoch %zu of %zu: its model is that of epoch %zu", folder,
              run.result.epochs_run, run.config->epochs, run.result.model_epoch);
  if (exit_code == 0) {
    struct ms_run_origin origin = {.folder = (char *)folder, .epoch = run.result.model_epoch};
    memcpy(origin.weights_sha256, run.weights_sha256, sizeof origin.weights_sha256);
    status = ms_origin_find(folder, &run, config, &session.plan.from, &origin.has_moments);
    session.plan.config = config;
    session.plan.preset = run.preset;
    exit_code = status == MS_OK ? begin(values, session, &origin) : cli_fail(&command, status);
    ms_config_free(config);
  }
  ms_run_free(&run);
  return exit_code;
}

/* ---- A run that was stopped ---- */

/* A folder without a checkpoint but with a summary: a run that came to its end, or what is left of one that did not.
 * word: the folder for a shell. */
static int tell_end(const struct cli_values *values, const char *folder, const char *word) {
  struct ms_run run;
  struct ms_config *config;
  const char *given;
  const enum ms_status status = ms_run_read(folder, &run);
  if (status == MS_ERROR_DATA) {
    cli_error(&command, "%s: and %s holds no checkpoint: begin anew with its settings and --out %s --force",
              ms_error_message(), folder, word);
    return EXIT_FAILURE;
  }
  if (status != MS_OK)
    return cli_fail(&command, status);
  int exit_code = train_config_from_options(values, run.config, &given, &config);
  if (exit_code == 0) {
    const char *name = ms_config_difference(run.config, config);
    exit_code = EXIT_FAILURE;
    if (run.interrupted)
      cli_error(&command,
                "%s: its run was stopped after epoch %zu of %zu, but its checkpoints are gone: begin anew with its "
                "settings and --out %s --force",
                folder, run.result.epochs_run, run.config->epochs, word);
    else if (name)
      cli_error(&command, "%s: its run is finished, with another --%s: train into another folder, without --resume",
                folder, name);
    else {
      printf("%s: the run is finished, there is nothing to go on with.\n", folder);
      exit_code = EXIT_SUCCESS;
    }
    ms_config_free(config);
  }
  ms_run_free(&run);
  return exit_code;
}

/* What the folder's run is: the session looks at it again, once it holds the folder. NULL, with the exit code, if
 * there is nothing to go on with. */
static struct ms_checkpoint *look(const struct cli_values *values, const char *folder, int *exit_code) {
  struct ms_checkpoint_pair files;
  struct ms_checkpoint *checkpoint = NULL;
  char damaged[MS_PATH_SIZE], path[MS_PATH_SIZE], word[SHELL_WORD_SIZE];
  *exit_code = EXIT_FAILURE;
  if (!ms_is_folder(folder)) {
    cli_error(&command, "--resume: '%s' is no folder: name the folder of a run that was stopped", folder);
    return NULL;
  }
  if (!ms_os_may_enter(folder)) {
    cli_error(&command, "%s: cannot be read: %s", folder, strerror(errno));
    return NULL;
  }
  shell_word(word, folder);
  enum ms_status status = ms_path_join(path, folder, MS_SUMMARY_FILE);
  if (status == MS_OK)
    status = ms_checkpoint_pair_find(folder, &files, &checkpoint, damaged);
  if (status == MS_ERROR_DATA)
    cli_error(&command,
              "%s: no checkpoint in this folder can be used: begin anew with its settings and --out %s --force",
              damaged, word);
  else if (status != MS_OK)
    *exit_code = cli_fail(&command, status);
  else if (!checkpoint && ms_exists(path))
    *exit_code = tell_end(values, folder, word);
  else if (!checkpoint)
    cli_error(&command,
              "%s: holds no checkpoint: name the folder of a run that was stopped, or begin anew with --out %s%s",
              folder, word, ms_run_folder_is_used(folder) ? " --force" : "");
  return checkpoint;
}

static int resume(const struct cli_values *values, struct session session) {
  int exit_code;
  struct ms_config *config;
  const char *given;
  session.plan.folder = cli_get(values, "resume");
  if (cli_get(values, "out") || cli_get(values, "force")) {
    cli_error(&command, "--resume: goes on in the folder it names: leave out --out and --force");
    return EXIT_USAGE;
  }
  if (cli_get(values, "name") || cli_get(values, "author")) {
    cli_error(&command, "--resume: the run keeps the name and the author it began with: leave out --name and --author");
    return EXIT_USAGE;
  }
  struct ms_checkpoint *checkpoint = look(values, session.plan.folder, &exit_code);
  if (!checkpoint)
    return exit_code;
  exit_code = train_config_from_options(values, ms_checkpoint_config(checkpoint), &given, &config);
  if (exit_code == 0) {
    session.plan.preset = ms_checkpoint_notes(checkpoint).preset;
    session.plan.config = config;
    session.plan.start = MS_SESSION_RESUME;
    exit_code = train(values, session);
    ms_config_free(config);
  }
  ms_checkpoint_free(checkpoint);
  return exit_code;
}

int cmd_train(int argc, char **argv) {
  struct cli_values values;
  struct session session = {.command = &command, .print_resume = true};
  int exit_code;
  const enum ms_status status = train_options(&command.options);
  if (status != MS_OK)
    return cli_fail(&command, status);
  if (!cli_parse(&command, argc, argv, &values, &exit_code))
    return exit_code;
  if (!cli_size(&values, "checkpoint-every", 1, MS_MAX_EPOCHS, &session.plan.checkpoint_epochs) ||
      !cli_size(&values, "keep-checkpoints", 1, MS_MAX_EPOCHS, &session.plan.keep_epochs) ||
      !cli_number(&values, "checkpoint-seconds", 0.001, 1e6, &session.plan.checkpoint_s))
    return EXIT_USAGE;
  exit_code = cli_init(&values);
  if (exit_code == 0)
    exit_code = cli_get(&values, "from")     ? begin_from(&values, session)
                : cli_get(&values, "resume") ? resume(&values, session)
                                             : begin_anew(&values, session);
  ms_shutdown();
  return exit_code;
}
