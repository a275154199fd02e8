/* Lines of a sweep's results, and what they say. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/platform/files.h"
#include "runtime/sweep/result_line.h"
#include "tests/harness.h"
#include "tests/sweep_files.h"

static const char *folder; /* of the case */

static struct ms_sweep_result finished(void) {
  struct ms_sweep_result run = {.contract = 2,
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
static void check_again(const struct ms_sweep_result *run) {
  struct ms_text line = {0}, again = {0}, time = {0};
  struct ms_sweep_result *read, read_time = {0};
  CHECK(ms_sweep_result_line(run, &line) == MS_OK && ms_sweep_time_line(run, &time) == MS_OK);
  CHECK(line.data[line.length - 1] == '\n' && strchr(line.data, '\n') == line.data + line.length - 1);
  CHECK_MESSAGE(ms_sweep_result_parse("here:1", line.data, line.length - 1, &read) == MS_OK, "%s", ms_error_message());
  CHECK(ms_sweep_result_line(read, &again) == MS_OK);
  CHECK_MESSAGE(strcmp(line.data, again.data) == 0, "%s%s", line.data, again.data);
  CHECK(read->failed == run->failed && read->epochs_run == run->epochs_run && read->val_accuracy == run->val_accuracy &&
        read->stopped_early == run->stopped_early && strcmp(read->message, run->message) == 0);
  CHECK(ms_sweep_time_parse("here:1", time.data, time.length - 1, &read_time) == MS_OK);
  CHECK(strcmp(read_time.id, run->id) == 0 && read_time.seconds == 0.25 && strcmp(read_time.cpu, run->cpu) == 0);
  ms_sweep_result_free(read);
  ms_text_free(&line);
  ms_text_free(&again);
  ms_text_free(&time);
}

static void result_lines(void) {
  struct ms_sweep_result run = finished();
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
static const struct {
  const char *from, *to;
} line_changes[] = {
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

static void bad_results(void) {
  struct ms_sweep_result run = finished(), *read;
  struct ms_text line = {0};
  CHECK(ms_sweep_result_line(&run, &line) == MS_OK);
  for (size_t i = 0; i < sizeof line_changes / sizeof line_changes[0]; ++i) {
    struct ms_text bad = {0};
    const char *at = strstr(line.data, line_changes[i].from);
    CHECK_MESSAGE(at, "%s is not in %s", line_changes[i].from, line.data);
    ms_text_add_bytes(&bad, line.data, (size_t)(at - line.data));
    ms_text_add(&bad, line_changes[i].to);
    ms_text_add(&bad, at + strlen(line_changes[i].from));
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
      ms_sweep_result_free(read);
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
  test_write_sweep(folder, "preset regularised\n");
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
  test_read_sweep(folder, text, &sweep->spec, &sweep->plan);
  CHECK_MESSAGE(sweep->plan.n_runs == n, "%zu runs", sweep->plan.n_runs);
  sweep->result_of = calloc(n, sizeof *sweep->result_of);
  CHECK(sweep->result_of != NULL);
  for (size_t i = 0; i < n; ++i) {
    if (accuracy[i] == -2)
      continue;
    struct ms_sweep_result *run = calloc(1, sizeof *run);
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

static const struct test_case cases[] = {
    {"result_lines", result_lines},
    {"bad_results", bad_results},
    {"absurd_results", absurd_results},
    {"summary", summary},
};

TEST_MAIN(cases)
