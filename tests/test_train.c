/* Training on the first images of MNIST: the same bits for every ISA and thread count, the golden ones; early stopping; what
 * is kept when training ends before its time. The folder of the data is MNIST_SIMD_DATA, else data/mnist. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/nn/activations.h"
#include "runtime/platform/dispatch.h"
#include "tests/harness.h"

static struct ms_data data;

static void load(void) {
  const char *folder = getenv("MNIST_SIMD_DATA");
  if (!data.train.n)
    CHECK_MESSAGE(ms_data_load(folder ? folder : "data/mnist", &data) == MS_OK, "%s", ms_error_message());
}

/* The regularised preset on fewer images, in batches of which the last is short. */
static struct ms_config *short_config(size_t batch, size_t epochs) {
  struct ms_config *config;
  CHECK(ms_config_preset("regularised", &config) == MS_OK);
  config->batch = batch;
  config->epochs = epochs;
  return config;
}

static struct ms_network *train(const struct ms_config *config, size_t n_train, size_t n_validation,
                                const struct ms_observer *observer, struct ms_train_result *result,
                                enum ms_status expected) {
  const struct ms_dataset training = ms_dataset_slice(&data.train, 0, n_train);
  const struct ms_dataset validation = ms_dataset_slice(&data.train, n_train, n_validation);
  struct ms_network *network;
  const enum ms_status status =
      ms_train(config, &training, n_validation > 0 ? &validation : NULL, observer, &network, result);
  CHECK_MESSAGE(status == expected, "status %d: %s", status, ms_error_message());
  return network;
}

static void digest_of_run(const struct ms_config *config, size_t n_train, size_t n_validation, char hex[65]) {
  struct ms_train_result result;
  struct ms_network *network = train(config, n_train, n_validation, NULL, &result, MS_OK);
  ms_network_sha256(network, hex);
  ms_network_free(network);
}

/* The report's network, 600 images, batches of 256, 256 and 88, one epoch. */
static void report_digest(uint64_t seed, char hex[65]) {
  struct ms_config *config = short_config(256, 1);
  config->seed = seed;
  digest_of_run(config, 600, 100, hex);
  ms_config_free(config);
}

/* A narrow network of odd widths, 6 epochs. */
static void narrow_digest(uint64_t seed, char hex[65]) {
  struct ms_config *config = short_config(130, 6);
  config->seed = seed;
  config->learning_rate = 0.003;
  config->hidden[0].units = 67;
  config->hidden[1].units = 33;
  digest_of_run(config, 1000, 150, hex);
  ms_config_free(config);
}

/* The narrow network with input dropout and a falling learning rate. */
static void cosine_digest(uint64_t seed, char hex[65]) {
  struct ms_config *config = short_config(130, 6);
  config->seed = seed;
  config->learning_rate = 0.003;
  config->schedule = MS_SCHEDULE_COSINE;
  config->input_dropout = 0.2;
  config->hidden[0].units = 67;
  config->hidden[1].units = 33;
  digest_of_run(config, 1000, 150, hex);
  ms_config_free(config);
}

static void check_everywhere(void (*run)(uint64_t seed, char hex[65]), const char *name) {
  char golden[65];
  test_golden(name, golden);
  load();
  for (size_t isa = 0; isa < ms_isa_count(); ++isa)
    for (size_t threads = 1; threads <= 7; threads += threads < 3 ? 1 : 4) {
      const enum ms_status status = ms_init(ms_isa_entry(isa)->name, threads);
      if (status == MS_ERROR_UNSUPPORTED) {
        printf("        %s: not on this CPU\n", ms_isa_entry(isa)->name);
        break;
      }
      CHECK(status == MS_OK);
      char hex[65];
      run(42, hex);
      CHECK_MESSAGE(strcmp(hex, golden) == 0, "%s, %zu threads: %s, golden %s", ms_isa(), threads, hex, golden);
      run(43, hex);
      CHECK_MESSAGE(strcmp(hex, golden) != 0, "seed 43 gives the digest of seed 42");
      ms_shutdown();
    }
}

static void report_network(void) {
  check_everywhere(report_digest, "report_600_images");
}

static void narrow_network(void) {
  check_everywhere(narrow_digest, "narrow_1000_images");
}

static void input_dropout_and_cosine(void) {
  check_everywhere(cosine_digest, "cosine_1000_images");
}

/* Dense and zero-skipping products give the same weights, whichever the densities would choose. */
static void each_path(void) {
  static const enum ms_skipping paths[] = {MS_SKIP_NEVER, MS_SKIP_ALWAYS};
  char report_golden[65], narrow_golden[65], cosine_golden[65], hex[65];
  test_golden("report_600_images", report_golden);
  test_golden("narrow_1000_images", narrow_golden);
  test_golden("cosine_1000_images", cosine_golden);
  load();
  CHECK(ms_init(NULL, 2) == MS_OK);
  for (size_t i = 0; i < sizeof paths / sizeof paths[0]; ++i) {
    ms_skipping = paths[i];
    report_digest(42, hex);
    const bool report_same = strcmp(hex, report_golden) == 0;
    narrow_digest(42, hex);
    const bool narrow_same = strcmp(hex, narrow_golden) == 0;
    cosine_digest(42, hex);
    const bool cosine_same = strcmp(hex, cosine_golden) == 0;
    ms_skipping = MS_SKIP_WHERE_FASTER;
    CHECK_MESSAGE(report_same && narrow_same && cosine_same, "%s: another digest than the golden one",
                  paths[i] == MS_SKIP_NEVER ? "never skipping" : "always skipping");
  }
  ms_shutdown();
}

/* ---- Early stopping ---- */

struct history {
  size_t n;
  struct ms_epoch epochs[64];
  size_t stop_after_steps, n_steps; /* 0: never */
};

static enum ms_status remember(void *context, const struct ms_epoch *epoch) {
  struct history *history = context;
  history->epochs[history->n++] = *epoch;
  return MS_OK;
}

static void count_step(void *context, size_t epoch, size_t step, size_t n_steps, size_t images, double loss,
                       double accuracy) {
  struct history *history = context;
  CHECK(epoch >= 1 && step <= n_steps && images > 0 && isfinite(loss) && accuracy >= 0 && accuracy <= 1);
  ++history->n_steps;
}

static bool stop_now(void *context) {
  const struct history *history = context;
  return history->stop_after_steps > 0 && history->n_steps >= history->stop_after_steps;
}

static struct ms_observer observe(struct history *history) {
  memset(history, 0, sizeof *history);
  return (struct ms_observer){.context = history, .step = count_step, .epoch = remember, .stop = stop_now};
}

/* Keras' rule, applied to the recorded values anew: an epoch counts if it beats the best by more than min_delta. */
static void check_early_stopping(enum ms_monitor monitor, double min_delta, size_t patience) {
  struct ms_config *config = short_config(100, 40);
  struct history history;
  const struct ms_observer observer = observe(&history);
  struct ms_train_result result;
  config->hidden[0].units = 48;
  config->hidden[1].units = 32;
  config->learning_rate = 0.01;
  config->monitor = monitor;
  config->min_delta = min_delta;
  config->patience = patience;
  struct ms_network *network = train(config, 800, 200, &observer, &result, MS_OK);

  double best = 0;
  size_t best_epoch = 0, waited = 0, stopped_at = 0;
  for (size_t i = 0; i < history.n && !stopped_at; ++i) {
    const double value = monitor == MS_VAL_ACCURACY ? history.epochs[i].val_accuracy : -history.epochs[i].val_loss;
    const bool improved = i == 0 || value - min_delta > best;
    CHECK(history.epochs[i].improved == improved && history.epochs[i].epoch == i + 1);
    waited = improved ? 0 : waited + 1;
    if (improved) {
      best = value;
      best_epoch = i + 1;
    }
    if (waited == patience)
      stopped_at = i + 1;
  }
  CHECK_MESSAGE(stopped_at > 0 && stopped_at < 40, "the test needs a run that stops early");
  CHECK(history.n == stopped_at && result.epochs_run == stopped_at && result.stopped_early);
  CHECK(result.best_epoch == best_epoch && result.model_epoch == best_epoch);

  struct ms_evaluation evaluation;
  const struct ms_dataset validation = ms_dataset_slice(&data.train, 800, 200);
  CHECK(ms_evaluate(network, &validation, &evaluation) == MS_OK);
  CHECK(evaluation.accuracy == history.epochs[best_epoch - 1].val_accuracy);
  CHECK(evaluation.loss == history.epochs[best_epoch - 1].val_loss);
  ms_evaluation_free(&evaluation);
  ms_network_free(network);
  ms_config_free(config);
}

static void early_stopping(void) {
  load();
  CHECK(ms_init(NULL, 2) == MS_OK);
  check_early_stopping(MS_VAL_ACCURACY, 0.0001, 3);
  check_early_stopping(MS_VAL_LOSS, 0.001, 2);
  check_early_stopping(MS_VAL_ACCURACY, 0.5, 1);
  ms_shutdown();
}

/* ---- Ends before the end ---- */

static struct ms_config *tiny_config(size_t epochs) {
  struct ms_config *config = short_config(100, epochs);
  config->hidden[0].units = 20;
  config->hidden[1].units = 20;
  config->patience = 0;
  return config;
}

/* Stopped in the third epoch, training returns what two epochs give. */
static void stopped(void) {
  load();
  CHECK(ms_init(NULL, 2) == MS_OK);
  struct ms_config *config = tiny_config(5);
  struct history history;
  const struct ms_observer observer = observe(&history);
  struct ms_train_result result;
  history.stop_after_steps = 25;
  struct ms_network *network = train(config, 1000, 0, &observer, &result, MS_STOPPED);
  CHECK(result.epochs_run == 2 && result.model_epoch == 2 && network);
  CHECK_MESSAGE(strstr(ms_error_message(), "epoch 3, after step 5 of 10"), "%s", ms_error_message());
  char stopped_digest[65], digest[65];
  ms_network_sha256(network, stopped_digest);
  ms_network_free(network);
  config->epochs = 2;
  digest_of_run(config, 1000, 0, digest);
  CHECK(strcmp(stopped_digest, digest) == 0);

  history.n_steps = 0;
  history.stop_after_steps = 3;
  network = train(config, 1000, 0, &observer, &result, MS_STOPPED);
  CHECK(!network && result.epochs_run == 0);
  ms_config_free(config);
  ms_shutdown();
}

/* 24 layers at the largest learning rate overflow within a few steps. */
static void not_finite(void) {
  load();
  CHECK(ms_init(NULL, 2) == MS_OK);
  struct ms_config *config = tiny_config(20);
  struct ms_layer_config layers[24], *owned = config->hidden;
  for (size_t l = 0; l < 24; ++l)
    layers[l] = (struct ms_layer_config){.units = 64};
  config->hidden = layers;
  config->n_hidden = 24;
  config->learning_rate = MS_MAX_LEARNING_RATE;
  struct ms_train_result result;
  ms_network_free(train(config, 1000, 0, NULL, &result, MS_ERROR_NUMERIC));
  CHECK_MESSAGE(strstr(ms_error_message(), "not finite") && strstr(ms_error_message(), "smaller lr"), "%s",
                ms_error_message());
  config->hidden = owned;
  ms_config_free(config);
  ms_shutdown();
}

/* No hidden layer at all is softmax regression. */
static void no_hidden_layer(void) {
  load();
  CHECK(ms_init(NULL, 2) == MS_OK);
  struct ms_config *config = tiny_config(10);
  config->n_hidden = 0;
  config->learning_rate = 0.01;
  struct ms_train_result result;
  struct ms_network *network = train(config, 2000, 0, NULL, &result, MS_OK);
  struct ms_evaluation evaluation;
  CHECK(ms_network_layers(network) == 1);
  CHECK(ms_evaluate(network, &data.test, &evaluation) == MS_OK);
  CHECK_MESSAGE(evaluation.accuracy > 0.8, "%g", evaluation.accuracy);
  ms_evaluation_free(&evaluation);
  ms_network_free(network);
  ms_config_free(config);
  ms_shutdown();
}

/* ---- Metrics and configuration ---- */

/* The counts of an evaluation recounted from its predictions. */
static void evaluation_adds_up(void) {
  load();
  CHECK(ms_init(NULL, 2) == MS_OK);
  struct ms_config *config = tiny_config(2);
  struct ms_train_result result;
  struct ms_network *network = train(config, 1000, 0, NULL, &result, MS_OK);
  struct ms_evaluation e;
  CHECK(ms_evaluate(network, &data.test, &e) == MS_OK);
  size_t errors = 0;
  double f1_sum = 0;
  for (size_t i = 0; i < e.n; ++i)
    errors += e.predicted[i] != data.test.labels[i];
  for (size_t c = 0; c < e.n_classes; ++c) {
    size_t hits = 0, predicted = 0, support = 0;
    for (size_t i = 0; i < e.n; ++i) {
      hits += e.predicted[i] == c && data.test.labels[i] == c;
      predicted += e.predicted[i] == c;
      support += data.test.labels[i] == c;
    }
    const double precision = predicted ? (double)hits / (double)predicted : 0, recall = (double)hits / (double)support;
    const double f1 = hits ? 2 * precision * recall / (precision + recall) : 0;
    CHECK(e.support[c] == support && e.confusion[c * e.n_classes + c] == hits);
    CHECK(fabs(e.precision[c] - precision) < 1e-12 && fabs(e.recall[c] - recall) < 1e-12 && fabs(e.f1[c] - f1) < 1e-12);
    f1_sum += f1;
  }
  CHECK(e.n == 10000 && e.errors == errors && errors > 0 && fabs(e.accuracy - (1 - (double)errors / 10000)) < 1e-12);
  CHECK(fabs(e.macro_f1 - f1_sum / 10) < 1e-12);
  ms_evaluation_free(&e);
  ms_network_free(network);
  ms_config_free(config);
  ms_shutdown();
}

/* The confidences of 700 test images (a full batch and a short one) with an ISA. */
static void confidences(const struct ms_network *network, const char *isa, float confidence[700]) {
  struct ms_evaluation e;
  const struct ms_dataset test = ms_dataset_slice(&data.test, 0, 700);
  CHECK(ms_init(isa, 2) == MS_OK);
  CHECK(ms_evaluate(network, &test, &e) == MS_OK);
  memcpy(confidence, e.confidence, 700 * sizeof *confidence);
  for (size_t i = 0; i < 700; ++i) { /* each belongs to its image: an image alone has the loss -ln of it */
    const struct ms_dataset one = ms_dataset_slice(&data.test, i, 1);
    struct ms_evaluation alone;
    CHECK(confidence[i] >= 0.1f && confidence[i] <= 1);
    if (i % 50 != 0 || e.predicted[i] != test.labels[i])
      continue;
    CHECK(ms_evaluate(network, &one, &alone) == MS_OK);
    CHECK_MESSAGE(fabs(alone.loss + log((double)confidence[i])) < 1e-6, "image %zu: %g, loss %g", i,
                  (double)confidence[i], alone.loss);
    ms_evaluation_free(&alone);
  }
  ms_evaluation_free(&e);
  ms_shutdown();
}

static void confidence_on_each_isa(void) {
  load();
  CHECK(ms_init("scalar", 2) == MS_OK);
  struct ms_config *config = tiny_config(3);
  struct ms_train_result result;
  struct ms_network *network = train(config, 2000, 0, NULL, &result, MS_OK);
  ms_shutdown();
  static float expected[700], found[700];
  confidences(network, "scalar", expected);
  for (size_t isa = 0; isa < ms_isa_count(); ++isa) {
    if (ms_init(ms_isa_entry(isa)->name, 2) == MS_ERROR_UNSUPPORTED)
      continue;
    ms_shutdown();
    test_subject(ms_isa_entry(isa)->name);
    confidences(network, ms_isa_entry(isa)->name, found);
    CHECK(memcmp(found, expected, sizeof found) == 0);
  }
  ms_network_free(network);
  ms_config_free(config);
}

#define REJECTED(change, word)                                                                                         \
  do {                                                                                                                 \
    struct ms_config *c;                                                                                               \
    CHECK(ms_config_preset("regularised", &c) == MS_OK && ms_config_check(c) == MS_OK);                                \
    change;                                                                                                            \
    CHECK_MESSAGE(ms_config_check(c) == MS_ERROR_ARGUMENT, "%s", #change);                                             \
    CHECK_MESSAGE(strstr(ms_error_message(), word), "%s", ms_error_message());                                         \
    ms_config_free(c);                                                                                                 \
  } while (0)

static void configuration(void) {
  REJECTED(c->epochs = 0, "epochs");
  REJECTED(c->batch = 0, "batch");
  REJECTED(c->batch = MS_MAX_BATCH + 1, "batch");
  REJECTED(c->learning_rate = 0, "lr");
  REJECTED(c->learning_rate = (double)NAN, "lr");
  REJECTED(c->schedule = (enum ms_schedule)2, "schedule");
  REJECTED(c->input_dropout = -0.1, "input-dropout");
  REJECTED(c->min_delta = -1, "min-delta");
  REJECTED(c->n_validation = 0, "patience");
  REJECTED(c->hidden[1].units = 0, "hidden layer 2");
  REJECTED(c->hidden[0].dropout = 1, "dropout");
  REJECTED(c->hidden[0].l1 = -1e-6, "l1");
  REJECTED(c->hidden[1].l2 = (double)NAN, "l2");
  REJECTED(c->hidden[0].max_norm = -0.5, "maxnorm");
  struct ms_config *config;
  CHECK(ms_config_preset("nothing", &config) == MS_ERROR_ARGUMENT && !config);
}

static const struct test_case cases[] = {
    {"report_network", report_network},
    {"narrow_network", narrow_network},
    {"input_dropout_and_cosine", input_dropout_and_cosine},
    {"each_path", each_path},
    {"early_stopping", early_stopping},
    {"stopped", stopped},
    {"not_finite", not_finite},
    {"no_hidden_layer", no_hidden_layer},
    {"evaluation_adds_up", evaluation_adds_up},
    {"confidence_on_each_isa", confidence_on_each_isa},
    {"configuration", configuration},
};

TEST_MAIN(cases)
