/* mnist_simd sweep: trains what a sweep file asks for, keeps results as they come, and says which settings did best on
 * validation images. The test images are not read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/kernels.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/data.h"
#include "runtime/cli/options.h"
#include "runtime/cli/print.h"
#include "runtime/cli/signals.h"
#include "runtime/cli/sweep_progress.h"
#include "runtime/cli/sweep_table.h"
#include "runtime/platform/console.h"
#include "runtime/platform/error.h"
#include "runtime/platform/files.h"
#include "runtime/platform/memory.h"
#include "runtime/sweep/result_line.h"
#include "runtime/sweep/results_log.h"
#include "runtime/sweep/shard.h"
#include "runtime/sweep/train_one.h"
#include "runtime/sweep/unfinished.h"

static const struct cli_option options[] = {
    {"out", "DIR", "folder of the results (default: runs/<name of FILE>)"},
    {"shard", "K/N",
     "do part K of N only (default: from the variables of Slurm, Open MPI and PMI, else 1/1);\n"
     "each part writes results of its own"},
    {"merge", NULL, "train nothing: put the results of all parts into one results.jsonl"},
    {"list", NULL, "train nothing: list the runs, and the validation accuracy of those that are done"},
    CLI_THREADS_OPTION,
    CLI_ISA_OPTION,
    CLI_DATA_OPTIONS,
    {0},
};

static const struct cli_command command = {
    .name = "sweep",
    .arguments = "FILE",
    .summary =
        "Trains each combination of settings that a sweep file asks for, and tells which did best on the validation "
        "images.\n"
        "The test images are not read. What is done stays done: the same command goes on where it was interrupted, "
        "also\n"
        "after a change of the file. FILE may be the folder of a sweep. Files to begin with are in sweeps/; one "
        "reads\n\n"
        "  preset unregularised              what all runs begin with, see 'mnist_simd train --help'\n"
        "  set epochs 20                     changes it for all runs; settings are named as the options of train\n"
        "  seeds 1 2 3                       each run once with each seed (default: 42)\n"
        "  mode one-at-a-time                the base, then each vary line by itself; or grid: every combination\n"
        "  vary l2 1e-6 1e-5 1e-4\n"
        "  vary dropout 0.1,0.2 0.6,0.5      a value for each hidden layer\n"
        "  vary dropout:2 0.1 0.2 0.3        the second hidden layer's alone\n"
        "  vary epochs/patience 10/5 50/10   settings that change together",
    .options = options,
    .n_arguments = 1,
};

struct task {
  const char *file; /* as given */
  char folder[MS_PATH_SIZE];
  bool changed; /* the folder was made by another sweep file */
  struct ms_sweep sweep;
  struct ms_sweep_shard shard;
  char source[MS_SWEEP_SOURCE_SIZE]; /* of the shard */
  struct ms_sweep_log log;
  struct ms_data data;
  const char *data_folder;
  struct sweep_progress progress;
  struct ms_checkpoint_saver saver; /* of the run under way */
  size_t n_unable;
};

/* ---- Training ---- */

static void on_step(void *context, const struct ms_step *step) {
  struct task *t = context;
  signals_pass_on(&t->saver, &t->progress.line);
  sweep_progress_step(&t->progress, step);
}

static size_t n_inputs(const struct task *t) {
  return t->data.train.rows * t->data.train.cols;
}

static enum ms_status on_keep(void *context, enum ms_moment moment, const struct ms_train_state *state) {
  return ms_checkpoint_saver_offer(&((struct task *)context)->saver, moment, state);
}

/* Trains it, from where an earlier process was interrupted, and keeps the result. Takes config. */
static enum ms_status train_run(struct task *t, struct ms_config *config, const char *data_id) {
  const struct ms_observer observer = {.context = t, .step = on_step, .stop = signals_stop, .keep = on_keep};
  struct ms_sweep_result *result;
  if (t->saver.checkpoint)
    sweep_progress_resume(&t->progress, t->saver.checkpoint);
  enum ms_status status = ms_sweep_train(config, &t->data.train, data_id, t->saver.checkpoint, &observer, &result);
  if (status == MS_STOPPED || status == MS_ERROR_SYSTEM) /* the latter: no checkpoint can be written, of no run */
    return status;
  if (status != MS_OK) {
    sweep_progress_end(&t->progress, NULL);
    cli_error(&command, "%s: %s", t->progress.name, ms_error_message());
    ++t->n_unable;
    return MS_OK;
  }
  status = ms_sweep_log_add(&t->log, result);
  if (status == MS_OK)
    status = ms_sweep_add(&t->sweep, result);
  if (status == MS_OK)
    sweep_progress_end(&t->progress, result);
  else
    ms_sweep_result_free(result);
  return status;
}

/* A failure of the run itself is told, and the others go on. Any other status ends the sweep. */
static enum ms_status do_run(struct task *t, size_t run, const char *data_id) {
  const struct ms_sweep_job *job = &t->sweep.plan.jobs[run];
  char warning[MS_PATH_SIZE];
  struct ms_config *config;
  MS_TRY(ms_sweep_config(&t->sweep.spec, job->point, job->seed, &config));
  sweep_progress_run(&t->progress, run, config, n_inputs(t));
  enum ms_status status = ms_sweep_unfinished_open(t->folder, job->id, data_id, config, &t->saver, warning);
  if (status != MS_OK) {
    ms_config_free(config);
    return status;
  }
  if (warning[0]) {
    live_line_clear(&t->progress.line);
    cli_error(&command, "%s", warning);
  }
  status = train_run(t, config, data_id);
  if (t->sweep.result_of[run])
    ms_checkpoint_pair_remove(t->saver.folder); /* what stays is removed at the next start */
  ms_checkpoint_saver_close(&t->saver);
  return status;
}

static int do_runs(struct task *t, const char *data_id) {
  ms_console_catch();
  enum ms_status status = sweep_progress_start(&t->progress, &t->sweep, t->shard, n_inputs(t));
  for (size_t run = t->shard.k - 1; status == MS_OK && run < t->sweep.plan.n_runs; run += t->shard.n)
    if (ms_console_stop())
      status = MS_STOPPED;
    else if (!t->sweep.result_of[run])
      status = do_run(t, run, data_id);
    else
      ms_sweep_unfinished_remove(t->folder, t->sweep.plan.jobs[run].id);
  live_line_clear(&t->progress.line);
  if (status == MS_STOPPED) {
    printf("\nInterrupted: %zu of %zu run%s done. The same command goes on from there.\n", t->progress.n_done,
           t->progress.n_runs, plural_s(t->progress.n_runs));
    return 128 + ms_console_stop();
  }
  return status == MS_OK ? 0 : cli_fail(&command, status);
}

/* Wrong settings and other data are told before the first run, not after hours. */
static int check_runs(const struct task *t, const char *data_id) {
  for (size_t run = t->shard.k - 1; run < t->sweep.plan.n_runs; run += t->shard.n) {
    const struct ms_sweep_job *job = &t->sweep.plan.jobs[run];
    struct ms_config *config;
    const enum ms_status status = ms_sweep_config(&t->sweep.spec, job->point, job->seed, &config);
    if (status != MS_OK)
      return cli_fail(&command, status);
    const size_t val = config->val;
    ms_config_free(config);
    if (val >= t->data.train.n) {
      char name[128];
      sweep_run_name(&t->sweep, run, name, sizeof name);
      cli_error(&command, "%s: %s: val is %zu, must be 1 to %zu, one less than the training images", t->file, name, val,
                t->data.train.n - 1);
      return EXIT_USAGE;
    }
  }
  const struct ms_sweep_result *there = t->sweep.n_results > 0 ? t->sweep.results[0] : NULL;
  if (there && (strcmp(there->data, data_id) != 0 || there->contract != MS_CONTRACT_VERSION)) {
    cli_error(&command,
              "%s: its results are of other training data or of a program with another numerics contract: "
              "choose another folder with --out",
              t->folder);
    return EXIT_FAILURE;
  }
  return 0;
}

/* ---- Before and after ---- */

static size_t count_open(const struct task *t) {
  size_t n = 0;
  for (size_t run = t->shard.k - 1; run < t->sweep.plan.n_runs; run += t->shard.n)
    n += !t->sweep.result_of[run];
  return n;
}

static size_t count_runs(const struct task *t) {
  const size_t n = t->sweep.plan.n_runs;
  return n >= t->shard.k ? (n - t->shard.k) / t->shard.n + 1 : 0;
}

static void print_plan(const struct task *t) {
  const struct ms_sweep_spec *spec = &t->sweep.spec;
  const size_t n_points =
      t->sweep.plan.n_runs / t->sweep.plan.n_seeds; /* each once, also where lines repeat the base */
  if (t->source[0])
    printf("shard     %zu of %zu, by %s: %zu of %zu runs\n", t->shard.k, t->shard.n, t->source, count_runs(t),
           t->sweep.plan.n_runs);
  printf("mnist_simd %s, kernels %s, %zu thread%s\n", MS_VERSION, ms_isa(), ms_threads(), plural_s(ms_threads()));
  printf("sweep     %s: %s, %zu %s, %zu %s, %zu run%s\n", t->file,
         spec->mode == MS_SWEEP_GRID ? "grid" : "one at a time", n_points, n_points == 1 ? "point" : "points",
         spec->n_seeds, spec->n_seeds == 1 ? "seed" : "seeds", t->sweep.plan.n_runs, plural_s(t->sweep.plan.n_runs));
  printf("data      %s: %zu training images, the last of them for validation; the test images are not read\n",
         t->data_folder, t->data.train.n);
  if (t->changed)
    printf("          the sweep file has changed: results that still fit are taken over\n");
  printf("output    %s: %zu of %zu run%s done\n", t->folder, count_runs(t) - count_open(t), count_runs(t),
         plural_s(count_runs(t)));
  print_storage(t->log.is_durable, t->log.lock >= 0);
  putchar('\n');
  fflush(stdout);
}

/* All that is there in one file, and what it says; of a shard, how to get there. */
static int finish(struct task *t) {
  const bool whole = t->shard.n == 1;
  char program[SHELL_WORD_SIZE], word[SHELL_WORD_SIZE];
  enum ms_status status = whole ? ms_sweep_merge(t->folder, &t->sweep, &t->log) : MS_OK;
  if (status == MS_OK && whole)
    status = print_sweep(&t->sweep);
  if (status != MS_OK)
    return cli_fail(&command, status);
  if (whole)
    printf("\n%zu of %zu run%s done, %zu of them failed. Results in %s\n", t->sweep.n_done, t->sweep.plan.n_runs,
           plural_s(t->sweep.plan.n_runs), t->sweep.n_failed, t->folder);
  else
    printf("\nPart %zu of %zu: %zu of %zu run%s done. When all parts are: %s sweep %s --merge\n", t->shard.k,
           t->shard.n, count_runs(t) - count_open(t), count_runs(t), plural_s(count_runs(t)),
           shell_word(program, cli_program), shell_word(word, t->folder));
  return 0;
}

static int train(struct task *t, const struct cli_values *values) {
  char data_id[17];
  if (count_open(t) == 0)
    return finish(t);
  int exit_code = cli_load_data(values, MS_DATA_TRAINING, &t->data, &t->data_folder);
  if (exit_code != 0)
    return exit_code;
  ms_sweep_data_id(&t->data.train, data_id);
  exit_code = check_runs(t, data_id);
  if (exit_code != 0)
    return exit_code;
  print_plan(t);
  exit_code = do_runs(t, data_id);
  if (exit_code == 0)
    exit_code = finish(t);
  if (exit_code == 0 && t->n_unable > 0) {
    cli_error(&command, "%zu run%s could not be done here, as told above: the same command tries again", t->n_unable,
              plural_s(t->n_unable));
    exit_code = EXIT_FAILURE;
  }
  return exit_code;
}

static int merge(struct task *t) {
  const int exit_code = finish(t);
  if (exit_code != 0 || t->sweep.n_done == t->sweep.plan.n_runs)
    return exit_code;
  const size_t n_missing = t->sweep.plan.n_runs - t->sweep.n_done;
  cli_error(&command, "%s: %zu run%s missing: start the parts that were not finished again, then merge", t->folder,
            n_missing, n_missing == 1 ? " is" : "s are");
  return EXIT_FAILURE;
}

/* ---- The folder ---- */

static int list(struct task *t) {
  const enum ms_status status = ms_is_folder(t->folder)
                                    ? ms_sweep_load_results(t->folder, &t->sweep)
                                    : ms_allocate(t->sweep.plan.n_runs, sizeof(struct ms_sweep_result *),
                                                  "results of a sweep", &t->sweep.result_of);
  if (status != MS_OK)
    return cli_fail(&command, status);
  print_sweep_runs(&t->sweep, t->shard);
  printf("%zu run%s, %zu to do\n", count_runs(t), plural_s(count_runs(t)), count_open(t));
  return EXIT_SUCCESS;
}

/* Which part is to be done. */
static bool choose_shard(struct task *t, const struct cli_values *values) {
  const char *given = cli_get(values, "merge") ? "1/1" : cli_get(values, "shard");
  const enum ms_status status =
      given ? ms_sweep_shard_parse(given, &t->shard) : ms_sweep_shard_find(&t->shard, t->source);
  if (given)
    strcpy(t->source, "--shard");
  if (status != MS_OK)
    cli_error(&command, given ? "--%s" : "%s: give --shard K/N, or --shard 1/1 for all runs", ms_error_message());
  return status == MS_OK;
}

/* The sweep file, or that of a folder, and the plan made of it. Returns 0 or an exit code, having told the errors. */
static int read_file(struct task *t, bool is_folder) {
  char path[MS_PATH_SIZE];
  struct ms_text problems = {0};
  enum ms_status status = is_folder ? ms_path_join(path, t->file, MS_SWEEP_FILE) : MS_OK;
  if (status == MS_OK)
    status = ms_sweep_spec_read(is_folder ? path : t->file, &t->sweep.spec, &problems);
  if (status == MS_OK)
    status = ms_sweep_plan_make(&t->sweep.spec, &t->sweep.plan);
  if (problems.data)
    for (char *line = strtok(problems.data, "\n"); line; line = strtok(NULL, "\n"))
      cli_error(&command, "%s", line);
  const bool told = problems.data != NULL;
  ms_text_free(&problems);
  return status == MS_OK ? 0 : told ? EXIT_USAGE : cli_fail(&command, status);
}

static int sweep(struct task *t, const struct cli_values *values) {
  const bool is_folder = ms_is_folder(t->file), merging = cli_get(values, "merge") != NULL;
  const char *out = cli_get(values, "out");
  if (!choose_shard(t, values))
    return EXIT_USAGE;
  if (ms_path_check(t->file) != MS_OK)
    return cli_fail(&command, MS_ERROR_ARGUMENT);
  if (!ms_exists(t->file)) {
    cli_error(&command, "%s: there is no such file or folder: name a sweep file, or the folder of a sweep", t->file);
    return EXIT_FAILURE;
  }
  const int exit_code = read_file(t, is_folder);
  if (exit_code != 0)
    return exit_code;

  const char *name = ms_last_part(t->file), *dot = strrchr(name, '.');
  const int length = out || is_folder ? snprintf(t->folder, sizeof t->folder, "%s", out ? out : t->file)
                                      : snprintf(t->folder, sizeof t->folder, "runs/%.*s",
                                                 dot && dot > name ? (int)(dot - name) : (int)strlen(name), name);
  if (length <= 0 || length >= (int)sizeof t->folder) {
    cli_error(&command, "--out: must be a folder's name of 1 to %zu bytes", sizeof t->folder - 1);
    return EXIT_USAGE;
  }
  if (cli_get(values, "list"))
    return list(t);
  if (merging && !ms_is_folder(t->folder)) {
    cli_error(&command, "%s: there is no such folder, nothing to merge: name that of the results with --out",
              t->folder);
    return EXIT_FAILURE;
  }
  enum ms_status status = merging ? MS_OK : ms_make_folder(t->folder);
  if (status == MS_OK)
    status = ms_sweep_open(t->folder, t->shard, &t->sweep, &t->log, &t->changed);
  if (status != MS_OK)
    return cli_fail(&command, status);
  return merging ? merge(t) : train(t, values);
}

int cmd_sweep(int argc, char **argv) {
  struct cli_values values;
  struct task task = {.log = {.results = -1, .times = -1, .lock = -1}};
  int exit_code;
  if (!cli_parse(&command, argc, argv, &values, &exit_code))
    return exit_code;
  task.file = values.arguments[0];
  if (cli_get(&values, "merge") && (cli_get(&values, "shard") || cli_get(&values, "list"))) {
    cli_error(&command, "--merge goes neither with --shard nor with --list");
    return EXIT_USAGE;
  }
  exit_code = cli_init(&values);
  if (exit_code == 0)
    exit_code = sweep(&task, &values);
  ms_sweep_log_close(&task.log);
  ms_sweep_free(&task.sweep);
  ms_data_free(&task.data);
  ms_shutdown();
  return exit_code;
}
