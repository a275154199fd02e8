/* The claim table: figures, differences, verdicts and notes against values worked out by hand; the spread over
 * seeds. */
#include "runtime/platform/c_locale.h"
#include "runtime/report/claims.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/harness.h"

/* The rows, in the order of claims.h. */
enum { TRAIN_1, GAP_1, TRAIN_2, VALIDATION_2, GAP_2, TEST_3, ERRORS_3, MACRO_F1_3, LOWEST_F1_3 };

static struct ms_config *configs[MS_N_STAGES];
static struct ms_evaluation train[MS_N_STAGES], validation[MS_N_STAGES], test;
static double f1[3];
static struct ms_epoch epochs[2];
static struct ms_claim_run runs[MS_N_STAGES];

static struct ms_evaluation evaluation(size_t n, size_t errors) {
  return (struct ms_evaluation){.n = n, .errors = errors, .accuracy = 1 - (double)errors / (double)n};
}

/* Runs that agree with the report to the last digit. */
static void like_the_report(void) {
  train[0] = evaluation(50000, 35);
  validation[0] = evaluation(10000, 200);
  train[1] = evaluation(50000, 85);
  validation[1] = evaluation(10000, 150);
  test = evaluation(10000, 163);
  f1[0] = 0.984;
  f1[1] = 0.975;
  f1[2] = 0.981;
  test.macro_f1 = 0.98;
  test.n_classes = 3;
  test.f1 = f1;
  epochs[0] = (struct ms_epoch){
      .epoch = 1, .train_accuracy = 0.90, .has_validation = true, .val_accuracy = 0.94, .val_loss = 0.1};
  epochs[1] = (struct ms_epoch){
      .epoch = 2, .train_accuracy = 0.99, .has_validation = true, .val_accuracy = 0.96, .val_loss = 0.2};
  for (size_t s = 0; s < MS_N_STAGES; ++s) {
    if (!configs[s])
      CHECK(ms_config_preset(ms_stage_preset(s), &configs[s]) == MS_OK);
    runs[s] = (struct ms_claim_run){.config = configs[s],
                                    .epochs = epochs,
                                    .n_epochs = 2,
                                    .model_epoch = 2,
                                    .train = &train[s],
                                    .validation = s < 2 ? &validation[s] : NULL};
  }
  runs[2].test = &test;
}

static void compute(struct ms_claim claims[MS_N_CLAIMS]) {
  const struct ms_claim_run *const stages[MS_N_STAGES] = {&runs[0], &runs[1], &runs[2]};
  ms_claims(stages, true, claims);
}

static void check_row(const struct ms_claim *claim, const char *report, const char *run, const char *difference,
                      enum ms_verdict verdict) {
  CHECK_MESSAGE(strcmp(claim->report_text, report) == 0, "%s: report '%s'", claim->text, claim->report_text);
  CHECK_MESSAGE(strcmp(claim->run_text, run) == 0, "%s: run '%s'", claim->text, claim->run_text);
  CHECK_MESSAGE(strcmp(claim->difference_text, difference) == 0, "%s: difference '%s'", claim->text,
                claim->difference_text);
  CHECK_MESSAGE(claim->verdict == verdict, "%s: verdict '%s'", claim->text, claim->verdict_text);
}

static void stages(void) {
  struct ms_config *config;
  for (size_t s = 0; s < MS_N_STAGES; ++s) {
    CHECK(ms_config_preset(ms_stage_preset(s), &config) == MS_OK);
    config->seed = 7;
    CHECK(ms_stage_of(config) == s);
    config->epochs += 1;
    CHECK(ms_stage_of(config) == MS_N_STAGES);
    ms_config_free(config);
  }
}

static void all_met(void) {
  struct ms_claim claims[MS_N_CLAIMS];
  like_the_report();
  compute(claims);
  check_row(&claims[TRAIN_1], "99.93 %", "99.93 %", "0.00 points", MS_CLAIM_MET);
  check_row(&claims[GAP_1], "", "1.93 points", "", MS_CLAIM_MET);
  check_row(&claims[TRAIN_2], "99.83 %", "99.83 %", "0.00 points", MS_CLAIM_MET);
  check_row(&claims[VALIDATION_2], "98.50 %", "98.50 %", "0.00 points", MS_CLAIM_MET);
  check_row(&claims[GAP_2], "1.33 points", "1.33 points", "0.00 points", MS_CLAIM_MET);
  check_row(&claims[TEST_3], "98.37 %", "98.37 %", "0.00 points", MS_CLAIM_MET);
  check_row(&claims[ERRORS_3], "163", "163", "0", MS_CLAIM_MET);
  check_row(&claims[MACRO_F1_3], "0.98", "0.9800", "0.0000", MS_CLAIM_MET);
  check_row(&claims[LOWEST_F1_3], "0.975", "0.9750", "0.0000", MS_CLAIM_MET);
  /* sqrt(0.9837 * 0.0163 / 10000) = 0.0012663 */
  CHECK(fabs(claims[TEST_3].standard_error - 0.12663) < 1e-5 && fabs(claims[ERRORS_3].standard_error - 12.663) < 1e-3);
  CHECK(strcmp(claims[LOWEST_F1_3].note, "that of class 1; a standard error of one class is 0.0027") == 0);
  CHECK(strstr(claims[GAP_1].note, "4.00 points below validation accuracy in epoch 1, 3.00 above in epoch 2") != NULL);
  CHECK(strstr(claims[GAP_1].note, "highest in epoch 2 (96.00 %), validation loss lowest in epoch 1") != NULL);
  CHECK(strcmp(claims[GAP_2].note, "smaller than before regularisation: 1.93 points") == 0);
}

/* A standard error is 12.66 images: 175 errors are within it, 176 are not; 150 too, 149 is better. */
static void bounds(void) {
  static const struct {
    size_t errors;
    enum ms_verdict verdict;
    const char *difference;
  } cases[] = {{175, MS_CLAIM_MET, "+12"},
               {176, MS_CLAIM_MISSED, "+13"},
               {151, MS_CLAIM_MET, "-12"},
               {150, MS_CLAIM_BETTER, "-13"}};
  struct ms_claim claims[MS_N_CLAIMS];
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
    char run[32], accuracy[32];
    like_the_report();
    test.errors = cases[i].errors;
    test.accuracy = 1 - (double)test.errors / (double)test.n;
    snprintf(run, sizeof run, "%zu", test.errors);
    ms_snprintf(accuracy, sizeof accuracy, "%.2f %%", 100 * test.accuracy);
    compute(claims);
    check_row(&claims[ERRORS_3], "163", run, cases[i].difference, cases[i].verdict);
    CHECK(claims[TEST_3].verdict == cases[i].verdict && strcmp(claims[TEST_3].run_text, accuracy) == 0);
    CHECK((claims[TEST_3].note[0] != '\0') == (cases[i].verdict == MS_CLAIM_MISSED));
  }
  /* F1 0.98 is printed in two digits: 0.9751 is what it says. */
  like_the_report();
  test.macro_f1 = 0.9751;
  f1[2] = 0.9699; /* a standard error at 0.975 on 3333 images is 0.0027 */
  compute(claims);
  check_row(&claims[MACRO_F1_3], "0.98", "0.9751", "-0.0049", MS_CLAIM_MET);
  check_row(&claims[LOWEST_F1_3], "0.975", "0.9699", "-0.0051", MS_CLAIM_MISSED);
  CHECK(strncmp(claims[LOWEST_F1_3].note, "that of class 2;", 16) == 0);
  f1[0] = (double)NAN; /* an absent class is not the lowest */
  compute(claims);
  check_row(&claims[LOWEST_F1_3], "0.975", "0.9699", "-0.0051", MS_CLAIM_MISSED);
  CHECK(strncmp(claims[LOWEST_F1_3].note, "that of class 2;", 16) == 0);
}

static void explained(void) {
  struct ms_claim claims[MS_N_CLAIMS];
  like_the_report();
  train[0] = evaluation(50000, 100);
  train[1] = evaluation(50000, 300);
  validation[1] = evaluation(10000, 180);
  runs[1].stopped_early = true;
  runs[1].model_epoch = 1;
  compute(claims);
  check_row(&claims[TRAIN_1], "99.93 %", "99.80 %", "-0.13 points", MS_CLAIM_MISSED);
  CHECK(strcmp(claims[TRAIN_1].note,
               "100 of 50000 training images wrong, dropout off (the report's figure is 35); still rising, as counted "
               "while training: 90.00 % in epoch 1, 99.00 % in epoch 2") == 0);
  check_row(&claims[VALIDATION_2], "98.50 %", "98.20 %", "-0.30 points", MS_CLAIM_MISSED);
  CHECK(strcmp(claims[VALIDATION_2].note, "early stopping (patience 5, min_delta 0.0001) ended training after epoch 2 "
                                          "of 50 and kept epoch 1; a standard error is 0.12 points") == 0);
  CHECK(strstr(claims[TRAIN_2].note, "300 of 50000") && strstr(claims[TRAIN_2].note, "kept epoch 1"));

  /* The note must not say what is not so. */
  epochs[0].train_accuracy = 0.995;
  runs[1].stopped_early = false;
  runs[1].model_epoch = 2;
  train[0] = evaluation(50000, 400);
  validation[0] = evaluation(10000, 110);
  compute(claims);
  CHECK(!strstr(claims[TRAIN_1].note, "rising") && strstr(claims[TRAIN_1].note, "99.00 % in epoch 2 as counted"));
  CHECK(strstr(claims[VALIDATION_2].note, "all 2 epochs were trained, epoch 2 was kept") != NULL);
  CHECK(strcmp(claims[GAP_2].note, "not smaller than before regularisation: 0.30 points") == 0);
  /* The gap closes from 5.5 to 3 points: the curves do not diverge. */
  epochs[0].val_accuracy = 0.94;
  compute(claims);
  CHECK(claims[GAP_1].verdict == MS_CLAIM_MISSED);
}

/* Figures of other images are shown, and not judged. */
static void other_images(void) {
  struct ms_claim claims[MS_N_CLAIMS];
  like_the_report();
  const struct ms_claim_run *const stages[MS_N_STAGES] = {&runs[0], &runs[1], &runs[2]};
  ms_claims(stages, false, claims);
  for (size_t row = 0; row < MS_N_CLAIMS; ++row)
    CHECK(claims[row].has_run && claims[row].run_text[0] && claims[row].verdict == MS_CLAIM_UNKNOWN &&
          !claims[row].verdict_text[0] && !claims[row].difference_text[0] && !claims[row].note[0]);
}

/* Nothing is called explained where the note explains nothing. */
static void missed(void) {
  struct ms_claim claims[MS_N_CLAIMS];
  like_the_report();
  test.macro_f1 = 0.95;
  test.errors = 400;
  test.accuracy = 0.96;
  compute(claims);
  CHECK(strcmp(claims[TEST_3].verdict_text, "missed") == 0 && strcmp(claims[ERRORS_3].verdict_text, "missed") == 0);
  check_row(&claims[MACRO_F1_3], "0.98", "0.9500", "-0.0300", MS_CLAIM_MISSED);
  CHECK(strcmp(claims[MACRO_F1_3].verdict_text, "missed") == 0);
  CHECK(strcmp(claims[MACRO_F1_3].note, "a standard error is 0.0014") == 0);
}

static void absent(void) {
  struct ms_claim claims[MS_N_CLAIMS];
  like_the_report();
  const struct ms_claim_run *const only_second[MS_N_STAGES] = {NULL, &runs[1], NULL};
  ms_claims(only_second, true, claims);
  for (size_t row = 0; row < MS_N_CLAIMS; ++row) {
    CHECK(claims[row].has_run == (claims[row].stage == 1));
    CHECK((claims[row].verdict == MS_CLAIM_UNKNOWN) == (claims[row].stage != 1));
  }
  CHECK(claims[GAP_2].note[0] == '\0');
  runs[2].test = NULL;
  runs[0].n_epochs = 0;
  compute(claims);
  CHECK(!claims[TEST_3].has_run && !claims[LOWEST_F1_3].has_run && !claims[TRAIN_1].has_run);
}

/* 163, 150 and 140 errors: mean 151, deviation sqrt((144 + 1 + 121) / 2) = 11.53. */
static void spread(void) {
  static const size_t errors[] = {163, 150, 140};
  static struct ms_claim claims[3][MS_N_CLAIMS];
  struct ms_spread spreads[MS_N_CLAIMS];
  for (size_t i = 0; i < 3; ++i) {
    like_the_report();
    test.errors = errors[i];
    test.accuracy = 1 - (double)errors[i] / (double)test.n;
    compute(claims[i]);
  }
  ms_claims_spread(claims[0], 3, spreads);
  const struct ms_spread *s = &spreads[ERRORS_3];
  CHECK(s->n == 3 && s->mean == 151 && s->min == 140 && s->max == 163);
  CHECK(fabs(s->deviation - sqrt(133)) < 1e-12);
  CHECK(strcmp(s->mean_text, "151") == 0 && strcmp(s->deviation_text, "12") == 0 &&
        strcmp(s->range_text, "140 to 163") == 0 && strcmp(s->error_text, "13") == 0);
  s = &spreads[TEST_3];
  CHECK(strcmp(s->mean_text, "98.49 %") == 0 && strcmp(s->deviation_text, "0.12") == 0 &&
        strcmp(s->range_text, "98.37 to 98.60") == 0 && strcmp(s->error_text, "0.13") == 0);
  ms_claims_spread(claims[0], 1, spreads);
  CHECK(spreads[ERRORS_3].n == 1 && spreads[ERRORS_3].deviation_text[0] == '\0');
}

static const struct test_case cases[] = {
    {"stages by configuration", stages}, {"the report's own figures", all_met},
    {"bounds of a verdict", bounds},     {"notes", explained},
    {"runs that are not there", absent}, {"spread over seeds", spread},
    {"other images", other_images},      {"missed", missed},
};
TEST_MAIN(cases)
