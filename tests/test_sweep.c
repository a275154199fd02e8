/* Sweep files and plans. That runs are done, and done once, is test_sweep.sh's. */
#define _POSIX_C_SOURCE 200809L /* unlink */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/platform/files.h"
#include "runtime/sweep/setting_name.h"
#include "tests/harness.h"
#include "tests/sweep_files.h"

static const char *folder; /* of the case */

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
  test_read_sweep(folder,
                  "# what it is\r\n\n  preset\tregularised   # the report's\n"
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
  test_read_sweep(
      folder,
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

/* As editors of other systems write it: a byte-order mark, lines that end in CR LF. */
static void other_editors(void) {
  folder = test_folder();
  struct ms_sweep_spec spec;
  const char *path = test_write_sweep(folder, "\xef\xbb\xbfpreset regularised\r\nmode grid\r\nvary l1 0 1e-6\r\n");
  CHECK_MESSAGE(ms_sweep_spec_read(path, &spec, NULL) == MS_OK, "%s", ms_error_message());
  CHECK(strcmp(spec.preset, "regularised") == 0 && spec.n_axes == 1 && spec.axes[0].n_values == 2);
  ms_sweep_spec_free(&spec);
  unlink(path);
  path = test_write_sweep(folder, "\xef\xbb\xbf");
  CHECK(ms_sweep_spec_read(path, &spec, NULL) == MS_ERROR_ARGUMENT && strstr(ms_error_message(), "no preset line"));
  unlink(path);
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
    {"preset regularised\nmode grid\nvary hidden 5,4 3\nvary dropout 0,0.1\n", {":4: vary dropout", "1 hidden layer:"}},
    {"preset regularised\nmode grid\nvary val 0 10\n", {"val 0: patience is 5", "val"}},
    {"preset unregularised\nmode grid\nvary l1 0\nvary l1:1 0\n", {":4: vary l1:1", "line 3"}},
};

static void refused(void) {
  folder = test_folder();
  struct ms_sweep_spec spec;
  struct ms_sweep_plan plan;
  for (size_t i = 0; i < sizeof wrong_files / sizeof wrong_files[0]; ++i) {
    const char *path = test_write_sweep(folder, wrong_files[i].text);
    test_context("sweep file %zu: %s", i, wrong_files[i].text);
    enum ms_status status = ms_sweep_spec_read(path, &spec, NULL);
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

/* All that is wrong in a file, once each, in as many lines as are useful. */
static void all_problems(void) {
  folder = test_folder();
  struct ms_sweep_spec spec;
  struct ms_text problems = {0};
  const char *path = test_write_sweep(folder, "preset fnal\nset epoks 20\nsede 1\nset lr 1\nseeds 1 1\nvary l1\n");
  CHECK(ms_sweep_spec_read(path, &spec, &problems) == MS_ERROR_ARGUMENT && !spec.words);
  static const char *const words[] = {":1: preset 'fnal': unknown (did you mean 'final'?)",
                                      ":2: 'epoks' is no setting (did you mean 'epochs'?)",
                                      ":3: 'sede'",
                                      ":5: seed 1 is there twice",
                                      ":6: vary: a setting and the values",
                                      ": has no mode line"};
  const char *line = problems.data;
  CHECK(strncmp(ms_error_message(), line, strcspn(line, "\n")) == 0);
  for (size_t i = 0; i < sizeof words / sizeof words[0]; ++i, line += strcspn(line, "\n") + 1)
    CHECK_MESSAGE(strncmp(line, path, strlen(path)) == 0 &&
                      strncmp(line + strlen(path), words[i], strlen(words[i])) == 0,
                  "'%s' is not in: %s", words[i], line);
  CHECK(*line == '\0');
  ms_text_free(&problems);
  unlink(path);

  path = test_write_sweep(folder, "preset final\nset lr 5e5\nset val 10 10\nmode grid\nvary l1 0 x\n");
  CHECK(ms_sweep_spec_read(path, &spec, &problems) == MS_ERROR_ARGUMENT);
  CHECK_MESSAGE(strstr(problems.data, ":2: lr") && strstr(problems.data, ":3: set"), "%s", problems.data);
  ms_text_free(&problems);
  path = test_write_sweep(folder, "preset final\nmode grid\nvary l1 0 x\nvary l2 0 1e-3\nvary epochs/val 0/1 1/x\n");
  CHECK(ms_sweep_spec_read(path, &spec, &problems) == MS_ERROR_ARGUMENT);
  CHECK_MESSAGE(strstr(problems.data, ":3: vary l1: l1: 'x'") && !strstr(problems.data, ":4:") &&
                    strstr(problems.data, ":5: vary epochs/val: epochs: '0'") &&
                    strstr(problems.data, ":5: vary epochs/val: val: 'x'"),
                "%s", problems.data);
  ms_text_free(&problems);
  unlink(path);

  path = write_repeated("", "word\n", 1000);
  CHECK(ms_sweep_spec_read(path, &spec, &problems) == MS_ERROR_ARGUMENT);
  CHECK_MESSAGE(strstr(problems.data, ":20: 'word'") && !strstr(problems.data, ":21:") &&
                    strstr(problems.data, ": and 981 more\n"), /* and no preset */
                "%s", problems.data);
  ms_text_free(&problems);
  unlink(path);
}

static void absurd(void) {
  folder = test_folder();
  struct ms_sweep_spec spec;
  struct ms_sweep_plan plan;
  const char *head = "preset unregularised\nmode grid\n";
  /* 10^20 combinations, 100,000 values of each of 20 settings. */
  const char *path = write_repeated(head, "vary l1 0 0 0 0 0 0 0 0 0 0\n", 20);
  CHECK(ms_sweep_spec_read(path, &spec, NULL) == MS_ERROR_ARGUMENT);
  path = write_repeated("preset unregularised\nmode one-at-a-time\n", "vary l1 0 1\n", 65);
  CHECK(ms_sweep_spec_read(path, &spec, NULL) == MS_ERROR_ARGUMENT && strstr(ms_error_message(), ":67: more than 64"));
  path = write_repeated("preset unregularised\nmode one-at-a-time\nvary l1 ", "0 ", 1000000);
  CHECK_MESSAGE(ms_sweep_spec_read(path, &spec, NULL) == MS_OK, "%s", ms_error_message());
  CHECK(ms_sweep_plan_make(&spec, &plan) == MS_ERROR_ARGUMENT && strstr(ms_error_message(), "1000000 runs"));
  ms_sweep_spec_free(&spec);
  char many[1200] = "preset unregularised\nmode grid\n";
  static const char *const names[] = {"l1", "l2",     "dropout", "maxnorm",  "epochs",        "batch",
                                      "lr", "hidden", "val",     "patience", "input-dropout", "min-delta"};
  for (size_t i = 0; i < 12; ++i)
    sprintf(many + strlen(many), "vary %s 1 1 1 1 1 1 1 1 1 1\n", names[i]);
  CHECK(ms_sweep_spec_read(test_write_sweep(folder, many), &spec, NULL) == MS_OK);
  CHECK(ms_sweep_plan_make(&spec, &plan) == MS_ERROR_ARGUMENT && strstr(ms_error_message(), "more than"));
  ms_sweep_spec_free(&spec);
  path = write_repeated("preset unregularised # ", "x", 9 << 20);
  CHECK(ms_sweep_spec_read(path, &spec, NULL) == MS_ERROR_DATA && strstr(ms_error_message(), "bytes"));
  test_write_file(path, "preset final\nset l1 0\0 1\n", 25);
  CHECK(ms_sweep_spec_read(path, &spec, NULL) == MS_ERROR_ARGUMENT && strstr(ms_error_message(), ":2: holds a 0 byte"));
  CHECK(ms_sweep_spec_read(folder, &spec, NULL) == MS_ERROR_DATA);
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
    if (ms_sweep_spec_read(path, &spec, NULL) != MS_OK) {
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

static const struct test_case cases[] = {
    {"one_at_a_time", one_at_a_time},
    {"grid", grid},
    {"ids", ids},
    {"other_editors", other_editors},
    {"refused", refused},
    {"all_problems", all_problems},
    {"absurd", absurd},
    {"fuzzed", fuzzed},
};

TEST_MAIN(cases)
