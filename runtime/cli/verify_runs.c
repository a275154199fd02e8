/* Runs trained again and compared with what their folders claim. */
#include "runtime/cli/verify_runs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/cli/data.h"
#include "runtime/cli/predictions.h"
#include "runtime/cli/print.h"
#include "runtime/cli/progress.h"
#include "runtime/cli/signals.h"
#include "runtime/platform/c_locale.h"
#include "runtime/platform/clock.h"
#include "runtime/platform/console.h"
#include "runtime/platform/error.h"
#include "runtime/platform/parse.h"
#include "runtime/platform/system.h"
#include "runtime/run/folder.h"
#include "runtime/run/replay.h"
#include "runtime/run/verified.h"
#include "runtime/sweep/shard.h"

enum outcome { VERIFIED, IN_PART, DIFFERS, NOT_HERE, OTHER_CONTRACT, UNREADABLE, NOT_DONE };
static const char *const outcomes[] = {"verified", "in part",    "differs", "not here",
                                       "contract", "unreadable", "not done"};

struct task {
  const struct cli_values *values;
  const struct ms_data *data;
  size_t first, last; /* the epochs of a spot check; 0: of whole runs, or chosen at random */
  bool is_spot_check, is_csv;
  struct progress progress;
  size_t n_runs, n_verified;
};

/* ---- Output ---- */

/* run: NULL where it could not be read. Its figures are printed where they are proved. */
static void print_row(const struct task *t, const char *folder, enum outcome outcome, const char *what, double seconds,
                      const struct ms_run *run) {
  if (!t->is_csv) {
    char name[MS_PATH_SIZE];
    snprintf(name, sizeof name, "%s", folder);
    ms_remove_controls(name);
    printf("%-10s  %s: %s, %.1f s\n", outcomes[outcome], name, what, seconds);
  } else {
    struct ms_text text = {0};
    add_csv_text(&text, folder);
    ms_text_printf(&text, ",%s,", outcomes[outcome]);
    add_csv_text(&text, what);
    ms_text_printf(&text, ",%.1f,", seconds);
    if (outcome == VERIFIED && run->has_test)
      ms_text_printf(&text, "%.15g", run->test.accuracy);
    ms_text_printf(&text, ",%s\n", outcome == VERIFIED ? run->weights_sha256 : "");
    fputs(ms_text_status(&text, "row") == MS_OK ? text.data : "\n", stdout);
    ms_text_free(&text);
  }
  fflush(stdout);
}

static void show_step(void *context, const struct ms_step *step) {
  struct task *t = context;
  if (!t->is_csv) /* a launcher may give each of its processes a terminal */
    progress_step(&t->progress, step);
}

/* ---- A run ---- */

/* predictions.csv of the folder, where there is one, against what the model says: its first line that differs. */
static enum ms_status compare_predictions(const char *folder, const struct ms_run *run, const struct ms_dataset *images,
                                          char difference[MS_DIFFERENCE_SIZE]) {
  char path[MS_PATH_SIZE];
  uint8_t *bytes;
  size_t n_bytes, line = 1;
  struct ms_text text = {0};
  MS_TRY(ms_path_join(path, folder, MS_PREDICTIONS_FILE));
  if (!ms_exists(path) || images->n == 0)
    return MS_OK;
  enum ms_status status = add_predictions(&text, run->network, images);
  if (status == MS_OK)
    status = ms_file_read(path, SIZE_MAX / 2, &bytes, &n_bytes);
  if (status != MS_OK) {
    ms_text_free(&text);
    return status;
  }
  size_t at = 0;
  while (at < n_bytes && at < text.length && bytes[at] == (uint8_t)text.data[at])
    line += bytes[at++] == '\n';
  if (at < n_bytes || at < text.length)
    snprintf(difference, MS_DIFFERENCE_SIZE, MS_PREDICTIONS_FILE ": line %zu is not what the model predicts", line);
  free(bytes);
  ms_text_free(&text);
  return MS_OK;
}

/* One of the parts that the kept checkpoints make, by chance: who is checked does not know which. */
static enum ms_status choose_part(const struct task *t, const char *folder, const struct ms_run *run, size_t *first,
                                  size_t *last, size_t *n_parts) {
  struct ms_replay_range *parts;
  size_t n, chance = 0;
  *n_parts = 0;
  *first = t->first;
  *last = t->last;
  if (t->first > 0)
    return MS_OK;
  MS_TRY(ms_replay_parts(folder, run, &parts, &n));
  const bool is_read = ms_os_random(&chance, sizeof chance);
  if (is_read && n > 0) {
    *first = parts[chance % n].first;
    *last = parts[chance % n].last;
    *n_parts = n;
  }
  free(parts);
  return is_read && n > 0
             ? MS_OK
             : ms_fail(MS_ERROR_DATA, "%s: has no checkpoint to begin a spot check from: verify all of it", folder);
}

static enum ms_status replay(struct task *t, const char *folder, const struct ms_run *run, struct ms_replay *r,
                             struct ms_verified *v, size_t *n_parts) {
  *n_parts = 0;
  v->is_whole = !t->is_spot_check;
  v->first = 1;
  v->last = run->n_epochs;
  if (t->is_spot_check)
    MS_TRY(choose_part(t, folder, run, &v->first, &v->last, n_parts));
  progress_start(&t->progress, run->config->epochs, run->train.n, v->first, 0);
  enum ms_status status =
      t->is_spot_check ? ms_replay_part(folder, run, v->first, v->last, r) : ms_replay(folder, run, r);
  live_line_clear(&t->progress.line);
  if (status == MS_OK && !r->difference[0] && !t->is_spot_check)
    status = compare_predictions(folder, run, &t->data->test, r->difference);
  return status;
}

/* What passed: "epochs 1 to 50 of 50, test accuracy 98.46 %". */
static void describe(const struct ms_run *run, const struct ms_verified *v, size_t n_parts,
                     char text[MS_DIFFERENCE_SIZE]) {
  int length = snprintf(text, MS_DIFFERENCE_SIZE, "epochs %zu to %zu of %zu", v->first, v->last, run->n_epochs);
  if (run->interrupted)
    length +=
        snprintf(text + length, (size_t)(MS_DIFFERENCE_SIZE - length), ", interrupted before %zu", run->config->epochs);
  if (n_parts > 0)
    snprintf(text + length, (size_t)(MS_DIFFERENCE_SIZE - length), ", one of %zu part%s", n_parts, plural_s(n_parts));
  else if (v->is_whole && run->has_test)
    ms_snprintf(text + length, (size_t)(MS_DIFFERENCE_SIZE - length), ", test accuracy %.2f %%",
                100 * run->test.accuracy);
  else if (v->is_whole)
    snprintf(text + length, (size_t)(MS_DIFFERENCE_SIZE - length), ", without a test");
}

/* The run's files, which must not change between their digests and their reading. */
static enum ms_status read_run(const char *folder, struct ms_run *run, struct ms_verified *v) {
  struct ms_verified after;
  MS_TRY(ms_run_read(folder, run)); /* its message says what is missing */
  ms_run_free(run);
  MS_TRY(ms_verified_digest(folder, v));
  MS_TRY(ms_run_read(folder, run));
  enum ms_status status = ms_verified_digest(folder, &after);
  if (status == MS_OK && memcmp(v->sha256, after.sha256, sizeof v->sha256) != 0)
    status = ms_fail(MS_ERROR_DATA, "%s: its files change while they are read", folder);
  if (status != MS_OK)
    ms_run_free(run);
  return status;
}

/* A spot check leaves the word of a whole verification of these very files as it is. */
static enum ms_status write_verified(const char *folder, const struct ms_verified *v) {
  struct ms_verified before;
  MS_TRY(ms_verified_read(folder, &before));
  return v->passed && !v->is_whole && before.state == MS_VERIFIED && before.passed && before.is_whole
             ? MS_OK
             : ms_verified_write(folder, v);
}

/* Returns whether it was stopped. */
static bool verify_run(struct task *t, const char *folder) {
  const struct ms_observer observer = {.context = t, .step = show_step, .stop = signals_stop};
  struct ms_replay r = {.data = t->data, .observer = &observer};
  struct ms_verified v = {0};
  struct ms_run run;
  char what[MS_DIFFERENCE_SIZE];
  size_t n_parts = 0;
  const double start = ms_clock_s();
  snprintf(t->progress.name, sizeof t->progress.name, "run %zu: ", ++t->n_runs);
  enum ms_status status = read_run(folder, &run, &v);
  const bool is_read = status == MS_OK;
  if (is_read)
    status = replay(t, folder, &run, &r, &v, &n_parts);
  v.passed = status == MS_OK && !r.difference[0];
  const enum outcome outcome = v.passed                              ? v.is_whole ? VERIFIED : IN_PART
                               : status == MS_OK                     ? r.is_not_here ? NOT_HERE : DIFFERS
                               : status == MS_ERROR_UNSUPPORTED      ? OTHER_CONTRACT
                               : status == MS_ERROR_DATA && !is_read ? UNREADABLE
                                                                     : NOT_DONE;
  if (v.passed)
    describe(&run, &v, n_parts, what);
  else
    snprintf(what, sizeof what, "%s", status == MS_OK ? r.difference : ms_error_message());
  ms_remove_controls(what);
  print_row(t, folder, outcome, what, ms_clock_s() - start, is_read ? &run : NULL);
  t->n_verified += v.passed;
  if (outcome <= DIFFERS) {
    snprintf(v.difference, sizeof v.difference, "%.*s", (int)sizeof v.difference - 1, r.difference);
    if (write_verified(folder, &v) != MS_OK)
      cli_error(t->values->command, "warning: %s", ms_error_message());
  }
  if (is_read)
    ms_run_free(&run);
  return status == MS_STOPPED;
}

/* ---- All runs ---- */

static bool choose(struct task *t, struct ms_sweep_shard *shard, char source[MS_SWEEP_SOURCE_SIZE]) {
  const struct cli_values *values = t->values;
  const char *given = cli_get(values, "shard"), *epochs = cli_get(values, "epochs");
  if ((given ? ms_sweep_shard_parse(given, shard) : ms_sweep_shard_find(shard, source)) != MS_OK) {
    cli_error(values->command, given ? "--%s" : "%s: give --shard K/N, or --shard 1/1 for all runs",
              ms_error_message());
    return false;
  }
  t->is_csv = cli_get(values, "csv") != NULL;
  t->is_spot_check = cli_get(values, "spot-check") || epochs;
  if (!epochs)
    return true;
  char number[32];
  const size_t length = strcspn(epochs, "-");
  snprintf(number, sizeof number, "%.*s", (int)(length < sizeof number ? length : 0), epochs);
  const char *second = epochs[length] == '-' ? epochs + length + 1 : number;
  if (ms_parse_size(number, &t->first) && ms_parse_size(second, &t->last) && t->first >= 1 && t->first <= t->last)
    return true;
  cli_error(values->command, "--epochs: '%.40s' is not FIRST-LAST, such as 11-20", epochs);
  return false;
}

static void print_head(const struct task *t, const char *data_folder, const struct ms_sweep_shard *shard) {
  if (t->is_csv) {
    if (shard->k == 1) /* the tables of all processes are one */
      puts("run,outcome,what,seconds,test_accuracy,weights_sha256");
    return;
  }
  printf("mnist_simd %s, numerics contract %u, kernels %s, %zu thread%s\ndata      %s\n", MS_VERSION,
         ms_numerics_contract(), ms_isa(), ms_threads(), plural_s(ms_threads()), data_folder);
  if (shard->n > 1)
    printf("shard     %zu of %zu\n", shard->k, shard->n);
  if (t->is_spot_check)
    printf(
        "\nA spot check trains some epochs again, from a checkpoint that the run kept. It proves that these epochs "
        "follow\nfrom that checkpoint, whose weights are those of metrics.csv. It does not prove the epochs before "
        "it, Adam's\nmoments in it, or accuracies. Of N parts chosen by chance, one false part is found in one check "
        "of N.\nWhole runs are verified without --spot-check and --epochs.\n");
  putchar('\n');
}

int verify_runs(const struct cli_values *values) {
  struct task t = {.values = values};
  struct ms_sweep_shard shard;
  char source[MS_SWEEP_SOURCE_SIZE];
  struct ms_data data;
  const char *data_folder;
  if (!choose(&t, &shard, source))
    return EXIT_USAGE;
  const int exit_code = cli_load_data(values, MS_DATA_TEST_IF_THERE, &data, &data_folder);
  if (exit_code != 0)
    return exit_code;
  t.data = &data;
  print_head(&t, data_folder, &shard);
  ms_console_catch();
  bool is_stopped = false;
  for (size_t i = shard.k - 1; !is_stopped && i < values->n_arguments; i += shard.n)
    is_stopped = verify_run(&t, values->arguments[i]);
  if (!t.is_csv)
    printf("\n%zu of %zu run%s verified%s.\nNot checked: " MS_REPLAY_NOT_CHECKED ".\n", t.n_verified, t.n_runs,
           plural_s(t.n_runs), t.is_spot_check ? " in part" : "");
  ms_data_free(&data);
  if (is_stopped)
    return 128 + ms_console_stop();
  return t.n_verified == t.n_runs ? EXIT_SUCCESS : EXIT_FAILURE;
}
