/* Evaluations of trained networks, and configurations that are made and refused. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/nn/evaluate.h"
#include "runtime/platform/dispatch.h"
#include "tests/harness.h"
#include "tests/short_runs.h"

static bool same(double found, double expected) {
  return isnan(expected) ? isnan(found) : fabs(found - expected) < 1e-12;
}

/* The counts of an evaluation recounted from its predictions. */
static void evaluation_adds_up(void) {
  test_load();
  CHECK(ms_init(NULL, 2) == MS_OK);
  struct ms_config *config = test_tiny_config(2);
  struct ms_train_result result;
  struct ms_network *network = test_train(config, 1000, 0, NULL, &result, MS_OK);
  struct ms_evaluation e;
  CHECK(ms_evaluate(network, &test_data.test, &e) == MS_OK);
  size_t errors = 0;
  double f1_sum = 0;
  for (size_t i = 0; i < e.n; ++i)
    errors += e.predicted[i] != test_data.test.labels[i];
  for (size_t c = 0; c < e.n_classes; ++c) {
    size_t hits = 0, predicted = 0, support = 0;
    for (size_t i = 0; i < e.n; ++i) {
      hits += e.predicted[i] == c && test_data.test.labels[i] == c;
      predicted += e.predicted[i] == c;
      support += test_data.test.labels[i] == c;
    }
    const double precision = predicted ? (double)hits / (double)predicted : (double)NAN;
    const double recall = (double)hits / (double)support, f1 = hits ? 2 / (1 / precision + 1 / recall) : 0;
    CHECK(e.support[c] == support && e.confusion[c * e.n_classes + c] == hits);
    CHECK(same(e.precision[c], precision) && same(e.recall[c], recall) && same(e.f1[c], f1));
    f1_sum += f1;
  }
  CHECK(e.n == 10000 && e.errors == errors && errors > 0 && fabs(e.accuracy - (1 - (double)errors / 10000)) < 1e-12);
  CHECK(fabs(e.macro_f1 - f1_sum / 10) < 1e-12);
  ms_evaluation_free(&e);
  ms_network_free(network);
  ms_config_free(config);
  ms_shutdown();
}

/* Evaluations in which classes are absent, with what the definition in mnist_simd.h makes of them by hand. */
#define NONE ((double)NAN)
static const struct {
  const char *name;
  size_t confusion[4][4];
  double precision[4], recall[4], f1[4], macro_f1;
} absences[] = {
    {"no image is wrong, class 0 is absent: labels that begin at 1",
     {{0, 0, 0, 0}, {0, 3, 0, 0}, {0, 0, 5, 0}, {0, 0, 0, 2}},
     {NONE, 1, 1, 1},
     {NONE, 1, 1, 1},
     {NONE, 1, 1, 1},
     1},
    {"class 1 occurs and is never predicted",
     {{4, 0, 0, 0}, {2, 0, 1, 1}, {0, 0, 3, 0}, {0, 0, 0, 5}},
     {4. / 6, NONE, 3. / 4, 5. / 6},
     {1, 0, 1, 1},
     {8. / 10, 0, 6. / 7, 10. / 11},
     (8. / 10 + 6. / 7 + 10. / 11) / 4},
    {"class 2 is predicted and never occurs",
     {{6, 0, 2, 0}, {1, 5, 0, 0}, {0, 0, 0, 0}, {0, 1, 1, 4}},
     {6. / 7, 5. / 6, 0, 1},
     {6. / 8, 5. / 6, NONE, 4. / 6},
     {12. / 15, 10. / 12, 0, 8. / 10},
     (12. / 15 + 10. / 12 + 8. / 10) / 4},
    {"all that there is, is of class 3 and taken for class 0",
     {{0, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}, {7, 0, 0, 0}},
     {0, NONE, NONE, NONE},
     {NONE, NONE, NONE, 0},
     {0, NONE, NONE, 0},
     0},
    {"class 0 is absent, class 1 never predicted, class 2 never occurs",
     {{0, 0, 0, 0}, {0, 0, 1, 1}, {0, 0, 0, 0}, {0, 0, 1, 2}},
     {NONE, NONE, 0, 2. / 3},
     {NONE, 0, NONE, 2. / 3},
     {NONE, 0, 0, 4. / 6},
     (4. / 6) / 3},
};
#undef NONE

static void absent_classes(void) {
  for (size_t t = 0; t < sizeof absences / sizeof absences[0]; ++t) {
    uint8_t labels[32], predicted[32];
    double precision[4], recall[4], f1[4];
    size_t support[4] = {0}, confusion[16] = {0};
    struct ms_evaluation e = {.n_classes = 4,
                              .precision = precision,
                              .recall = recall,
                              .f1 = f1,
                              .support = support,
                              .confusion = confusion,
                              .predicted = predicted};
    size_t errors = 0;
    for (size_t i = 0; i < 16; ++i)
      for (size_t k = 0; k < absences[t].confusion[i / 4][i % 4]; ++k, ++e.n) {
        labels[e.n] = (uint8_t)(i / 4);
        e.predicted[e.n] = (uint8_t)(i % 4);
        errors += i / 4 != i % 4;
      }
    ms_evaluation_fill(labels, &e);
    test_context("%s", absences[t].name);
    CHECK(e.errors == errors && memcmp(confusion, absences[t].confusion, sizeof confusion) == 0);
    for (size_t c = 0; c < 4; ++c)
      CHECK_MESSAGE(same(precision[c], absences[t].precision[c]) && same(recall[c], absences[t].recall[c]) &&
                        same(f1[c], absences[t].f1[c]),
                    "class %zu: %g, %g, %g", c, precision[c], recall[c], f1[c]);
    CHECK_MESSAGE(same(e.macro_f1, absences[t].macro_f1), "%g", e.macro_f1);
  }
}

/* The confidences of 700 test images (a full batch and a short one) with an ISA. */
static void confidences(const struct ms_network *network, const char *isa, float confidence[700]) {
  struct ms_evaluation e;
  const struct ms_dataset test = ms_dataset_slice(&test_data.test, 0, 700);
  CHECK(ms_init(isa, 2) == MS_OK);
  CHECK(ms_evaluate(network, &test, &e) == MS_OK);
  memcpy(confidence, e.confidence, 700 * sizeof *confidence);
  for (size_t i = 0; i < 700; ++i) { /* each belongs to its image: an image alone has the loss -ln of it */
    const struct ms_dataset one = ms_dataset_slice(&test_data.test, i, 1);
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
  test_load();
  CHECK(ms_init("scalar", 2) == MS_OK);
  struct ms_config *config = test_tiny_config(3);
  struct ms_train_result result;
  struct ms_network *network = test_train(config, 2000, 0, NULL, &result, MS_OK);
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
  REJECTED(c->lr = 0, "lr is 0, must be 1e-12 to 10");
  REJECTED(c->lr = MS_MIN_LEARNING_RATE / 2, "lr");
  REJECTED(c->seed = UINT64_MAX, "seed");
  REJECTED(c->lr = (double)NAN, "lr");
  REJECTED(c->schedule = (enum ms_schedule)2, "schedule");
  REJECTED(c->input_dropout = -0.1, "input-dropout");
  REJECTED(c->min_delta = -1, "min-delta");
  REJECTED(c->val = 0, "patience");
  REJECTED(c->hidden[1].units = 0, "hidden layer 2");
  REJECTED(c->hidden[0].dropout = 1, "dropout");
  REJECTED(c->hidden[0].l1 = -1e-6, "l1");
  REJECTED(c->hidden[1].l2 = (double)NAN, "l2");
  REJECTED(c->hidden[0].maxnorm = -0.5, "maxnorm");
  REJECTED(c->hidden[1].maxnorm = 1e-7, "hidden layer 2: maxnorm is 1e-07, must be 1e-06 to 1e+06, or 0 for none");
  struct ms_config *config;
  CHECK(ms_config_preset("nothing", &config) == MS_ERROR_ARGUMENT && !config);
}

static const struct test_case cases[] = {
    {"evaluation_adds_up", evaluation_adds_up},
    {"absent_classes", absent_classes},
    {"confidence_on_each_isa", confidence_on_each_isa},
    {"configuration", configuration},
};

TEST_MAIN(cases)
