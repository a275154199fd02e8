/* Checkpoint files: training goes on from every step of a run to the bits of the whole run, on another ISA, and by
 * sessions in a run folder; a changed byte is seen wherever it is, in models too; what is signed but cannot be is
 * refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/nn/checkpoint.h"
#include "runtime/platform/dispatch.h"
#include "runtime/platform/files.h"
#include "runtime/platform/sha256.h"
#include "runtime/run/checkpoint_pair.h"
#include "runtime/run/folder.h"
#include "runtime/run/session.h"
#include "tests/harness.h"
#include "tests/short_runs.h"

enum { MAX_SAVED = 64, MAX_EPOCHS = 8, N_TRAIN = 200, N_VALIDATION = 100 };

/* What a run has told. */
struct history {
  char folder[MS_PATH_SIZE];
  bool save;
  size_t n_saved, n_epochs;
  size_t position[MAX_SAVED]; /* epochs that were done before each checkpoint */
  struct ms_epoch epochs[MAX_EPOCHS];
};

static void path_of(const struct history *h, size_t i, char path[MS_PATH_SIZE]) {
  char name[32];
  snprintf(name, sizeof name, "%zu.safetensors", i);
  CHECK(ms_path_join(path, h->folder, name) == MS_OK);
}

static enum ms_status on_epoch(void *context, const struct ms_epoch *epoch) {
  struct history *h = context;
  h->epochs[h->n_epochs++] = *epoch;
  return MS_OK;
}

static enum ms_status on_keep(void *context, enum ms_moment moment, const struct ms_train_state *state) {
  struct history *h = context;
  char path[MS_PATH_SIZE];
  (void)moment;
  if (!h->save)
    return MS_OK;
  path_of(h, h->n_saved, path);
  h->position[h->n_saved++] = h->n_epochs;
  const struct ms_checkpoint_notes notes = {"regularised", "0123", "epoch,loss\n1,2\n", "epoch,seconds\n",
                                            "{\"name\":\"a\"}"};
  return ms_checkpoint_save(state, &notes, path);
}

/* Early stopping by the second epoch without much improvement; odd widths, a short last batch. */
static struct ms_config *make_config(void) {
  struct ms_config *config;
  CHECK(ms_config_preset("regularised", &config) == MS_OK);
  config->batch = 64;
  config->epochs = MAX_EPOCHS;
  config->lr = 0.003;
  config->schedule = MS_SCHEDULE_COSINE;
  config->input_dropout = 0.1;
  config->patience = 2;
  config->min_delta = 0.03;
  config->val = N_VALIDATION;
  config->hidden[0].units = 67;
  config->hidden[1].units = 33;
  return config;
}

static void train_all(struct history *h, char digest[65], struct ms_train_result *result) {
  struct ms_config *config = make_config();
  const struct ms_dataset training = ms_dataset_slice(&test_data.train, 0, N_TRAIN);
  const struct ms_dataset validation = ms_dataset_slice(&test_data.train, N_TRAIN, N_VALIDATION);
  const struct ms_observer observer = {.context = h, .epoch = on_epoch, .keep = on_keep};
  struct ms_network *network;
  CHECK_MESSAGE(ms_train(config, &training, &validation, &observer, &network, result) == MS_OK, "%s",
                ms_error_message());
  ms_network_sha256(network, digest);
  ms_network_free(network);
  ms_config_free(config);
}

static void check_resumed(const struct history *whole, size_t i, const char *digest,
                          const struct ms_train_result *result) {
  const struct ms_dataset training = ms_dataset_slice(&test_data.train, 0, N_TRAIN);
  const struct ms_dataset validation = ms_dataset_slice(&test_data.train, N_TRAIN, N_VALIDATION);
  static struct history rest;
  struct ms_train_result again;
  struct ms_checkpoint *checkpoint;
  struct ms_network *network;
  char path[MS_PATH_SIZE], hex[65];
  memset(&rest, 0, sizeof rest);
  const struct ms_observer observer = {.context = &rest, .epoch = on_epoch};
  path_of(whole, i, path);
  CHECK_MESSAGE(ms_checkpoint_load(path, &checkpoint) == MS_OK, "%s", ms_error_message());
  const struct ms_checkpoint_notes notes = ms_checkpoint_notes(checkpoint);
  CHECK(notes.about && strcmp(notes.about, "{\"name\":\"a\"}") == 0);
  CHECK(strcmp(notes.preset, "regularised") == 0 && strcmp(notes.metrics, "epoch,loss\n1,2\n") == 0 &&
        strcmp(notes.times, "epoch,seconds\n") == 0 && strcmp(notes.data_sha256, "0123") == 0);
  CHECK_MESSAGE(ms_train_resume(checkpoint, &training, &validation, &observer, &network, &again) == MS_OK, "%s",
                ms_error_message());
  ms_network_sha256(network, hex);
  CHECK_MESSAGE(strcmp(hex, digest) == 0, "from checkpoint %zu: %s, the whole run has %s", i, hex, digest);
  CHECK(again.epochs_run == result->epochs_run && again.best_epoch == result->best_epoch &&
        again.model_epoch == result->model_epoch && again.stopped_early == result->stopped_early);
  CHECK(rest.n_epochs == whole->n_epochs - whole->position[i]);
  for (size_t e = 0; e < rest.n_epochs; ++e) {
    const struct ms_epoch expected = whole->epochs[whole->position[i] + e];
    CHECK_MESSAGE(rest.epochs[e].epoch == expected.epoch && rest.epochs[e].train_loss == expected.train_loss &&
                      rest.epochs[e].train_accuracy == expected.train_accuracy &&
                      rest.epochs[e].val_loss == expected.val_loss && rest.epochs[e].improved == expected.improved &&
                      strcmp(rest.epochs[e].weights_sha256, expected.weights_sha256) == 0,
                  "epoch %zu is another one from checkpoint %zu", expected.epoch, i);
  }
  ms_network_free(network);
  ms_checkpoint_free(checkpoint);
}

static void every_step(void) {
  static struct history whole;
  struct ms_train_result result;
  char digest[65];
  test_load();
  memset(&whole, 0, sizeof whole);
  whole.save = true;
  snprintf(whole.folder, sizeof whole.folder, "%s", test_folder());
  CHECK(ms_init(NULL, 2) == MS_OK);
  train_all(&whole, digest, &result);
  ms_shutdown();
  CHECK_MESSAGE(result.stopped_early && result.model_epoch < result.epochs_run && result.epochs_run > 2,
                "%zu epochs, kept %zu", result.epochs_run, result.model_epoch);
  CHECK_MESSAGE(whole.n_saved == 4 * result.epochs_run, "%zu checkpoints", whole.n_saved);
  for (size_t i = 0; i < whole.n_saved; ++i) {
    const char *isa = ms_isa_entry(i % ms_isa_count())->name;
    test_context("checkpoint %zu, %s", i, isa);
    if (ms_init(isa, 1 + i % 3) != MS_OK)
      CHECK(ms_init(NULL, 1 + i % 3) == MS_OK); /* not on this CPU */
    check_resumed(&whole, i, digest, &result);
    ms_shutdown();
  }
}

/* ---- A run folder, by the library alone ---- */

static bool after_two_epochs(void *context) {
  return ((struct history *)context)->n_epochs >= 2;
}

static enum ms_status session(struct ms_session_plan plan, enum ms_session_start start, bool stop, struct history *h) {
  const struct ms_observer observer = {.context = h, .epoch = on_epoch, .stop = stop ? after_two_epochs : NULL};
  struct ms_session session;
  plan.start = start;
  enum ms_status status = ms_session_open(&plan, &session);
  if (status != MS_OK)
    return status;
  status = ms_session_train(&session, h ? &observer : NULL);
  CHECK_MESSAGE(session.run.network && ms_session_save(&session) == MS_OK, "%s", ms_error_message());
  CHECK(session.is_saved && ms_session_left_checkpoint(&session) == (status == MS_STOPPED));
  ms_session_close(&session);
  return status;
}

static void sessions(void) {
  static struct history whole, part;
  struct ms_train_result result;
  struct ms_run run;
  char digest[65];
  test_load();
  memset(&whole, 0, sizeof whole);
  memset(&part, 0, sizeof part);
  CHECK(ms_init(NULL, 2) == MS_OK);
  train_all(&whole, digest, &result);
  struct ms_data images = {.train = ms_dataset_slice(&test_data.train, 0, N_TRAIN + N_VALIDATION),
                           .test = test_data.test,
                           .class_names = {[3] = "three"},
                           .description = "IDX"};
  struct ms_config *config = make_config();
  const struct ms_session_plan plan = {
      .folder = test_folder(), .preset = "regularised", .config = config, .data = &images, .without_test = true};
  CHECK(session(plan, MS_SESSION_RESUME, false, NULL) == MS_ERROR_SYSTEM); /* nothing to resume */
  CHECK(session(plan, MS_SESSION_NEW, true, &part) == MS_STOPPED && part.n_epochs == 2);
  CHECK(ms_run_read(plan.folder, &run) == MS_OK && run.interrupted && run.n_epochs == 2);
  ms_run_free(&run);
  CHECK(session(plan, MS_SESSION_NEW, false, NULL) == MS_ERROR_SYSTEM); /* holds a run */
  CHECK(session(plan, MS_SESSION_RESUME, false, NULL) == MS_OK);
  CHECK_MESSAGE(ms_run_read(plan.folder, &run) == MS_OK, "%s", ms_error_message());
  CHECK(!run.interrupted && run.n_epochs == whole.n_epochs && strcmp(run.weights_sha256, digest) == 0);
  CHECK(strcmp(run.class_names[3], "three") == 0 && !run.class_names[4] && strcmp(run.data, "IDX") == 0);
  CHECK(!run.has_test && strcmp(run.test_sha256, MS_MNIST_TEST_SHA256) == 0);
  ms_run_free(&run);
  images.test = (struct ms_dataset){0}; /* no test files */
  CHECK(session((struct ms_session_plan){plan.folder, plan.preset, config, .data = &images}, MS_SESSION_OVERWRITE,
                false, NULL) == MS_OK);
  CHECK_MESSAGE(ms_run_read(plan.folder, &run) == MS_OK, "%s", ms_error_message());
  CHECK(!run.interrupted && !run.has_test && !run.test_sha256[0]);
  ms_run_free(&run);
  config->val = N_TRAIN + N_VALIDATION;
  CHECK(session(plan, MS_SESSION_OVERWRITE, false, NULL) == MS_ERROR_ARGUMENT);
  ms_config_free(config);
  ms_shutdown();
}

/* ---- Notes ---- */

/* Those that a file cannot hold, or that no reader would take, are named. */
static enum ms_status save_notes(void *path, enum ms_moment moment, const struct ms_train_state *state) {
  static char longest[258];
  memset(longest, 'x', 256);
  const struct {
    struct ms_checkpoint_notes notes;
    const char *named; /* NULL: written */
  } cases[] = {
      {{.preset = "\xff"}, "note preset"},
      {{.preset = "a\nb"}, "note preset"},
      {{.data_sha256 = "\xed\xa0\x80"}, "note data_sha256"},
      {{.about = "{\n}"}, "note about"},
      {{.preset = longest}, NULL},
      {{.preset = "\xc3\xa9t\xc3\xa9", .metrics = "\xff\n", .times = "\x01"}, NULL},
  };
  (void)moment;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
    struct ms_checkpoint *c;
    const enum ms_status status = ms_checkpoint_save(state, &cases[i].notes, path);
    CHECK_MESSAGE(status == (cases[i].named ? MS_ERROR_ARGUMENT : MS_OK), "%zu: %s", i, ms_error_message());
    if (cases[i].named) {
      CHECK_MESSAGE(strstr(ms_error_message(), cases[i].named) && !ms_exists(path), "%s", ms_error_message());
      continue;
    }
    CHECK_MESSAGE(ms_checkpoint_load(path, &c) == MS_OK, "%s", ms_error_message());
    CHECK(strcmp(ms_checkpoint_notes(c).preset, cases[i].notes.preset) == 0);
    ms_checkpoint_free(c);
  }
  longest[256] = 'x';
  const struct ms_checkpoint_notes notes = {.preset = longest};
  CHECK(ms_checkpoint_save(state, &notes, path) == MS_ERROR_ARGUMENT);
  return MS_OK;
}

static void notes(void) {
  char path[MS_PATH_SIZE];
  struct ms_config *config = test_tiny_config(1);
  struct ms_train_result result;
  CHECK(ms_path_join(path, test_folder(), "checkpoint") == MS_OK);
  const struct ms_observer observer = {.context = path, .keep = save_notes};
  test_load();
  CHECK(ms_init(NULL, 1) == MS_OK);
  ms_network_free(test_train(config, 50, 50, &observer, &result, MS_OK));
  ms_config_free(config);
}

/* ---- Damage ---- */

static enum ms_status load_checkpoint(const char *path) {
  struct ms_checkpoint *checkpoint;
  const enum ms_status status = ms_checkpoint_load(path, &checkpoint);
  CHECK((status == MS_OK) == (checkpoint != NULL));
  ms_checkpoint_free(checkpoint);
  return status;
}

static enum ms_status load_model(const char *path) {
  struct ms_network *network;
  const enum ms_status status = ms_network_load(path, &network);
  CHECK((status == MS_OK) == (network != NULL));
  ms_network_free(network);
  return status;
}

static size_t data_offset(const uint8_t *file) {
  return 8 + (size_t)test_get_64(file);
}

static void check_damaged(const char *path, enum ms_status (*load_file)(const char *), const uint8_t *file,
                          size_t n_bytes, const char *what, size_t at) {
  char changed[MS_PATH_SIZE];
  snprintf(changed, sizeof changed, "%.4000s.changed", path);
  test_write_file(changed, file, n_bytes);
  const enum ms_status status = load_file(changed);
  CHECK_MESSAGE(status == MS_ERROR_DATA, "%s %zu: status %d", what, at, status);
}

/* Every byte of the header and of the last 64, and a sample of the others, changed one by one, in one bit and at
 * random; the file cut off, and longer. */
static void check_bytes(const char *path, enum ms_status (*load_file)(const char *)) {
  uint8_t *file;
  size_t n_bytes;
  CHECK(load_file(path) == MS_OK);
  CHECK(ms_file_read(path, SIZE_MAX / 2, &file, &n_bytes) == MS_OK);
  const size_t header = data_offset(file), n_sample = 500;
  size_t n_changed = 0;
  for (size_t i = 0; i < header + n_sample + 64; ++i) {
    const size_t at = i < header              ? i
                      : i < header + n_sample ? header + test_random_below(n_bytes - header)
                                              : n_bytes - 64 + (i - header - n_sample);
    const uint8_t before = file[at];
    const uint8_t flips[] = {(uint8_t)(1U << test_random_below(8)), (uint8_t)(1 + test_random_below(255))};
    for (size_t f = 0; f < sizeof flips; ++f, ++n_changed) {
      file[at] = before ^ flips[f];
      check_damaged(path, load_file, file, n_bytes, "changed byte", at);
    }
    file[at] = before;
  }
  for (size_t i = 0; i < 200; ++i) {
    const size_t length = i < 100 ? i : i < 150 ? n_bytes - 1 - (i - 100) : test_random_below(n_bytes);
    check_damaged(path, load_file, file, length, "cut off at byte", length);
  }
  uint8_t *longer = malloc(n_bytes + 1);
  CHECK(longer != NULL);
  memcpy(longer, file, n_bytes);
  longer[n_bytes] = 0;
  check_damaged(path, load_file, longer, n_bytes + 1, "longer than", n_bytes);
  printf("        %zu changed bytes, all seen: header of %zu bytes, file of %zu\n", n_changed, header, n_bytes);
  free(longer);
  free(file);
}

/* A short run that saves one checkpoint within the second epoch, with a kept model of its own, and its model. */
static void small_files(char checkpoint[MS_PATH_SIZE], char model[MS_PATH_SIZE]) {
  static struct history h;
  test_load();
  memset(&h, 0, sizeof h);
  h.save = true;
  snprintf(h.folder, sizeof h.folder, "%s", test_folder());
  struct ms_config *config = make_config();
  config->epochs = 2;
  config->patience = 0;
  config->hidden[0].units = 3;
  config->hidden[1].units = 5;
  const struct ms_dataset training = ms_dataset_slice(&test_data.train, 0, N_TRAIN);
  const struct ms_dataset validation = ms_dataset_slice(&test_data.train, N_TRAIN, N_VALIDATION);
  const struct ms_observer observer = {.context = &h, .epoch = on_epoch, .keep = on_keep};
  struct ms_network *network;
  struct ms_train_result result;
  CHECK(ms_init(NULL, 1) == MS_OK);
  CHECK(ms_train(config, &training, &validation, &observer, &network, &result) == MS_OK);
  path_of(&h, 5, checkpoint);
  CHECK(ms_path_join(model, h.folder, "model.safetensors") == MS_OK && ms_network_save(network, model) == MS_OK);
  ms_network_free(network);
  ms_config_free(config);
}

/* Numbers are little-endian on every machine: times first, then the weights of the first layer. */
static void layout(void) {
  char checkpoint[MS_PATH_SIZE], model[MS_PATH_SIZE];
  uint8_t *file;
  size_t n_bytes;
  struct ms_checkpoint *c;
  small_files(checkpoint, model);
  CHECK(ms_file_read(checkpoint, SIZE_MAX / 2, &file, &n_bytes) == MS_OK);
  CHECK_MESSAGE(ms_checkpoint_load(checkpoint, &c) == MS_OK, "%s", ms_error_message());
  const uint8_t *at = file + 8 + test_get_64(file);
  CHECK(c->at.epoch == 2 && c->epoch_seconds[0] > 0 && c->epoch_seconds[0] < 600);
  for (size_t i = 0; i < 1 + MS_N_PHASES; ++i, at += sizeof(double)) {
    uint64_t bits;
    memcpy(&bits, i == 0 ? &c->epoch_seconds[0] : &c->phase_seconds[i - 1], sizeof bits);
    CHECK(test_get_64(at) == bits);
  }
  const size_t n_weights = c->n_inputs * c->config->hidden[0].units;
  test_check_floats(at, c->layers[0].weight, n_weights);
  test_check_floats(at + 4 * n_weights, c->layers[0].moment1, n_weights);
  ms_checkpoint_free(c);
  free(file);
}

static void damaged_checkpoint(void) {
  char checkpoint[MS_PATH_SIZE], model[MS_PATH_SIZE];
  small_files(checkpoint, model);
  check_bytes(checkpoint, load_checkpoint);
}

static void damaged_model(void) {
  char checkpoint[MS_PATH_SIZE], model[MS_PATH_SIZE];
  small_files(checkpoint, model);
  check_bytes(model, load_model);
}

/* ---- Signed, but not what a training run writes ---- */

static void sign(uint8_t *file, size_t n_bytes) {
  char hex[65];
  struct ms_sha256 sha;
  ms_sha256_init(&sha);
  ms_sha256_update(&sha, file, n_bytes - 32);
  ms_sha256_finish(&sha, hex);
  for (size_t i = 0; i < 32; ++i) {
    unsigned byte;
    CHECK(sscanf(hex + 2 * i, "%2x", &byte) == 1);
    file[n_bytes - 32 + i] = (uint8_t)byte;
  }
}

static const struct {
  const char *from, *to; /* of the same length */
} signed_changes[] = {
    {"\"epoch\":\"2\"", "\"epoch\":\"9\""},
    {"\"epoch\":\"2\"", "\"epoch\":\"0\""},
    {"\"inputs\":\"784\"", "\"inputs\":\"000\""},
    {"\"inputs\":\"784\"", "\"inputs\":\"999\""},
    {"\"classes\":\"10\"", "\"classes\":\"99\""},
    {"\"best_epoch\":\"1\"", "\"best_epoch\":\"2\""},
    {"\"model_epoch\":\"1\"", "\"model_epoch\":\"2\""},
    {"\"step\":\"2\"", "\"step\":\"x\""},
    {"\"config.hidden\":\"3,5\"", "\"config.hidden\":\"9,9\""},
    {"\"config.batch\":\"64\"", "\"config.batch\":\"00\""},
    {"[0,8]", "[0,9]"},
    {"\"F32\"", "\"F16\""},
    {"dense1.weight", "dense9.weight"},
    {"\"sha256\"", "\"sha255\""},
    {"checkpoint 1", "checkpoint 2"},
    {"\"metrics_bytes\":\"15\"", "\"metrics_bytes\":\"99\""},
    {"{", "["},
    {"\"preset\"", "\"config\""},
    {"\"preset\":\"regularised\"", "\"preset\":\"\\u001Bgular\""}, /* would reach the terminal */
    {"\"past_s\":\"", "\"past_s\":\"7ff0000000000000"},            /* infinite: no run.json could hold it */
    {"\"epoch_s\":\"", "\"epoch_s\":\"bff0000000000000"},
};

/* Beside a good one it is passed over; alone it is no reason to begin anew, unless that is asked for. */
static void other_contract(const uint8_t *good, const uint8_t *other, size_t n_bytes) {
  const char *folder = test_folder();
  struct ms_checkpoint_pair files;
  struct ms_checkpoint *newest;
  char good_path[MS_PATH_SIZE], other_path[MS_PATH_SIZE], damaged[MS_PATH_SIZE];
  CHECK(ms_path_join(good_path, folder, MS_CHECKPOINT_FILE_0) == MS_OK &&
        ms_path_join(other_path, folder, MS_CHECKPOINT_FILE_1) == MS_OK);
  test_write_file(good_path, good, n_bytes);
  test_write_file(other_path, other, n_bytes);
  CHECK_MESSAGE(load_checkpoint(other_path) == MS_ERROR_UNSUPPORTED && strstr(ms_error_message(), "contract 9"), "%s",
                ms_error_message());
  CHECK(ms_checkpoint_pair_find(folder, &files, &newest, damaged) == MS_OK);
  CHECK(newest && files.next == 1 && strstr(damaged, "contract 9"));
  ms_checkpoint_free(newest);
  CHECK(remove(good_path) == 0);
  CHECK(ms_checkpoint_pair_find(folder, &files, &newest, damaged) == MS_ERROR_UNSUPPORTED && !newest);
  CHECK(strstr(ms_error_message(), "contract 9"));
  CHECK(ms_checkpoint_pair_begin(folder, &files) == MS_OK && !files.has_begun);
}

static void signed_but_wrong(void) {
  char checkpoint[MS_PATH_SIZE], model[MS_PATH_SIZE];
  uint8_t *file;
  size_t n_bytes;
  small_files(checkpoint, model);
  CHECK(ms_file_read(checkpoint, SIZE_MAX / 2, &file, &n_bytes) == MS_OK);
  const size_t header = data_offset(file);
  uint8_t *changed = malloc(n_bytes);
  char *text = malloc(header + 1);
  CHECK(changed && text);
  memcpy(text, file, header);
  memset(text, ' ', 8); /* the length has zeros */
  text[header] = '\0';
  for (size_t i = 0; i < sizeof signed_changes / sizeof signed_changes[0]; ++i) {
    const char *found = strstr(text, signed_changes[i].from);
    CHECK_MESSAGE(found != NULL, "the header has no %s: %s", signed_changes[i].from, text);
    memcpy(changed, file, n_bytes);
    memcpy(changed + (found - text), signed_changes[i].to, strlen(signed_changes[i].to));
    sign(changed, n_bytes);
    check_damaged(checkpoint, load_checkpoint, changed, n_bytes, signed_changes[i].to, i);
  }
  const uint8_t nan[8] = {1, 0, 0, 0, 0, 0, 0xf0, 0x7f};
  memcpy(changed, file, n_bytes);
  memcpy(changed + header, nan, sizeof nan); /* epoch_seconds */
  sign(changed, n_bytes);
  check_damaged(checkpoint, load_checkpoint, changed, n_bytes, "a time that is no number", 0);

  char *contract = strstr(text, "\"numerics_contract\":\"2\"");
  CHECK(contract);
  memcpy(changed, file, n_bytes);
  changed[contract - text + 21] = '9';
  sign(changed, n_bytes);
  other_contract(file, changed, n_bytes);

  /* Any byte of the header, signed: refused or taken, but nothing else happens. */
  size_t n_taken = 0;
  for (size_t at = 0; at < header; ++at) {
    char path[MS_PATH_SIZE];
    snprintf(path, sizeof path, "%.4000s.changed", checkpoint);
    memcpy(changed, file, n_bytes);
    changed[at] ^= (uint8_t)(1U << test_random_below(8));
    sign(changed, n_bytes);
    test_write_file(path, changed, n_bytes);
    n_taken += load_checkpoint(path) == MS_OK;
  }
  printf("        %zu of %zu signed changes of the header taken: digits of counters, of the data's name\n", n_taken,
         header);
  CHECK(n_taken < header / 4);
  free(changed);
  free(text);
  free(file);
}

static const struct test_case cases[] = {
    {"every_step", every_step},
    {"sessions", sessions},
    {"notes", notes},
    {"layout", layout},
    {"damaged_checkpoint", damaged_checkpoint},
    {"damaged_model", damaged_model},
    {"signed_but_wrong", signed_but_wrong},
};
TEST_MAIN(cases)
