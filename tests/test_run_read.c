/* Reading a run's folder back: what was written is what is read, and nothing that training does not write is taken for
 * a run. */
#define _POSIX_C_SOURCE 200809L /* strdup */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/nn/network.h"
#include "runtime/platform/files.h"
#include "runtime/platform/text.h"
#include "runtime/run/folder.h"
#include "runtime/run/metrics.h"
#include "runtime/run/run_read.h"
#include "tests/harness.h"

enum { EPOCHS = 4, VALIDATION = 100 };

static char folder[256], summary_path[300], metrics_path[300];

/* What a checkpoint may say, which can be anybody's: it adds members, but changes none. */
#define ABOUT                                                                                                          \
  "{\"name\":\"first try\",\"author\":null,\"date\":\"2026-01-31T23:59:59Z\",\"command\":\"mnist_simd train\","        \
  "\"seed\":5,\"weights_sha256\":\"0\",\"keep_epochs\":3,\"from\":{\"folder\":\"a/b\",\"epoch\":7,\"moments\":true,"   \
  "\"weights_sha256\":\"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\"}}"

/* A folder with a run of four epochs, the second of them kept, and the text of its files. */
static void write_run(char **summary, char **metrics) {
  static const size_t units[] = {6, 5, 3};
  struct ms_network *network;
  struct ms_config *config;
  CHECK(ms_init("scalar", 1) == MS_OK);
  CHECK(ms_config_preset("regularised", &config) == MS_OK);
  CHECK(ms_config_set(config, "hidden", "5") == MS_OK && ms_config_set(config, "val", "100") == MS_OK);
  config->seed = ((uint64_t)1 << 53) - 1;
  CHECK(ms_network_create(2, units, &network) == MS_OK);
  ms_network_initialise(network, 1);
  snprintf(folder, sizeof folder, "%s", test_folder());

  struct ms_metrics_log log = {0};
  for (size_t i = 1; i <= EPOCHS; ++i) {
    struct ms_epoch e = {.epoch = i,
                         .train_loss = 1.0 / (double)i,
                         .train_accuracy = 0.9,
                         .has_validation = true,
                         .val_loss = 0.5,
                         .val_accuracy = 0.25};
    memset(e.weights_sha256, 'a', 64);
    if (i == 2)
      ms_network_sha256(network, e.weights_sha256);
    CHECK(ms_metrics_log_add(&log, &e) == MS_OK);
  }
  CHECK(ms_metrics_log_write(&log, folder) == MS_OK);
  double f1[] = {0.25, 0.5, 0.75}, f1_of_test[] = {(double)NAN, 0.5, 0.75};
  struct ms_run run = {.preset = "regularised", .config = config, .network = network, .interrupted = true};
  run.result = (struct ms_train_result){.epochs_run = EPOCHS, .best_epoch = 2, .model_epoch = 2, .elapsed_s = 1.5};
  run.has_validation = run.has_test = true;
  run.train = (struct ms_evaluation){
      .n = 200, .errors = 3, .n_classes = 3, .accuracy = 0.985, .loss = 0.25, .macro_f1 = 0.5, .f1 = f1};
  run.validation = (struct ms_evaluation){
      .n = VALIDATION, .errors = 75, .n_classes = 3, .accuracy = 0.25, .loss = 0.5, .macro_f1 = 0.25, .f1 = f1};
  run.test = (struct ms_evaluation){.n = 50, .errors = 50, .n_classes = 3, .loss = 7, .f1 = f1_of_test};
  memset(run.data_sha256, 'd', 64);
  memset(run.test_sha256, 'e', 64);
  run.data = "IDX, gzip";
  run.class_names[0] = "Stra\xc3\x9f"
                       "e";
  run.class_names[2] = "<b>"; /* class 1 has none */
  ms_network_sha256(network, run.weights_sha256);
  char path[300];
  snprintf(path, sizeof path, "%s/" MS_MODEL_FILE, folder);
  CHECK(ms_network_save(network, path) == MS_OK && ms_run_write_summary(folder, &run, ABOUT, true, 0) == MS_OK);
  snprintf(summary_path, sizeof summary_path, "%s/" MS_SUMMARY_FILE, folder);
  snprintf(metrics_path, sizeof metrics_path, "%s/" MS_METRICS_FILE, folder);
  uint8_t *data;
  size_t n_bytes;
  CHECK(ms_file_read(summary_path, 1 << 20, &data, &n_bytes) == MS_OK);
  *summary = calloc(n_bytes + 1, 1);
  CHECK(*summary);
  memcpy(*summary, data, n_bytes);
  free(data);
  *metrics = strdup(log.metrics.data);
  CHECK(*summary && *metrics);
  ms_metrics_log_free(&log);
  ms_network_free(network);
  ms_config_free(config);
}

static void round_trip(void) {
  char *summary, *metrics;
  struct ms_run run;
  write_run(&summary, &metrics);
  CHECK_MESSAGE(ms_run_read(folder, &run) == MS_OK, "%s", ms_error_message());
  CHECK(strcmp(run.preset, "regularised") == 0 && strcmp(run.isa, "scalar") == 0 && run.threads == 1);
  CHECK(run.interrupted && run.has_validation && run.config->seed == ((uint64_t)1 << 53) - 1);
  CHECK(run.config->n_hidden == 1 && run.config->hidden[0].dropout == 0.6 && run.config->patience == 5);
  CHECK(run.result.epochs_run == EPOCHS && run.result.best_epoch == 2 && run.result.elapsed_s == 1.5);
  CHECK(run.train.n == 200 && run.train.errors == 3 && run.train.accuracy == 0.985 && run.test.loss == 7);
  CHECK(run.test.n_classes == 3 && isnan(run.test.f1[0]) && run.test.f1[1] == 0.5 && run.has_test &&
        strspn(run.data_sha256, "d") == 64);
  CHECK(strcmp(run.data, "IDX, gzip") == 0 && strspn(run.test_sha256, "e") == 64);
  CHECK(strcmp(run.class_names[0], "Stra\xc3\x9f"
                                   "e") == 0 &&
        !run.class_names[1]);
  CHECK(strcmp(run.class_names[2], "<b>") == 0 && !run.class_names[3]);
  CHECK(strcmp(run.about.name, "first try") == 0 && strcmp(run.about.command, "mnist_simd train") == 0);
  CHECK(!run.about.author && !run.about.commit && run.about.keep_epochs == 3 && strlen(run.about.date) == 20);
  CHECK(strcmp(run.about.origin->folder, "a/b") == 0 && run.about.origin->epoch == 7 && run.about.origin->has_moments);
  CHECK(strspn(run.about.origin->weights_sha256, "f") == 64);
  CHECK(run.validation.n == VALIDATION && run.n_epochs == EPOCHS && run.epochs[3].epoch == 4);
  CHECK(run.epochs[3].train_loss == 0.25 && run.epochs[0].val_accuracy == 0.25);
  CHECK(strcmp(run.epochs[1].weights_sha256, run.weights_sha256) == 0 && ms_network_layers(run.network) == 2);
  ms_run_free(&run);
  free(summary);
  free(metrics);
}

/* Names that were written with '_' before. */
static void old_names(void) {
  char *summary, *metrics;
  struct ms_run run;
  write_run(&summary, &metrics);
  for (size_t i = 0; i < 2; ++i) {
    char *at = strstr(summary, i == 0 ? "\"input-dropout\": 0.0" : "\"min-delta\": 0.0001");
    CHECK_MESSAGE(at, "%s", summary);
    *strchr(at, '-') = '_';
  }
  memcpy(strstr(summary, "\"input_dropout\": 0.0") + strlen("\"input_dropout\": "), "0.2", 3);
  test_write_file(summary_path, summary, strlen(summary));
  CHECK_MESSAGE(ms_run_read(folder, &run) == MS_OK, "%s", ms_error_message());
  CHECK(run.config->input_dropout == 0.2 && run.config->min_delta == 0.0001);
  ms_run_free(&run);
  free(summary);
  free(metrics);
}

/* A member with its value, up to the comma or the line that ends it, is taken out of a summary. */
static void take_out(char *summary, const char *name) {
  char *at = strstr(summary, name);
  CHECK_MESSAGE(at, "%s", name);
  char *end = strchr(at, at[strlen(name) + 2] == '[' ? ']' : '\n');
  end = strchr(end, '"');
  memmove(at, end + 1, strlen(end));
}

/* Summaries of before that lack members, and null in their place. */
static void old_summaries(void) {
  char *summary, *metrics;
  struct ms_run run;
  write_run(&summary, &metrics);
  take_out(summary, "data\"");
  take_out(summary, "test_sha256\"");
  take_out(summary, "class_names\"");
  CHECK_MESSAGE(!strstr(summary, "IDX") && !strstr(summary, "<b>"), "%s", summary);
  test_write_file(summary_path, summary, strlen(summary));
  CHECK_MESSAGE(ms_run_read(folder, &run) == MS_OK, "%s", ms_error_message());
  CHECK(!run.data && !run.test_sha256[0] && !run.class_names[0] && strspn(run.data_sha256, "d") == 64);
  ms_run_free(&run);
  free(summary);
  free(metrics);
}

/* Reads the folder with one file's text changed: the first `from` in it becomes `to`. It must be refused in one line
 * that names the file or folder and holds `word`. */
static void refused(const char *path, const char *text, const char *from, const char *to, const char *word) {
  struct ms_text changed = {0};
  struct ms_run run;
  const char *at = strstr(text, from);
  test_context("%s becomes %s", from, to);
  CHECK(at);
  ms_text_add_bytes(&changed, text, (size_t)(at - text));
  ms_text_add(&changed, to);
  ms_text_add(&changed, at + strlen(from));
  test_write_file(path, changed.data, changed.length);
  ms_text_free(&changed);
  CHECK(ms_run_read(folder, &run) == MS_ERROR_DATA && !run.epochs && !run.network && !run.config);
  CHECK_MESSAGE(strncmp(ms_error_message(), folder, strlen(folder)) == 0, "%s", ms_error_message());
  CHECK_MESSAGE(strstr(ms_error_message(), word) && !strchr(ms_error_message(), '\n'), "%s", ms_error_message());
  test_write_file(path, text, strlen(text));
}

static void hostile_summaries(void) {
  static const char *const cases[][3] = {
      {"{", "[", "not JSON"},
      {"\"seed\"", "\"sead\"", "\"seed\""},
      {"\"seed\": ", "\"seed\": -", "\"seed\""},
      {"\"seed\": 9007199254740991", "\"seed\": 9007199254740992", "\"seed\""},
      {"\"seed\": 9007199254740991", "\"seed\": 1.5", "\"seed\""},
      {"\"batch\": 512", "\"batch\": 4294967808", "batch"}, /* 2^32 + 512: no size of 32 bits may lose the rest */
      {"\"seed\": 9007199254740991", "\"seed\": 1, \"seed\": 2", "uplicate"},
      {"\"status\": \"interrupted\"", "\"status\": \"running\"", "\"status\""},
      {"\"isa\": \"scalar\"", "\"isa\": 7", "\"isa\""},
      {"\"isa\": \"scalar\"", "\"isa\": \"a\\u0000b\"", "not JSON"},
      {"\"epochs_run\": 4", "\"epochs_run\": 0", "\"epochs_run\""},
      {"\"epochs_run\": 4", "\"epochs_run\": 51", "\"epochs_run\""},
      {"\"epochs_run\": 4", "\"epochs_run\": 4000000000000000", "\"epochs_run\""},
      {"\"epochs_run\": 4", "\"epochs_run\": 5", "5 epochs"},
      {"\"best_epoch\": 2", "\"best_epoch\": null", "\"best_epoch\""},
      {"\"best_epoch\": 2", "\"best_epoch\": 5", "\"best_epoch\""},
      {"\"model_epoch\": 2", "\"model_epoch\": null", "\"model_epoch\""},
      {"\"model_epoch\": 2", "\"model_epoch\": 3", "two runs"},
      {"\"stopped_early\": false", "\"stopped_early\": 0", "\"stopped_early\""},
      {"\"images\": 200", "\"images\": 0", "\"train\""},
      {"\"errors\": 3", "\"errors\": 201", "\"train\""},
      {"\"errors\": 3", "\"errors\": 4", "accuracy"},
      {"\"accuracy\": 0.985", "\"accuracy\": 1.985", "\"accuracy\""},
      {"\"loss\": 0.25", "\"loss\": 1e999", "not JSON"},
      {"\"loss\": 0.25", "\"loss\": \"0.25\"", "\"loss\""},
      {"\"loss\": 0.25", "\"loss\": 1.7e308", "\"loss\""},
      {"0.75\n", "-0.75\n", "f1"},
      {"0.75\n", "\"a\"\n", "f1"},
      {"null,\n      0.5,\n      0.75\n", "null,\n null,\n null\n", "f1"}, /* all classes absent */
      {"\"data_sha256\": \"dd", "\"data_sha256\": \"d", "data_sha256"},
      {"\"test_sha256\": \"ee", "\"test_sha256\": \"e", "test_sha256"},
      {"\"data\": \"IDX, gzip\"", "\"data\": 5", "\"data\""},
      {"\"images\": 100", "\"images\": 101", ""},
      {"\"val\": 100", "\"val\": 0", ""},
      {"\"units\": 5", "\"units\": 6", "layers"},
      {"\"units\": 5", "\"units\": -5", "layer"},
      {"\"dropout\": 0.6", "\"dropout\": 1.6", "dropout"},
      {"\"patience\": 5", "\"patience\": \"5\"", "integer"},
      {"\"weights_sha256\": \"", "\"weights_sha256\": \"0", "weights_sha256"},
      {"\"elapsed_s\": 1.5", "\"elapsed_s\": -1.5", "elapsed_s"},
      {"\"cpu\": \"", "\"cpu\": \"\xff", "not JSON"},
  };
  char *summary, *metrics;
  write_run(&summary, &metrics);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i)
    refused(summary_path, summary, cases[i][0], cases[i][1], cases[i][2]);

  char longer[400];
  memset(longer, 'x', sizeof longer);
  memcpy(longer, "\"isa\": \"", 8);
  memcpy(longer + sizeof longer - 2, "\"", 2);
  refused(summary_path, summary, "\"isa\": \"scalar\"", longer, "\"isa\"");
  free(summary);
  free(metrics);
}

static void hostile_names(void) {
  static const char *const cases[][3] = {
      {"\"first try\"", "5", "name"},
      {"first try", "first\\u001btry", "name"},
      {"\"keep_epochs\": 3", "\"keep_epochs\": -3", "keep_epochs"},
      {"\"keep_epochs\": 3", "\"keep_epochs\": 100001", "keep_epochs"},
      {"\"folder\": \"a/b\"", "\"folder\": null", "\"from\""},
      {"\"epoch\": 7", "\"epoch\": 0", "\"epoch\""},
      {"\"moments\": true", "\"moments\": 1", "\"from\""},
      {"ffff", "fff", "\"from\""},
      {"null,\n    \"<b>\"", "\"<b>\"", "class_names"},
      {"null,\n    \"<b>\"", "null, null, null", "class_names"},
      {"\"<b>\"", "\"\"", "class_names"},
      {"\"<b>\"", "\"\\u001b[31m\"", "class_names"},
      {"\"<b>\"", "\"\\u009b\"", "class_names"},
      {"\"<b>\"", "5", "class_names"},
      {"\"<b>\"", "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0\"", "class_names"},
  };
  char *summary, *metrics;
  write_run(&summary, &metrics);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i)
    refused(summary_path, summary, cases[i][0], cases[i][1], cases[i][2]);
  free(summary);
  free(metrics);
}

/* Lines that end in CR LF, behind a byte-order mark, as other editors leave them. */
static void other_editors(void) {
  char *summary, *metrics;
  struct ms_run run;
  struct ms_text text = {0};
  write_run(&summary, &metrics);
  for (int file = 0; file < 2; ++file) {
    ms_text_add(&text, "\xef\xbb\xbf");
    for (const char *c = file == 0 ? metrics : summary; *c; ++c)
      ms_text_printf(&text, *c == '\n' ? "\r%c" : "%c", *c);
    test_write_file(file == 0 ? metrics_path : summary_path, text.data, text.length);
    CHECK_MESSAGE(ms_run_read(folder, &run) == MS_OK, "%s", ms_error_message());
    CHECK(run.n_epochs == EPOCHS && run.epochs[3].train_loss == 0.25 && strspn(run.data_sha256, "d") == 64);
    ms_run_free(&run);
    ms_text_free(&text);
  }
  refused(metrics_path, metrics, "\n2,", "\r\r\n2,", "weights_sha256"); /* one CR of a line's end is passed over */
  free(summary);
  free(metrics);
}

static void hostile_metrics(void) {
  static const char *const cases[][3] = {
      {"epoch,", "epochs,", "first line"},
      {"\n2,", "\n3,", "epoch"},
      {"\n2,", "\n1,", "epoch"},
      {"\n2,", "\n-2,", "epoch"},
      {"\n2,0.5", "\n2,nan", "train_loss"},
      {"\n2,0.5", "\n2,inf", "train_loss"},
      {"\n2,0.5", "\n2,-0.5", "train_loss"},
      {"\n2,0.5", "\n2,0x1p-1", "train_loss"},
      {"\n2,0.5", "\n2,", "train_loss"},
      {",0.9,", ",1.9,", "train_accuracy"},
      {",0.25,", ",,", "val_accuracy"},
      {",0.25,", ",0.25,0,", "7 fields"},
      {",0.25,", ",", "5 fields"},
      {",0.25,a", ",0.25,A", "weights_sha256"},
      {",0.25,a", ",0.25,", "weights_sha256"},
      {"\n2,", "\n\n2,", "1 fields"},
  };
  char *summary, *metrics;
  write_run(&summary, &metrics);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i)
    refused(metrics_path, metrics, cases[i][0], cases[i][1], cases[i][2]);
  const char *last = strstr(metrics, "\n4,") + 1; /* a row too few, one too many, one cut off, no row at all */
  refused(metrics_path, metrics, last, "", "3 rows");
  struct ms_text twice = {0};
  ms_text_printf(&twice, "%s5%s", last, last + 1);
  refused(metrics_path, metrics, last, twice.data, "more rows");
  ms_text_free(&twice);
  refused(metrics_path, metrics, "\n4,", "\n4", "fields");
  refused(metrics_path, metrics, metrics, "", "0 rows");
  refused(metrics_path, metrics, metrics, "epoch", "no end");
  free(summary);
  free(metrics);
}

/* Whatever a single byte becomes: refused, or read without a crash. */
static void every_byte_changed(void) {
  char *summary, *metrics;
  struct ms_run run;
  write_run(&summary, &metrics);
  char *const texts[] = {summary, metrics};
  const char *const paths[] = {summary_path, metrics_path};
  for (size_t f = 0; f < 2; ++f) {
    for (size_t i = 0; texts[f][i]; ++i) {
      const char kept = texts[f][i];
      test_context("%s, byte %zu", paths[f], i);
      texts[f][i] = "\0,\"-9{\xff"[test_random_below(7)];
      test_write_file(paths[f], texts[f], i + 1 + strlen(texts[f] + i + 1));
      if (ms_run_read(folder, &run) == MS_OK)
        ms_run_free(&run);
      texts[f][i] = kept;
    }
    test_write_file(paths[f], texts[f], strlen(texts[f]));
  }
  CHECK(ms_run_read(folder, &run) == MS_OK);
  ms_run_free(&run);
  free(summary);
  free(metrics);
}

static void missing_files(void) {
  static const char *const names[] = {MS_MODEL_FILE, MS_METRICS_FILE, MS_SUMMARY_FILE};
  char *summary, *metrics, path[300];
  struct ms_run run;
  write_run(&summary, &metrics);
  for (size_t i = 0; i < 3; ++i) {
    snprintf(path, sizeof path, "%s/%s", folder, names[i]);
    CHECK(remove(path) == 0);
    CHECK(ms_run_read(folder, &run) == MS_ERROR_DATA);
    CHECK_MESSAGE(strstr(ms_error_message(), names[i]), "%s", ms_error_message());
  }
  CHECK(ms_run_read("/no/such/folder", &run) == MS_ERROR_DATA);
  CHECK(ms_run_read(summary_path, &run) == MS_ERROR_DATA);
  free(summary);
  free(metrics);
}

static const struct test_case cases[] = {
    {"round_trip", round_trip},           {"hostile_summaries", hostile_summaries},
    {"hostile_names", hostile_names},     {"other_editors", other_editors},
    {"hostile_metrics", hostile_metrics}, {"every_byte_changed", every_byte_changed},
    {"missing_files", missing_files},     {"old_names", old_names},
    {"old_summaries", old_summaries},
};

TEST_MAIN(cases)
