/* The report's claims against runs of its stages. */
#include "runtime/report/claims.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/platform/c_locale.h"

static const char *const presets[MS_N_STAGES] = {"unregularised", "regularised", "final"};

/* The order of the rows. */
enum { TRAIN_1, GAP_1, TRAIN_2, VALIDATION_2, GAP_2, TEST_3, ERRORS_3, MACRO_F1_3, LOWEST_F1_3 };

static const struct {
  size_t stage;
  const char *text;
  enum ms_claim_unit unit;
  bool has_report, less_is_better;
  double report, rounding; /* half of the last digit that the report gives */
} rows[MS_N_CLAIMS] = {
    [TRAIN_1] = {0, "training accuracy after 15 epochs", MS_UNIT_PERCENT, true, false, 99.93, 0.005},
    [GAP_1] = {0, "gap from training to validation opens", MS_UNIT_POINTS, false, true, 0, 0},
    [TRAIN_2] = {1, "training accuracy of the best model", MS_UNIT_PERCENT, true, false, 99.83, 0.005},
    [VALIDATION_2] = {1, "validation accuracy of the best model", MS_UNIT_PERCENT, true, false, 98.50, 0.005},
    [GAP_2] = {1, "gap from training to validation", MS_UNIT_POINTS, true, true, 99.83 - 98.50, 0.01},
    [TEST_3] = {2, "test accuracy", MS_UNIT_PERCENT, true, false, 98.37, 0.005},
    [ERRORS_3] = {2, "misclassified test images", MS_UNIT_COUNT, true, true, 163, 0.5},
    [MACRO_F1_3] = {2, "F1, mean of the classes", MS_UNIT_SCORE, true, false, 0.98, 0.005},
    [LOWEST_F1_3] = {2, "F1 of the lowest class", MS_UNIT_SCORE, true, false, 0.975, 0.0005},
};

const char *ms_stage_preset(size_t stage) {
  return presets[stage];
}

size_t ms_stage_of(const struct ms_config *config) {
  size_t stage = 0;
  for (bool same = false; stage < MS_N_STAGES; ++stage) {
    struct ms_config *preset;
    if (ms_config_preset(presets[stage], &preset) != MS_OK)
      return MS_N_STAGES;
    preset->seed = config->seed;
    same = ms_config_difference(preset, config) == NULL;
    ms_config_free(preset);
    if (same)
      break;
  }
  return stage;
}

/* ---- Words ---- */

static void format_value(enum ms_claim_unit unit, double value, bool with_sign, bool with_unit, char *text,
                         size_t size) {
  static const int digits[] = {2, 2, 0, 4};
  static const char *const units[] = {" %", " points", "", ""};
  /* A difference that rounds to nothing has no sign. */
  const double half = unit == MS_UNIT_COUNT ? 0.5 : unit == MS_UNIT_SCORE ? 0.00005 : 0.005;
  if (fabs(value) < half)
    value = 0;
  const bool sign = with_sign && value != 0;
  ms_snprintf(text, size, sign ? "%+.*f%s" : "%.*f%s", digits[unit], value, with_unit ? units[unit] : "");
}

/* In the digits of the report. */
static void format_report(size_t row, char text[32]) {
  const double value = rows[row].report;
  if (row == MACRO_F1_3)
    ms_snprintf(text, 32, "%.2f", value);
  else if (row == LOWEST_F1_3)
    ms_snprintf(text, 32, "%.3f", value);
  else
    format_value(rows[row].unit, value, false, true, text, 32);
}

static void judge(size_t row, struct ms_claim *claim) {
  static const char *const words[] = {"", "met", "better", "missed"};
  const double better = rows[row].less_is_better ? claim->report - claim->run : claim->run - claim->report;
  const double tolerance = fmax(claim->standard_error, rows[row].rounding);
  if (claim->has_report)
    claim->verdict = better < -tolerance ? MS_CLAIM_MISSED : better > tolerance ? MS_CLAIM_BETTER : MS_CLAIM_MET;
  claim->verdict_text = words[claim->verdict];
  if (!claim->has_report)
    return;
  const bool count = claim->unit == MS_UNIT_PERCENT;
  format_value(count ? MS_UNIT_POINTS : claim->unit, claim->run - claim->report, true, true, claim->difference_text,
               sizeof claim->difference_text);
}

/* The class of the lowest F1; the first if none has one. */
static size_t lowest_class(const struct ms_evaluation *e) {
  size_t lowest = 0;
  for (size_t c = 1; c < e->n_classes; ++c)
    if (isnan(e->f1[lowest]) || e->f1[c] < e->f1[lowest])
      lowest = c;
  return lowest;
}

/* ---- What a run shows where a claim is missed ---- */

struct ms_claim_run ms_claim_run(const struct ms_run *run) {
  return (struct ms_claim_run){.config = run->config,
                               .epochs = run->epochs,
                               .n_epochs = run->n_epochs,
                               .model_epoch = run->result.model_epoch,
                               .stopped_early = run->result.stopped_early,
                               .train = &run->train,
                               .validation = run->has_validation ? &run->validation : NULL,
                               .test = run->has_test ? &run->test : NULL};
}

/* How training of a run ended. */
static int describe_end(const struct ms_claim_run *run, char *text, size_t size) {
  if (run->stopped_early)
    return ms_snprintf(text, size,
                       "early stopping (patience %zu, min_delta %g) ended training after epoch %zu of %zu and "
                       "kept epoch %zu",
                       run->config->patience, run->config->min_delta, run->n_epochs, run->config->epochs,
                       run->model_epoch);
  return ms_snprintf(text, size, "all %zu epochs were trained, epoch %zu was kept", run->n_epochs, run->model_epoch);
}

static void explain_training(const struct ms_claim_run *run, struct ms_claim *claim) {
  const struct ms_evaluation *train = run->train;
  const struct ms_epoch *last = &run->epochs[run->n_epochs - 1];
  int length = ms_snprintf(claim->note, sizeof claim->note,
                           "%zu of %zu training images wrong, dropout off (the report's "
                           "figure is %.0f); ",
                           train->errors, train->n, (1 - claim->report / 100) * (double)train->n);
  if (run->stopped_early)
    describe_end(run, claim->note + length, sizeof claim->note - (size_t)length);
  else if (run->n_epochs > 1 && last->train_accuracy > last[-1].train_accuracy)
    ms_snprintf(claim->note + length, sizeof claim->note - (size_t)length,
                "still rising, as counted while training: %.2f %% in epoch %zu, %.2f %% in epoch %zu",
                100 * last[-1].train_accuracy, last[-1].epoch, 100 * last->train_accuracy, last->epoch);
  else
    ms_snprintf(claim->note + length, sizeof claim->note - (size_t)length,
                "%.2f %% in epoch %zu as counted while training", 100 * last->train_accuracy, last->epoch);
}

/* The epoch with the highest validation accuracy as counted; NULL without validation. */
static const struct ms_epoch *best_epoch(const struct ms_claim_run *run) {
  const struct ms_epoch *best = NULL;
  for (size_t i = 0; i < run->n_epochs; ++i)
    if (run->epochs[i].has_validation && (!best || run->epochs[i].val_accuracy > best->val_accuracy))
      best = &run->epochs[i];
  return best;
}

static const struct ms_epoch *lowest_loss(const struct ms_claim_run *run) {
  const struct ms_epoch *lowest = NULL;
  for (size_t i = 0; i < run->n_epochs; ++i)
    if (run->epochs[i].has_validation && (!lowest || run->epochs[i].val_loss < lowest->val_loss))
      lowest = &run->epochs[i];
  return lowest;
}

static const char *below_or_above(double gap) {
  return gap < 0 ? "below" : "above";
}

/* The curves diverge if the gap of the last epoch is above that of the first. */
static void judge_divergence(const struct ms_claim_run *run, struct ms_claim *claim) {
  const struct ms_epoch *first = run->epochs, *last = &run->epochs[run->n_epochs - 1], *best = best_epoch(run);
  if (!best)
    return;
  const double opened = 100 * (first->train_accuracy - first->val_accuracy);
  const double at_end = 100 * (last->train_accuracy - last->val_accuracy);
  claim->verdict = at_end > opened ? MS_CLAIM_MET : MS_CLAIM_MISSED;
  ms_snprintf(
      claim->note, sizeof claim->note,
      "training accuracy, as counted while training, was %.2f points %s validation accuracy in epoch %zu, %.2f %s in "
      "epoch %zu; validation accuracy was highest in epoch %zu (%.2f %%), validation loss lowest in epoch %zu",
      fabs(opened), below_or_above(opened), first->epoch, fabs(at_end), below_or_above(at_end), last->epoch,
      best->epoch, 100 * best->val_accuracy, lowest_loss(run)->epoch);
}

static void explain(size_t row, const struct ms_claim_run *const stages[MS_N_STAGES], struct ms_claim *claim) {
  const struct ms_claim_run *run = stages[claim->stage];
  const bool missed = claim->verdict == MS_CLAIM_MISSED;
  if (missed && (row == TRAIN_1 || row == TRAIN_2 || row == VALIDATION_2))
    claim->verdict_text = "explained";
  if (missed && (row == TRAIN_1 || row == TRAIN_2))
    explain_training(run, claim);
  else if (missed && row == VALIDATION_2) {
    const int length = describe_end(run, claim->note, sizeof claim->note);
    ms_snprintf(claim->note + length, sizeof claim->note - (size_t)length, "; a standard error is %.2f points",
                claim->standard_error);
  } else if (row == GAP_2 && stages[0] && stages[0]->train && stages[0]->validation) {
    const double before = 100 * (stages[0]->train->accuracy - stages[0]->validation->accuracy);
    ms_snprintf(claim->note, sizeof claim->note, "%s before regularisation: %.2f points",
                claim->run < before ? "smaller than" : "not smaller than", before);
  } else if (missed && row == TEST_3)
    ms_snprintf(claim->note, sizeof claim->note,
                "%.1f standard errors of %.2f points below: one seed is one draw, several show more",
                (claim->report - claim->run) / claim->standard_error, claim->standard_error);
  else if (missed && row == ERRORS_3)
    ms_snprintf(claim->note, sizeof claim->note, "a standard error is %.0f images", claim->standard_error);
  else if (missed && row == MACRO_F1_3)
    ms_snprintf(claim->note, sizeof claim->note, "a standard error is %.4f", claim->standard_error);
  else if (row == LOWEST_F1_3)
    ms_snprintf(claim->note, sizeof claim->note, "that of class %zu; a standard error of one class is %.4f",
                lowest_class(run->test), claim->standard_error);
}

/* ---- Figures ---- */

/* Standard error of a share p among n draws. */
static double binomial_error(double p, size_t n) {
  return n > 0 ? sqrt(p * (1 - p) / (double)n) : 0;
}

static void set_figure(struct ms_claim *claim, double value, double standard_error) {
  claim->has_run = true;
  claim->run = value;
  claim->standard_error = standard_error;
}

static void set_accuracy(struct ms_claim *claim, const struct ms_evaluation *e) {
  if (e)
    set_figure(claim, 100 * e->accuracy, 100 * binomial_error(claim->report / 100, e->n));
}

/* Training accuracy carries the smaller part of its error. */
static void set_gap(struct ms_claim *claim, const struct ms_evaluation *train, const struct ms_evaluation *validation,
                    double train_report, double validation_report) {
  if (train && validation)
    set_figure(claim, 100 * (train->accuracy - validation->accuracy),
               100 * hypot(binomial_error(train_report / 100, train->n),
                           binomial_error(validation_report / 100, validation->n)));
}

static void find_figure(size_t row, const struct ms_claim_run *run, struct ms_claim *claim) {
  const struct ms_evaluation *test = run->test;
  switch (row) {
  case TRAIN_1:
  case TRAIN_2:
    set_accuracy(claim, run->train);
    break;
  case VALIDATION_2:
    set_accuracy(claim, run->validation);
    break;
  case GAP_1:
    set_gap(claim, run->train, run->validation, rows[TRAIN_1].report, rows[VALIDATION_2].report);
    break;
  case GAP_2:
    set_gap(claim, run->train, run->validation, rows[TRAIN_2].report, rows[VALIDATION_2].report);
    break;
  case TEST_3:
    set_accuracy(claim, test);
    break;
  case ERRORS_3:
    if (test)
      set_figure(claim, (double)test->errors, (double)test->n * binomial_error(rows[TEST_3].report / 100, test->n));
    break;
  case MACRO_F1_3:
    if (test)
      set_figure(claim, test->macro_f1, binomial_error(claim->report, test->n));
    break;
  case LOWEST_F1_3:
    if (test && test->f1)
      set_figure(claim, test->f1[lowest_class(test)], binomial_error(claim->report, test->n / test->n_classes));
    break;
  default:
    break;
  }
}

void ms_claims(const struct ms_claim_run *const stages[MS_N_STAGES], bool is_mnist,
               struct ms_claim claims[MS_N_CLAIMS]) {
  for (size_t row = 0; row < MS_N_CLAIMS; ++row) {
    struct ms_claim *claim = &claims[row];
    *claim = (struct ms_claim){.stage = rows[row].stage,
                               .text = rows[row].text,
                               .unit = rows[row].unit,
                               .has_report = rows[row].has_report,
                               .report = rows[row].report,
                               .verdict_text = ""};
    if (claim->has_report)
      format_report(row, claim->report_text);
    const struct ms_claim_run *run = stages[claim->stage];
    if (run && run->n_epochs > 0)
      find_figure(row, run, claim);
    if (!claim->has_run)
      continue;
    assert(run);
    format_value(claim->unit, claim->run, false, true, claim->run_text, sizeof claim->run_text);
    if (!is_mnist)
      continue;
    if (row == GAP_1)
      judge_divergence(run, claim);
    judge(row, claim);
    explain(row, stages, claim);
  }
}

/* ---- Several seeds ---- */

static void spread_of(const struct ms_claim *claims, size_t n_seeds, struct ms_spread *spread) {
  *spread = (struct ms_spread){.min = HUGE_VAL, .max = -HUGE_VAL};
  double sum = 0, squares = 0, error = 0;
  for (size_t s = 0; s < n_seeds; ++s) {
    const struct ms_claim *claim = &claims[s * MS_N_CLAIMS];
    if (!claim->has_run)
      continue;
    sum += claim->run;
    ++spread->n;
    spread->min = fmin(spread->min, claim->run);
    spread->max = fmax(spread->max, claim->run);
    error = claim->standard_error;
  }
  if (spread->n == 0)
    return;
  spread->mean = sum / (double)spread->n;
  for (size_t s = 0; s < n_seeds; ++s) {
    const struct ms_claim *claim = &claims[s * MS_N_CLAIMS];
    if (claim->has_run)
      squares += (claim->run - spread->mean) * (claim->run - spread->mean);
  }
  const enum ms_claim_unit unit = claims->unit;
  char min[32], max[32];
  if (spread->n > 1) {
    spread->deviation = sqrt(squares / (double)(spread->n - 1));
    format_value(unit, spread->deviation, false, false, spread->deviation_text, sizeof spread->deviation_text);
  }
  format_value(unit, spread->mean, false, true, spread->mean_text, sizeof spread->mean_text);
  format_value(unit, spread->min, false, false, min, sizeof min);
  format_value(unit, spread->max, false, false, max, sizeof max);
  ms_snprintf(spread->range_text, sizeof spread->range_text, "%s to %s", min, max);
  format_value(unit, error, false, false, spread->error_text, sizeof spread->error_text);
}

void ms_claims_spread(const struct ms_claim *claims, size_t n_seeds, struct ms_spread spreads[MS_N_CLAIMS]) {
  for (size_t row = 0; row < MS_N_CLAIMS; ++row)
    spread_of(claims + row, n_seeds, &spreads[row]);
}
