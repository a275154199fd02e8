/* Sweep files, plans, lines of results and what they say. That runs are done, and done once, is test_sweep.sh's. */
#define _POSIX_C_SOURCE 200809L /* setenv */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/platform/files.h"
#include "runtime/run/sweep_line.h"
#include "runtime/run/sweep_setting.h"
#include "runtime/run/sweep_shard.h"
#include "tests/harness.h"

static const char *folder; /* of the case */

static const char *write_sweep(const char *text) {
  static char path[MS_PATH_SIZE];
  snprintf(path, sizeof path, "%s/sweep.txt", folder);
  test_write_file(path, text, strlen(text));
  return path;
}

static void read_sweep(const char *text, struct ms_sweep_spec *spec, struct ms_sweep_plan *plan) {
  const char *path = write_sweep(text);
  CHECK_MESSAGE(ms_sweep_spec_read(path, spec) == MS_OK, "%s", ms_error_message());
  CHECK_MESSAGE(ms_sweep_plan_make(spec, plan) == MS_OK, "%s", ms_error_message());
  unlink(path);
}

/* The run's value of a setting, as text. */
static void check_setting(const struct ms_sweep_spec *spec, const struct ms_sweep_plan *plan, size_t run,
                          const char *name, const char *expected) {
  struct ms_config *config;
  char value[MS_SETTING_SIZE], id[MS_SWEEP_ID_SIZE];
  CHECK(run < plan->n_runs);
  CHECK(ms_sweep_config(spec, plan->jobs[run].point, plan->jobs[run].seed, &config) == MS_OK);
  ms_config_get(config, name, value);
  CHECK_MESSAGE(strcmp(value, expected) == 0, "run %zu: %s is %s, must be %s", run, name, value, expected);
  ms_sweep_id(config, id);
  CHECK(strcmp(id, plan->jobs[run].id) == 0);
  CHECK(ms_sweep_find(plan, id) == run);
  ms_config_free(config);
}

static void one_at_a_time(void) {
  folder = test_folder();
  struct ms_sweep_spec spec;
  struct ms_sweep_plan plan;
  /* A list set before "hidden", blanks and CRLF, values that are the base's, the same value in other words. */
  read_sweep("# what it is\r\n\n  preset\tregularised   # the report's\n"
             "set dropout 0.1,0.2,0.3\nset hidden 30,20,10\nset dropout:2 0.25\n"
             "vary lr 0.001 0.00025 1e-3\nmode one-at-a-time\nseeds 7 1\n"
             "vary dropout:1 0.5 0.1\nvary epochs/patience 10/5 20/10\nvary hidden 8 8,4,2",
             &spec, &plan);
  CHECK(spec.n_axes == 4 && spec.n_seeds == 2 && spec.mode == MS_SWEEP_ONE_AT_A_TIME);
  CHECK(spec.axes[2].n_parts == 2 && spec.axes[0].line == 7 && strcmp(spec.axes[0].values[2], "1e-3") == 0);
  CHECK_MESSAGE(plan.n_points == 10 && plan.n_seeds == 2, "%zu points", plan.n_points);
  CHECK_MESSAGE(plan.n_runs == 14, "%zu runs, but three points repeat others", plan.n_runs);
  check_setting(&spec, &plan, 0, "dropout", "0.1,0.25,0.3");
  check_setting(&spec, &plan, 0, "seed", "7");
  check_setting(&spec, &plan, 1, "seed", "1");
  check_setting(&spec, &plan, 2, "lr", "0.001");
  check_setting(&spec, &plan, 4, "dropout", "0.5,0.25,0.3");
  check_setting(&spec, &plan, 4, "lr", "0.00025");
  check_setting(&spec, &plan, 6, "patience", "5");
  check_setting(&spec, &plan, 8, "epochs", "20");
  check_setting(&spec, &plan, 8, "patience", "10");
  check_setting(&spec, &plan, 10, "hidden", "8");
  check_setting(&spec, &plan, 10, "dropout", "0.1");
  check_setting(&spec, &plan, 12, "hidden", "8,4,2");

  CHECK_MESSAGE(plan.run_of[2 * 2] == 0, "lr 0.00025 is the base");
  CHECK_MESSAGE(plan.run_of[3 * 2 + 1] == plan.run_of[1 * 2 + 1], "1e-3 is 0.001");
  CHECK(ms_sweep_point_of(&spec, 1, 0) == 4 && ms_sweep_value_at(&spec, 4, 1) == 0);
  CHECK(ms_sweep_value_at(&spec, 4, 0) == MS_SWEEP_NONE && ms_sweep_value_at(&spec, 0, 0) == MS_SWEEP_NONE);
  CHECK(ms_sweep_find(&plan, "0000000000000000") == MS_SWEEP_NONE);
  char text[64], cut[8];
  ms_sweep_describe(&spec, 0, text, sizeof text);
  CHECK(strcmp(text, "base") == 0);
  ms_sweep_describe(&spec, 6, text, sizeof text);
  CHECK_MESSAGE(strcmp(text, "epochs/patience 10/5") == 0, "%s", text);
  ms_sweep_describe(&spec, 6, cut, sizeof cut);
  CHECK(strcmp(cut, "epochs/") == 0);
  ms_sweep_plan_free(&plan);
  ms_sweep_spec_free(&spec);
}

static void grid(void) {
  folder = test_folder();
  struct ms_sweep_spec spec;
  struct ms_sweep_plan plan;
  /* dropout's three values fit none but the hidden layers of the grid; 'dropout:2' and 'dropout:1' are apart. */
  read_sweep(
      "preset unregularised\nmode grid\nvary dropout:2 0 0.5\nvary hidden 30,20,10 5,4,3\nvary dropout:1 0 0.1 0.2\n"
      "vary l1 0,0,1e-6",
      &spec, &plan);
  CHECK(plan.n_points == 12 && plan.n_runs == 12);
  check_setting(&spec, &plan, 0, "dropout", "0");
  check_setting(&spec, &plan, 2, "dropout", "0.2,0,0");
  check_setting(&spec, &plan, 3, "hidden", "5,4,3");
  check_setting(&spec, &plan, 11, "dropout", "0.2,0.5,0");
  check_setting(&spec, &plan, 11, "l1", "0,0,1e-06");
  char text[80];
  ms_sweep_describe(&spec, 11, text, sizeof text);
  CHECK_MESSAGE(strcmp(text, "dropout:2 0.5, hidden 5,4,3, dropout:1 0.2, l1 0,0,1e-6") == 0, "%s", text);
  ms_sweep_plan_free(&plan);
  ms_sweep_spec_free(&spec);
}

/* The id is that of all settings as text, whatever way they were come by. */
static void ids(void) {
  struct ms_config *config;
  char id[MS_SWEEP_ID_SIZE], other[MS_SWEEP_ID_SIZE];
  CHECK(ms_config_preset("unregularised", &config) == MS_OK);
  ms_sweep_id(config, id);
  CHECK(strlen(id) == 16 && strspn(id, "0123456789abcdef") == 16);
  static const char *const changes[][2] = {{"seed", "1"},          {"epochs", "16"},     {"lr", "0.00026"},
                                           {"hidden", "1024,513"}, {"val", "9999"},      {"dropout", "0,0.1"},
                                           {"schedule", "cosine"}, {"min-delta", "0.1"}, {"monitor", "val_loss"}};
  for (size_t i = 0; i < sizeof changes / sizeof changes[0]; ++i) {
    char before[MS_SETTING_SIZE];
    ms_config_get(config, changes[i][0], before);
    CHECK(ms_config_set(config, changes[i][0], changes[i][1]) == MS_OK);
    ms_sweep_id(config, other);
    CHECK_MESSAGE(strcmp(id, other) != 0, "%s does not show in the id", changes[i][0]);
    CHECK(ms_config_set(config, changes[i][0], before) == MS_OK);
    ms_sweep_id(config, other);
    CHECK(strcmp(id, other) == 0);
  }
  ms_config_free(config);
}

static const struct {
  const char *text, *words[2];
} wrong_files[] = {
    {"", {"no preset line", "preset unregularised"}},
    {"preset best-ever\n", {":1: ", "'best-ever'"}},
    {"preset final final\n", {":1: ", "one name"}},
    {"preset final\npreset final", {":2: ", "second preset"}},
    {"preset final\nvari l1 0", {":2: ", "'vari'"}},
    {"preset final\nset\n", {":2: ", "set epochs 20"}},
    {"preset final\nset l1\n", {":2: ", "set epochs 20"}},
    {"preset final\nset l1 0 1\n", {":2: ", "vary line"}},
    {"preset final\nset l1 x\n", {":2: l1", "'x'"}},
    {"preset final\nset l3 0\n", {":2: 'l3'", "dropout"}},
    {"preset final\nset l1 0\nset l1 1", {":3: l1", "line 2"}},
    {"preset final\nset lr:1 0.1\n", {":2: lr:1", "not a setting of a layer"}},
    {"preset final\nset l1:0 0.1\n", {":2: l1:0", "1 to 64"}},
    {"preset final\nset l1: 0.1\n", {":2: l1:", "1 to 64"}},
    {"preset final\nset l1:3 0.1\n", {":2: l1:3", "2 hidden layers"}},
    {"preset final\nset l1:1 0.1,0.1\n", {":2: l1:1", "single value"}},
    {"preset final\nset seed 3\n", {":2: seed", "seeds 1 2 3"}},
    {"preset final\nseeds\n", {":2: seeds", "seeds 1 2 3"}},
    {"preset final\nseeds 1 -2\n", {":2: seed", "'-2'"}},
    {"preset final\nseeds 1 2 1\n", {":2: seed 1", "twice"}},
    {"preset final\nseeds 1\nseeds 2\n", {":3: ", "line 2"}},
    {"preset final\nmode random\n", {":2: mode", "grid"}},
    {"preset final\nmode grid grid\n", {":2: mode", "grid"}},
    {"preset final\nmode grid\nmode grid\n", {":3: ", "line 2"}},
    {"preset final\nvary l1 0\n", {"no mode line", "one-at-a-time"}},
    {"preset final\nmode grid\nvary l1\n", {":3: vary", "values to try"}},
    {"preset final\nmode grid\nvary\n", {":3: vary", "values to try"}},
    {"preset final\nmode grid\nvary seed 1 2\n", {":3: seed", "seeds 1 2 3"}},
    {"preset final\nmode grid\nvary l1/ 1/2\n", {":3: vary l1/", "joined by '/'"}},
    {"preset final\nmode grid\nvary l1/l2 1/2/3\n", {":3: vary l1/l2", "'1/2/3' must have 2"}},
    {"preset final\nmode grid\nvary l1/l2 1/\n", {":3: vary l1/l2", "'1/' must have 2"}},
    {"preset final\nmode grid\nvary l1 1/2\n", {":3: vary l1", "'1/2' must have 1"}},
    {"preset final\nmode grid\nvary l1/l1 1/2\n", {":3: vary l1/l1", "twice"}},
    {"preset final\nset l1 \x01\n", {":2: ", "control character"}},
    /* What only the plan sees. */
    {"preset final\n", {"base: val is 0", "set val 10000"}},
    {"preset regularised\nmode grid\nvary lr 0.1 9e9\n", {":3: vary lr", "'9e9'"}},
    {"preset regularised\nmode one-at-a-time\nvary hidden 5\nvary dropout:3 0.1\n", {":4: vary dropout:3", "2 hidden"}},
    {"preset regularised\nmode grid\nvary hidden 5,4 3\nvary dropout 0,0.1\n",
     {":4: vary dropout", "must have 1 or 1"}},
    {"preset regularised\nmode grid\nvary val 0 10\n", {"val 0: patience is 5", "val"}},
    {"preset unregularised\nmode grid\nvary l1 0\nvary l1:1 0\n", {":4: vary l1:1", "line 3"}},
};

static void refused(void) {
  folder = test_folder();
  struct ms_sweep_spec spec;
  struct ms_sweep_plan plan;
  for (size_t i = 0; i < sizeof wrong_files / sizeof wrong_files[0]; ++i) {
    const char *path = write_sweep(wrong_files[i].text);
    test_context("sweep file %zu: %s", i, wrong_files[i].text);
    enum ms_status status = ms_sweep_spec_read(path, &spec);
    if (status == MS_OK) {
      status = ms_sweep_plan_make(&spec, &plan);
      CHECK_MESSAGE(status != MS_OK, "was taken: %s", wrong_files[i].text);
      ms_sweep_spec_free(&spec);
    }
    CHECK(status == MS_ERROR_ARGUMENT && !spec.words && !spec.base);
    CHECK_MESSAGE(strncmp(ms_error_message(), path, strlen(path)) == 0, "%s", ms_error_message());
    for (size_t w = 0; w < 2; ++w)
      CHECK_MESSAGE(strstr(ms_error_message(), wrong_files[i].words[w]) != NULL, "'%s' is not in: %s",
                    wrong_files[i].words[w], ms_error_message());
    unlink(path);
  }
}

/* A file of `count` times the text behind `head`. */
static const char *write_repeated(const char *head, const char *text, size_t count) {
  static char path[MS_PATH_SIZE];
  const size_t size = strlen(head) + strlen(text) * count;
  char *all = malloc(size + 1), *end;
  CHECK(all != NULL);
  end = all + sprintf(all, "%s", head);
  for (size_t i = 0; i < count; ++i, end += strlen(text))
    memcpy(end, text, strlen(text));
  snprintf(path, sizeof path, "%s/big.txt", folder);
  test_write_file(path, all, size);
  free(all);
  return path;
}

static void absurd(void) {
  folder = test_folder();
  struct ms_sweep_spec spec;
  struct ms_sweep_plan plan;
  const char *head = "preset unregularised\nmode grid\n";
  /* 10^20 combinations, 100,000 values of each of 20 settings. */
  const char *path = write_repeated(head, "vary l1 0 0 0 0 0 0 0 0 0 0\n", 20);
  CHECK(ms_sweep_spec_read(path, &spec) == MS_ERROR_ARGUMENT);
  path = write_repeated("preset unregularised\nmode one-at-a-time\n", "vary l1 0 1\n", 65);
  CHECK(ms_sweep_spec_read(path, &spec) == MS_ERROR_ARGUMENT && strstr(ms_error_message(), ":67: more than 64"));
  path = write_repeated("preset unregularised\nmode one-at-a-time\nvary l1 ", "0 ", 1000000);
  CHECK_MESSAGE(ms_sweep_spec_read(path, &spec) == MS_OK, "%s", ms_error_message());
  CHECK(ms_sweep_plan_make(&spec, &plan) == MS_ERROR_ARGUMENT && strstr(ms_error_message(), "1000000 runs"));
  ms_sweep_spec_free(&spec);
  char many[1200] = "preset unregularised\nmode grid\n";
  static const char *const names[] = {"l1", "l2",     "dropout", "maxnorm",  "epochs",        "batch",
                                      "lr", "hidden", "val",     "patience", "input-dropout", "min-delta"};
  for (size_t i = 0; i < 12; ++i)
    sprintf(many + strlen(many), "vary %s 1 1 1 1 1 1 1 1 1 1\n", names[i]);
  CHECK(ms_sweep_spec_read(write_sweep(many), &spec) == MS_OK);
  CHECK(ms_sweep_plan_make(&spec, &plan) == MS_ERROR_ARGUMENT && strstr(ms_error_message(), "more than"));
  ms_sweep_spec_free(&spec);
  path = write_repeated("preset unregularised # ", "x", 9 << 20);
  CHECK(ms_sweep_spec_read(path, &spec) == MS_ERROR_DATA && strstr(ms_error_message(), "bytes"));
  test_write_file(path, "preset final\nset l1 0\0 1\n", 25);
  CHECK(ms_sweep_spec_read(path, &spec) == MS_ERROR_ARGUMENT && strstr(ms_error_message(), ":2: holds a 0 byte"));
  CHECK(ms_sweep_spec_read(folder, &spec) == MS_ERROR_DATA);
}

/* Any bytes, and any change to a good file: an error or a spec, never a crash. */
static void fuzzed(void) {
  folder = test_folder();
  static const char good[] =
      "preset regularised\nset hidden 8,4\nseeds 1 2\nmode grid\nvary l1/l2:2 0/1 1e-6/0.5\nvary "
      "dropout:1 0.1 0.2 # x\nvary epochs 1 2\n";
  static const char letters[] = " \n\t#/:,.-09e\0presetvaryseedsmodegridl1l2dropout";
  size_t n_good = 0, n_refused = 0;
  for (int i = 0; i < 3000; ++i) {
    char text[2 * sizeof good];
    size_t n = sizeof good - 1;
    memcpy(text, good, n);
    for (size_t changes = test_random_below(3); changes > 0; --changes) {
      const size_t at = test_random_below(n);
      if (test_random_below(3) == 0 && n < sizeof text - 1) {
        memmove(text + at + 1, text + at, n - at);
        ++n;
      }
      text[at] = letters[test_random_below(sizeof letters - 1)];
    }
    struct ms_sweep_spec spec;
    struct ms_sweep_plan plan;
    char path[MS_PATH_SIZE];
    snprintf(path, sizeof path, "%s/fuzz.txt", folder);
    test_write_file(path, text, n);
    if (ms_sweep_spec_read(path, &spec) != MS_OK) {
      ++n_refused;
      continue;
    }
    if (ms_sweep_plan_make(&spec, &plan) == MS_OK) {
      ++n_good;
      ms_sweep_plan_free(&plan);
    } else {
      ++n_refused;
    }
    ms_sweep_spec_free(&spec);
  }
  CHECK_MESSAGE(n_good > 100 && n_refused > 100, "%zu good, %zu refused", n_good, n_refused);
}

/* ---- Results ---- */

static struct ms_sweep_run finished(void) {
  struct ms_sweep_run run = {.contract = 2,
                             .data = "0123456789abcdef",
                             .epochs_run = 15,
                             .best_epoch = 12,
                             .model_epoch = 15,
                             .stopped_early = true,
                             .train_accuracy = 1.0,
                             .train_loss = 0.1,
                             .val_accuracy = 0.9843,
                             .val_loss = 1.0 / 3,
                             .seconds = 0.25,
                             .threads = 2,
                             .isa = "avx2",
                             .cpu = "a \"quoted\" name"};
  memset(run.weights_sha256, 'a', 64);
  CHECK(ms_config_preset("regularised", &run.config) == MS_OK);
  CHECK(ms_config_set(run.config, "lr", "0.1234567890123456789") == MS_OK);
  ms_sweep_id(run.config, run.id);
  return run;
}

/* A line, read and written again, is the same line. */
static void check_again(const struct ms_sweep_run *run) {
  struct ms_text line = {0}, again = {0}, time = {0};
  struct ms_sweep_run *read, read_time = {0};
  CHECK(ms_sweep_result_line(run, &line) == MS_OK && ms_sweep_time_line(run, &time) == MS_OK);
  CHECK(line.data[line.length - 1] == '\n' && strchr(line.data, '\n') == line.data + line.length - 1);
  CHECK_MESSAGE(ms_sweep_result_parse("here:1", line.data, line.length - 1, &read) == MS_OK, "%s", ms_error_message());
  CHECK(ms_sweep_result_line(read, &again) == MS_OK);
  CHECK_MESSAGE(strcmp(line.data, again.data) == 0, "%s%s", line.data, again.data);
  CHECK(read->failed == run->failed && read->epochs_run == run->epochs_run && read->val_accuracy == run->val_accuracy &&
        read->stopped_early == run->stopped_early && strcmp(read->message, run->message) == 0);
  CHECK(ms_sweep_time_parse("here:1", time.data, time.length - 1, &read_time) == MS_OK);
  CHECK(strcmp(read_time.id, run->id) == 0 && read_time.seconds == 0.25 && strcmp(read_time.cpu, run->cpu) == 0);
  ms_sweep_run_free(read);
  ms_text_free(&line);
  ms_text_free(&again);
  ms_text_free(&time);
}

static void result_lines(void) {
  struct ms_sweep_run run = finished();
  check_again(&run);
  CHECK(ms_config_set(run.config, "hidden", "none") == MS_OK);
  ms_sweep_id(run.config, run.id);
  check_again(&run);
  run.failed = true;
  strcpy(run.message, "epoch 3, step 2: the loss is not finite: train with a smaller lr (it is 10)");
  run.epochs_run = 0;
  run.stopped_early = false;
  run.val_accuracy = 0;
  check_again(&run);
  ms_config_free(run.config);
}

/* Lines that are no results, each one change away from a good one. */
static void bad_results(void) {
  static const struct {
    const char *from, *to;
  } changes[] = {
      {"{", "["},
      {"},\"status\"", ",\"status\""},
      {"\"id\":\"", "\"id\":\"0"},
      {"\"contract\":2", "\"contract\":\"2\""},
      {"\"contract\":2", "\"contract\":2,\"contract\":2"},
      {"\"contract\":2,", ""},
      {"0123456789abcdef", "0123456789abcdeF"},
      {"0123456789abcdef", "0123456789abcdef0"},
      {"\"batch\":\"512\"", "\"batch\":512"},
      {"\"batch\":\"512\"", "\"batch\":\"0\""},
      {"\"batch\":\"512\"", "\"batch\":\"511\""}, /* not of this id */
      {"\"batch\":\"512\",", ""},
      {"\"batch\":\"512\"", "\"batch\":\"512\",\"momentum\":\"0.9\""},
      {"\"status\":\"finished\"", "\"status\":\"fine\""},
      {"\"status\":\"finished\"", "\"status\":\"failed\""},
      {"\"status\":\"finished\"", "\"status\":\"failed\",\"message\":\"a\\u001b[2J\""},
      {"\"epochs_run\":15", "\"epochs_run\":-1"},
      {"\"epochs_run\":15", "\"epochs_run\":1e3"},
      {"\"epochs_run\":15", "\"epochs_run\":99999999999999999999"},
      {"\"best_epoch\":12", "\"best_epoch\":16"},
      {"\"accuracy\":1.0", "\"accuracy\":1.5"},
      {"\"accuracy\":1.0", "\"accuracy\":NaN"},
      {"\"accuracy\":1.0", "\"accuracy\":\"1\""},
      {"\"loss\":0.1", "\"loss\":-0.1"},
      {"\"loss\":0.1", "\"loss\":1e999"},
      {"aaaa", "aaa"},
      {"aaaa", "aaag"},
      {"aaaa", "aa\\u0000"},
  };
  struct ms_sweep_run run = finished(), *read;
  struct ms_text line = {0};
  CHECK(ms_sweep_result_line(&run, &line) == MS_OK);
  for (size_t i = 0; i < sizeof changes / sizeof changes[0]; ++i) {
    struct ms_text bad = {0};
    const char *at = strstr(line.data, changes[i].from);
    CHECK_MESSAGE(at, "%s is not in %s", changes[i].from, line.data);
    ms_text_add_bytes(&bad, line.data, (size_t)(at - line.data));
    ms_text_add(&bad, changes[i].to);
    ms_text_add(&bad, at + strlen(changes[i].from));
    CHECK_MESSAGE(ms_sweep_result_parse("here:7", bad.data, bad.length - 1, &read) == MS_ERROR_DATA && !read,
                  "taken: %s", bad.data);
    CHECK_MESSAGE(strncmp(ms_error_message(), "here:7: ", 8) == 0, "%s", ms_error_message());
    ms_text_free(&bad);
  }
  /* Cut anywhere, and with any byte changed: refused, or a result still, never a crash. */
  for (size_t n = 0; n + 1 < line.length; ++n)
    CHECK(ms_sweep_result_parse("here:7", line.data, n, &read) == MS_ERROR_DATA);
  for (int i = 0; i < 20000; ++i) {
    const size_t at = test_random_below(line.length - 1);
    const char kept = line.data[at];
    line.data[at] = (char)test_random();
    if (ms_sweep_result_parse("here:7", line.data, line.length - 1, &read) == MS_OK)
      ms_sweep_run_free(read);
    line.data[at] = kept;
  }
  ms_text_free(&line);
  ms_config_free(run.config);
}

/* Deep nesting, a huge line, no newline at all. */
static void absurd_results(void) {
  folder = test_folder();
  char path[MS_PATH_SIZE];
  struct ms_sweep sweep;
  write_sweep("preset regularised\n");
  snprintf(path, sizeof path, "%s/results.jsonl", folder);
  enum { N = 1 << 20 };
  char *text = malloc(N);
  CHECK(text != NULL);
  memset(text, '[', N);
  text[N - 1] = '\n';
  test_write_file(path, text, N);
  CHECK(ms_sweep_read(folder, &sweep) == MS_ERROR_DATA && strstr(ms_error_message(), "results.jsonl:1: "));
  memset(text, 0, N - 1);
  test_write_file(path, text, N);
  CHECK(ms_sweep_read(folder, &sweep) == MS_ERROR_DATA);
  test_write_file(path, text, N - 1); /* as after a power failure: a line that was never finished */
  CHECK_MESSAGE(ms_sweep_read(folder, &sweep) == MS_OK && sweep.n_results == 0, "%s", ms_error_message());
  ms_sweep_free(&sweep);
  free(text);
}

/* ---- What they say ---- */

/* A sweep whose runs have the validation accuracies given, in sweep order; -1: failed, -2: not done. */
static void make_results(const char *text, const double *accuracy, size_t n, struct ms_sweep *sweep) {
  memset(sweep, 0, sizeof *sweep);
  read_sweep(text, &sweep->spec, &sweep->plan);
  CHECK_MESSAGE(sweep->plan.n_runs == n, "%zu runs", sweep->plan.n_runs);
  sweep->runs = calloc(n, sizeof *sweep->runs);
  CHECK(sweep->runs != NULL);
  for (size_t i = 0; i < n; ++i) {
    if (accuracy[i] == -2)
      continue;
    struct ms_sweep_run *run = calloc(1, sizeof *run);
    CHECK(run != NULL);
    memcpy(run->id, sweep->plan.jobs[i].id, sizeof run->id);
    run->failed = accuracy[i] == -1;
    run->val_accuracy = run->failed ? 0 : accuracy[i];
    run->train_accuracy = run->failed ? 0 : 1;
    CHECK(ms_sweep_add(sweep, run) == MS_OK);
  }
}

static void summary(void) {
  folder = test_folder();
  static const double accuracy[] = {0.90,
                                    0.92,
                                    /* base */ 0.91,
                                    0.93,
                                    0.95,
                                    0.97,
                                    0.94,
                                    0.97, /* l1, three values */
                                    0.5,
                                    -1,
                                    0.99,
                                    -2,
                                    /* l2 */ 0.92,
                                    0.90 /* lr */};
  struct ms_sweep sweep;
  struct ms_sweep_mean m;
  size_t order[16], n;
  make_results("preset regularised\nset l1 0\nset l2 0\nset lr 0.1\nseeds 1 2\nmode one-at-a-time\nvary l1 1e-6 1e-5 "
               "1e-4\nvary l2 1e-6 1e-5\nvary lr 0.1 0.2\n",
               accuracy, 14, &sweep);
  CHECK(sweep.n_done == 13 && sweep.n_failed == 1);
  ms_sweep_point_mean(&sweep, 0, &m);
  CHECK(m.n_runs == 2 && m.n_finished == 2 && fabs(m.val_accuracy - 0.91) < 1e-12 && m.val_min == 0.90 &&
        m.val_max == 0.92 && fabs(m.val_sd - sqrt(0.0002)) < 1e-12 && m.train_accuracy == 1);
  ms_sweep_value_mean(&sweep, 1, 0, &m);
  CHECK(m.n_finished == 1 && m.n_failed == 1 && m.val_accuracy == 0.5 && m.val_sd == 0);
  ms_sweep_value_mean(&sweep, 2, 0, &m);
  CHECK_MESSAGE(m.n_finished == 2 && fabs(m.val_accuracy - 0.91) < 1e-12, "lr 0.1 is the base");
  /* 0.92, 0.96, 0.955: the mean falls at the third. The first value of l2 failed with one seed. lr falls nowhere. */
  CHECK(ms_sweep_step_back(&sweep, 0) == 1);
  CHECK(ms_sweep_step_back(&sweep, 1) == MS_SWEEP_NONE);
  CHECK(ms_sweep_step_back(&sweep, 2) == 1);
  CHECK(ms_sweep_rank(&sweep, order, &n) == MS_OK && n == 5);
  CHECK_MESSAGE(order[0] == 2 && order[1] == 3 && order[2] == 1 && order[3] == 0 && order[4] == 7,
                "%zu %zu %zu %zu %zu", order[0], order[1], order[2], order[3], order[4]);
  ms_sweep_free(&sweep);

  static const double grid_accuracy[] = {0.1, 0.2, 0.3, 0.4, -1, 0.6};
  make_results("preset regularised\nmode grid\nvary l1 0 1\nvary l2 0 1 2\n", grid_accuracy, 6, &sweep);
  ms_sweep_value_mean(&sweep, 0, 1, &m);
  CHECK(m.n_runs == 3 && m.n_finished == 2 && m.n_failed == 1 && fabs(m.val_accuracy - 0.5) < 1e-12);
  ms_sweep_value_mean(&sweep, 1, 0, &m);
  CHECK(m.n_runs == 2 && fabs(m.val_accuracy - 0.25) < 1e-12);
  ms_sweep_free(&sweep);
}

/* ---- Shards ---- */

static const struct {
  const char *option;
  const char *variables; /* "NAME=VALUE NAME=VALUE" */
  size_t k, n;           /* 0: refused */
  const char *words;     /* in the source, or the beginning of the message */
} launches[] = {
    {NULL, "", 1, 1, ""},
    {"3/7", "", 3, 7, "--shard"},
    {"1/1", "PMI_RANK=2 PMI_SIZE=3", 1, 1, "--shard"},
    {"0/7", "", 0, 0, "shard: '0/7'"},
    {"8/7", "", 0, 0, "shard: '8/7'"},
    {"8", "", 0, 0, "shard: '8'"},
    {"1/", "", 0, 0, "shard: '1/'"},
    {"/1", "", 0, 0, "shard: '/1'"},
    {"1/1000001", "", 0, 0, "shard: "},
    {NULL, "OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=4", 1, 4, "OMPI_COMM_WORLD_RANK"},
    {NULL, "OMPI_COMM_WORLD_RANK=3 OMPI_COMM_WORLD_SIZE=4 PMIX_RANK=3", 4, 4, "OMPI_COMM_WORLD_RANK"},
    {NULL, "OMPI_COMM_WORLD_RANK=4 OMPI_COMM_WORLD_SIZE=4", 0, 0, "OMPI_COMM_WORLD_RANK: is 4"},
    {NULL, "OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=0", 0, 0, "OMPI_COMM_WORLD_RANK: is 0"},
    {NULL, "OMPI_COMM_WORLD_RANK=0", 0, 0, "OMPI_COMM_WORLD_SIZE: is not set"},
    {NULL, "OMPI_COMM_WORLD_SIZE=2", 0, 0, "OMPI_COMM_WORLD_RANK: is not set"},
    {NULL, "OMPI_COMM_WORLD_RANK=x OMPI_COMM_WORLD_SIZE=2", 0, 0, "OMPI_COMM_WORLD_RANK: 'x'"},
    {NULL, "OMPI_COMM_WORLD_RANK=-1 OMPI_COMM_WORLD_SIZE=2", 0, 0, "OMPI_COMM_WORLD_RANK: '-1'"},
    {NULL, "PMI_RANK=1 PMI_SIZE=99999999999", 0, 0, "PMI_SIZE: '99999999999'"},
    {NULL, "PMI_RANK=1 PMI_SIZE=2000000", 0, 0, "PMI_RANK: makes 2000000"},
    {NULL, "PMI_RANK=1 PMI_SIZE=4 OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=4", 2, 4, "OMPI_COMM_WORLD_RANK"},
    {NULL, "PMI_RANK=2 PMI_SIZE=4 OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=4", 0, 0, "OMPI_COMM_WORLD_RANK: says"},
    {NULL, "PMIX_RANK=1", 0, 0, "PMIX_RANK: is set"},
    /* A batch script has a SLURM_PROCID, too, but is no step. */
    {NULL, "SLURM_PROCID=0 SLURM_NTASKS=4", 1, 1, ""},
    {NULL, "SLURM_STEP_ID=0 SLURM_PROCID=1 SLURM_STEP_NUM_TASKS=4 PMIX_RANK=1", 2, 4, "SLURM_PROCID"},
    {NULL, "SLURM_STEP_ID=0 SLURM_PROCID=1", 0, 0, "SLURM_STEP_NUM_TASKS: is not set"},
    /* mpirun within a step of its own. */
    {NULL, "SLURM_STEP_ID=0 SLURM_PROCID=1 SLURM_STEP_NUM_TASKS=2 OMPI_COMM_WORLD_RANK=5 OMPI_COMM_WORLD_SIZE=8", 6, 8,
     "OMPI_COMM_WORLD_RANK"},
    {NULL, "SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=7 SLURM_ARRAY_TASK_COUNT=3", 3, 3,
     "SLURM_ARRAY_TASK_ID"},
    {NULL, "SLURM_ARRAY_TASK_ID=5 SLURM_ARRAY_TASK_MIN=5 SLURM_ARRAY_TASK_MAX=5 SLURM_ARRAY_TASK_COUNT=1", 1, 1,
     "SLURM_ARRAY_TASK_ID"},
    {NULL, "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=7 SLURM_ARRAY_TASK_COUNT=3", 0, 0,
     "SLURM_ARRAY_TASK_ID: 3"},
    {NULL, "SLURM_ARRAY_TASK_ID=8 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=7 SLURM_ARRAY_TASK_COUNT=7", 0, 0,
     "SLURM_ARRAY_TASK_ID: 8"},
    {NULL, "SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=7 SLURM_ARRAY_TASK_COUNT=0", 0, 0,
     "SLURM_ARRAY_TASK_ID: 1"},
    {NULL, "SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_MAX=7 SLURM_ARRAY_TASK_COUNT=7", 0, 0,
     "SLURM_ARRAY_TASK_MIN: is not"},
    {NULL,
     "SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=4 SLURM_ARRAY_TASK_COUNT=3 PMI_RANK=3 "
     "PMI_SIZE=5",
     9, 15, "SLURM_ARRAY_TASK_ID and PMI_RANK"},
};

static void shards(void) {
  static const char *const names[] = {"OMPI_COMM_WORLD_RANK",
                                      "OMPI_COMM_WORLD_SIZE",
                                      "PMI_RANK",
                                      "PMI_SIZE",
                                      "PMIX_RANK",
                                      "SLURM_PROCID",
                                      "SLURM_NTASKS",
                                      "SLURM_STEP_ID",
                                      "SLURM_STEP_NUM_TASKS",
                                      "SLURM_ARRAY_TASK_ID",
                                      "SLURM_ARRAY_TASK_MIN",
                                      "SLURM_ARRAY_TASK_MAX",
                                      "SLURM_ARRAY_TASK_COUNT"};
  for (size_t i = 0; i < sizeof launches / sizeof launches[0]; ++i) {
    for (size_t j = 0; j < sizeof names / sizeof names[0]; ++j)
      unsetenv(names[j]);
    char variables[512];
    strcpy(variables, launches[i].variables);
    for (char *word = strtok(variables, " "); word; word = strtok(NULL, " ")) {
      char *equals = strchr(word, '=');
      *equals = '\0';
      setenv(word, equals + 1, 1);
    }
    struct ms_sweep_shard shard;
    char source[MS_SWEEP_SOURCE_SIZE];
    test_context("--shard %s, %s", launches[i].option ? launches[i].option : "(none)", launches[i].variables);
    const enum ms_status status = ms_sweep_shard_find(launches[i].option, &shard, source);
    if (launches[i].n == 0) {
      CHECK_MESSAGE(status == MS_ERROR_ARGUMENT, "taken for %zu of %zu", shard.k, shard.n);
      CHECK_MESSAGE(strncmp(ms_error_message(), launches[i].words, strlen(launches[i].words)) == 0, "%s",
                    ms_error_message());
    } else {
      CHECK_MESSAGE(status == MS_OK, "%s", ms_error_message());
      CHECK_MESSAGE(shard.k == launches[i].k && shard.n == launches[i].n, "%zu of %zu", shard.k, shard.n);
      CHECK_MESSAGE(strcmp(source, launches[i].words) == 0, "%s", source);
    }
  }
}

static const struct test_case cases[] = {
    {"one_at_a_time", one_at_a_time},
    {"grid", grid},
    {"ids", ids},
    {"refused", refused},
    {"absurd", absurd},
    {"fuzzed", fuzzed},
    {"result_lines", result_lines},
    {"bad_results", bad_results},
    {"absurd_results", absurd_results},
    {"summary", summary},
    {"shards", shards},
};

TEST_MAIN(cases)
