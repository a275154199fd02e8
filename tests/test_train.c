/* Training on the first images of MNIST: the same bits for every ISA and thread count, the golden ones; early stopping;
 * what is kept when training ends before its time. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/nn/activations.h"
#include "runtime/platform/dispatch.h"
#include "tests/harness.h"
#include "tests/short_runs.h"

/* The report's network, 600 images, batches of 256, 256 and 88, one epoch. */
static void report_digest(uint64_t seed, char hex[65]) {
  struct ms_config *config = test_short_config(256, 1);
  config->seed = seed;
  test_digest_of_run(config, 600, 100, hex);
  ms_config_free(config);
}

/* A narrow network of odd widths, 6 epochs. */
static void narrow_digest(uint64_t seed, char hex[65]) {
  struct ms_config *config = test_short_config(130, 6);
  config->seed = seed;
  config->lr = 0.003;
  config->hidden[0].units = 67;
  config->hidden[1].units = 33;
  test_digest_of_run(config, 1000, 150, hex);
  ms_config_free(config);
}

/* The narrow network with input dropout and a falling learning rate. */
static void cosine_digest(uint64_t seed, char hex[65]) {
  struct ms_config *config = test_short_config(130, 6);
  config->seed = seed;
  config->lr = 0.003;
  config->schedule = MS_SCHEDULE_COSINE;
  config->input_dropout = 0.2;
  config->hidden[0].units = 67;
  config->hidden[1].units = 33;
  test_digest_of_run(config, 1000, 150, hex);
  ms_config_free(config);
}

static void check_everywhere(void (*run)(uint64_t seed, char hex[65]), const char *name) {
  char golden[65];
  test_golden(name, golden);
  test_load();
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

/* Which products skip zeros. The program sees no other table than the published one: its bounds are changed, and set
 * back by the next ms_init. */
enum skipping { WHERE_FASTER, NEVER, ALWAYS };
static void set_skipping(enum skipping skipping) {
  struct ms_kernels *published = (struct ms_kernels *)ms_kernels();
  if (skipping == WHERE_FASTER)
    return;
  published->gemm_skip_density = skipping == NEVER ? 0 : HUGE_VAL;
  published->gemm_skip_min_columns = 0;
}

/* Dense and zero-skipping products give the same weights, whichever the densities would choose. */
static void each_path(void) {
  char report_golden[65], narrow_golden[65], cosine_golden[65], hex[65];
  test_golden("report_600_images", report_golden);
  test_golden("narrow_1000_images", narrow_golden);
  test_golden("cosine_1000_images", cosine_golden);
  test_load();
  for (enum skipping skipping = NEVER; skipping <= ALWAYS; ++skipping) {
    CHECK(ms_init(NULL, 2) == MS_OK);
    set_skipping(skipping);
    report_digest(42, hex);
    const bool report_same = strcmp(hex, report_golden) == 0;
    narrow_digest(42, hex);
    const bool narrow_same = strcmp(hex, narrow_golden) == 0;
    cosine_digest(42, hex);
    const bool cosine_same = strcmp(hex, cosine_golden) == 0;
    CHECK_MESSAGE(report_same && narrow_same && cosine_same, "%s: another digest than the golden one",
                  skipping == NEVER ? "never skipping" : "always skipping");
    ms_shutdown();
  }
}

/* Shapes in which layouts look alike that are not: single rows, single units, more classes than a tile has columns. The
 * same weights by every ISA, on one thread and three, whether zeros are skipped or not. */
static void check_shape(struct ms_config *config, const struct ms_dataset *data, const char *name) {
  char expected[65] = "", hex[65];
  for (size_t isa = 0; isa < ms_isa_count(); ++isa)
    for (size_t threads = 1; threads <= 3; threads += 2)
      for (enum skipping skipping = WHERE_FASTER; skipping <= ALWAYS; ++skipping) {
        if (ms_init(ms_isa_entry(isa)->name, threads) == MS_ERROR_UNSUPPORTED)
          continue;
        struct ms_network *network;
        struct ms_train_result result;
        set_skipping(skipping);
        CHECK_MESSAGE(ms_train(config, data, NULL, NULL, &network, &result) == MS_OK, "%s: %s", name,
                      ms_error_message());
        ms_network_sha256(network, hex);
        ms_network_free(network);
        if (!expected[0])
          memcpy(expected, hex, sizeof hex);
        CHECK_MESSAGE(strcmp(hex, expected) == 0, "%s: %s, %zu threads, skipping %d: %s, %s", name, ms_isa(), threads,
                      (int)skipping, hex, expected);
        ms_shutdown();
      }
}

static void odd_shapes(void) {
  static const struct {
    size_t batch, units[2], n_classes;
  } shapes[] = {{1, {70, 65}, 10}, {1, {130, 1}, 100}, {33, {70, 1}, 256}, {2, {1, 200}, 10}, {100, {65, 129}, 130}};
  static uint8_t labels[100];
  test_load();
  for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; ++i) {
    struct ms_config *config = test_tiny_config(2);
    struct ms_dataset data = ms_dataset_slice(&test_data.train, 0, sizeof labels);
    char name[80];
    config->batch = shapes[i].batch;
    for (size_t l = 0; l < 2; ++l)
      config->hidden[l].units = shapes[i].units[l];
    for (size_t j = 0; j < sizeof labels; ++j)
      labels[j] = (uint8_t)(j * 7 % shapes[i].n_classes);
    data.n_classes = shapes[i].n_classes;
    data.labels = labels;
    snprintf(name, sizeof name, "batch %zu, units %zu,%zu, %zu classes", shapes[i].batch, shapes[i].units[0],
             shapes[i].units[1], shapes[i].n_classes);
    check_shape(config, &data, name);
    ms_config_free(config);
  }
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

static void count_step(void *context, const struct ms_step *s) {
  struct history *history = context;
  CHECK(s->epoch >= 1 && s->step <= s->n_steps && s->images > 0 && isfinite(s->loss) && s->accuracy >= 0 &&
        s->accuracy <= 1);
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
  struct ms_config *config = test_short_config(100, 40);
  struct history history;
  const struct ms_observer observer = observe(&history);
  struct ms_train_result result;
  config->hidden[0].units = 48;
  config->hidden[1].units = 32;
  config->lr = 0.01;
  config->monitor = monitor;
  config->min_delta = min_delta;
  config->patience = patience;
  struct ms_network *network = test_train(config, 800, 200, &observer, &result, MS_OK);

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
  const struct ms_dataset validation = ms_dataset_slice(&test_data.train, 800, 200);
  CHECK(ms_evaluate(network, &validation, &evaluation) == MS_OK);
  CHECK(evaluation.accuracy == history.epochs[best_epoch - 1].val_accuracy);
  CHECK(evaluation.loss == history.epochs[best_epoch - 1].val_loss);
  ms_evaluation_free(&evaluation);
  ms_network_free(network);
  ms_config_free(config);
}

static void early_stopping(void) {
  test_load();
  CHECK(ms_init(NULL, 2) == MS_OK);
  check_early_stopping(MS_VAL_ACCURACY, 0.0001, 3);
  check_early_stopping(MS_VAL_LOSS, 0.001, 2);
  check_early_stopping(MS_VAL_ACCURACY, 0.5, 1);
  ms_shutdown();
}

/* ---- Ends before the end ---- */

/* Stopped in the third epoch, training returns what two epochs give. */
static void stopped(void) {
  test_load();
  CHECK(ms_init(NULL, 2) == MS_OK);
  struct ms_config *config = test_tiny_config(5);
  struct history history;
  const struct ms_observer observer = observe(&history);
  struct ms_train_result result;
  history.stop_after_steps = 25;
  struct ms_network *network = test_train(config, 1000, 0, &observer, &result, MS_STOPPED);
  CHECK(result.epochs_run == 2 && result.model_epoch == 2 && network);
  CHECK_MESSAGE(strstr(ms_error_message(), "epoch 3, after step 5 of 10"), "%s", ms_error_message());
  char stopped_digest[65], digest[65];
  ms_network_sha256(network, stopped_digest);
  ms_network_free(network);
  config->epochs = 2;
  test_digest_of_run(config, 1000, 0, digest);
  CHECK(strcmp(stopped_digest, digest) == 0);

  history.n_steps = 0;
  history.stop_after_steps = 3;
  network = test_train(config, 1000, 0, &observer, &result, MS_STOPPED);
  CHECK(!network && result.epochs_run == 0);
  ms_config_free(config);
  ms_shutdown();
}

/* 24 layers at the largest learning rate overflow within a few steps. */
static void not_finite(void) {
  test_load();
  CHECK(ms_init(NULL, 2) == MS_OK);
  struct ms_config *config = test_tiny_config(20);
  struct ms_layer_config layers[24], *owned = config->hidden;
  for (size_t l = 0; l < 24; ++l)
    layers[l] = (struct ms_layer_config){.units = 64};
  config->hidden = layers;
  config->n_hidden = 24;
  config->lr = MS_MAX_LEARNING_RATE;
  struct ms_train_result result;
  ms_network_free(test_train(config, 1000, 0, NULL, &result, MS_ERROR_NUMERIC));
  CHECK_MESSAGE(strstr(ms_error_message(), "not finite") && strstr(ms_error_message(), "smaller lr"), "%s",
                ms_error_message());
  config->hidden = owned;
  ms_config_free(config);
  ms_shutdown();
}

/* Weights stay finite, and what they make of an image does not: one step an epoch, so that validation is the first to
 * see it. */
static void validation_not_finite(void) {
  test_load();
  CHECK(ms_init(NULL, 2) == MS_OK);
  struct ms_config *config = test_tiny_config(3);
  struct ms_layer_config layers[24], *owned = config->hidden;
  for (size_t l = 0; l < 24; ++l)
    layers[l] = (struct ms_layer_config){.units = 256};
  config->hidden = layers;
  config->n_hidden = 24;
  config->batch = 100;
  config->lr = MS_MAX_LEARNING_RATE;
  struct ms_train_result result;
  for (int monitor = 0; monitor < 2; ++monitor) {
    config->monitor = monitor == 0 ? MS_VAL_ACCURACY : MS_VAL_LOSS;
    config->patience = (size_t)monitor;
    CHECK(!test_train(config, 100, 50, NULL, &result, MS_ERROR_NUMERIC));
    CHECK_MESSAGE(strstr(ms_error_message(), "epoch 1: the validation loss is not finite"), "%s", ms_error_message());
    CHECK(result.epochs_run == 0 && result.model_epoch == 0);
  }
  config->patience = 0;
  struct ms_network *network = test_train(config, 100, 0, NULL, &result, MS_ERROR_NUMERIC); /* of the second epoch */
  struct ms_evaluation evaluation;
  CHECK(network && result.epochs_run == 1);
  CHECK(ms_evaluate(network, &test_data.test, &evaluation) == MS_ERROR_NUMERIC && !evaluation.predicted);
  ms_network_free(network);
  config->hidden = owned;
  ms_config_free(config);
  ms_shutdown();
}

/* What a caller may get wrong. */
static void refused(void) {
  test_load();
  struct ms_config *config = test_tiny_config(1);
  struct ms_network *network;
  struct ms_train_result result;
  struct ms_evaluation evaluation;
  struct ms_dataset data = ms_dataset_slice(&test_data.train, 0, 100);
  CHECK(ms_init(NULL, 2) == MS_OK);
  CHECK(ms_train(config, &data, NULL, NULL, &network, &result) == MS_OK);
  ms_shutdown();
  CHECK(ms_evaluate(network, &data, &evaluation) == MS_ERROR_ARGUMENT && strstr(ms_error_message(), "ms_init"));
  ms_network_free(network);
  CHECK(ms_train(config, &data, NULL, NULL, &network, &result) == MS_ERROR_ARGUMENT && !network);
  CHECK(ms_init(NULL, 2) == MS_OK);
  data.n_classes = 9;
  CHECK(ms_train(config, &data, NULL, NULL, &network, &result) == MS_ERROR_ARGUMENT && !network);
  CHECK_MESSAGE(strstr(ms_error_message(), "label 4 is 9"), "%s", ms_error_message());
  ms_config_free(config);
  ms_shutdown();
}

/* No hidden layer at all is softmax regression. */
static void no_hidden_layer(void) {
  test_load();
  CHECK(ms_init(NULL, 2) == MS_OK);
  struct ms_config *config = test_tiny_config(10);
  config->n_hidden = 0;
  config->lr = 0.01;
  struct ms_train_result result;
  struct ms_network *network = test_train(config, 2000, 0, NULL, &result, MS_OK);
  struct ms_evaluation evaluation;
  CHECK(ms_network_layers(network) == 1);
  CHECK(ms_evaluate(network, &test_data.test, &evaluation) == MS_OK);
  CHECK_MESSAGE(evaluation.accuracy > 0.8, "%g", evaluation.accuracy);
  ms_evaluation_free(&evaluation);
  ms_network_free(network);
  ms_config_free(config);
  ms_shutdown();
}

static const struct test_case cases[] = {
    {"report_network", report_network},
    {"narrow_network", narrow_network},
    {"input_dropout_and_cosine", input_dropout_and_cosine},
    {"each_path", each_path},
    {"odd_shapes", odd_shapes},
    {"early_stopping", early_stopping},
    {"stopped", stopped},
    {"not_finite", not_finite},
    {"validation_not_finite", validation_not_finite},
    {"refused", refused},
    {"no_hidden_layer", no_hidden_layer},
};

TEST_MAIN(cases)
