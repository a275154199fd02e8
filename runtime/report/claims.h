/* The report's claims against runs of its three stages: a row per claim, in figures and in words ready to print.
 * Everything is computed from the runs; the report's figures are the only constants. Does not read folders, does not
 * print. */
#ifndef MS_REPORT_CLAIMS_H
#define MS_REPORT_CLAIMS_H

#include "runtime/run/run_read.h"

#define MS_N_STAGES 3
#define MS_N_CLAIMS 9

/* The preset of a stage, 0 to 2: "unregularised", "regularised", "final". */
const char *ms_stage_preset(size_t stage);

/* The stage whose preset this configuration is, whatever its seed; MS_N_STAGES if it is none's. */
size_t ms_stage_of(const struct ms_config *config);

/* A finished run, as claims look at it. Members may be of any origin: a run folder, or a run just done. */
struct ms_claim_run {
  const struct ms_config *config;
  const struct ms_epoch *epochs; /* (n_epochs): the rows of metrics.csv */
  size_t n_epochs;
  size_t model_epoch; /* whose weights were kept and evaluated */
  bool stopped_early;
  /* Dropout off; NULL: not evaluated. Of them n, errors, accuracy, and of test macro_f1, n_classes and f1 are read. */
  const struct ms_evaluation *train, *validation, *test;
};

/* That of a run folder that was read, which it refers to. */
struct ms_claim_run ms_claim_run(const struct ms_run *run);

enum ms_claim_unit { MS_UNIT_PERCENT, MS_UNIT_POINTS, MS_UNIT_COUNT, MS_UNIT_SCORE };

/* Met: the run is at the report's figure, or less than one standard error worse. Better: beyond it by a standard error.
 * Missed: the note says what the run shows about it. Unknown: the run is not there, or was not evaluated. */
enum ms_verdict { MS_CLAIM_UNKNOWN, MS_CLAIM_MET, MS_CLAIM_BETTER, MS_CLAIM_MISSED };

struct ms_claim {
  size_t stage;     /* from 0 */
  const char *text; /* what is claimed: "training accuracy after 15 epochs" */
  enum ms_claim_unit unit;
  bool has_report, has_run; /* whether there is a figure */
  double report, run;       /* in the unit: 98.37 for per cent */
  double standard_error;    /* binomial, of the report's figure, for the run's number of images; 0: none */
  enum ms_verdict verdict;
  /* In words; "" where there is nothing to say. */
  char report_text[32], run_text[32], difference_text[32];
  const char
      *verdict_text; /* "met", "better", "missed", "explained" (missed, and the note says how training ended), "" */
  char note[320];    /* one sentence or two, without a full stop at the end */
};

/* stages: a run each, NULL for one that is not there. Fills all rows, in the order of the report. Of images that are
 * not MNIST's nothing is judged: the rows have the run's figures, and neither difference, verdict nor note. */
void ms_claims(const struct ms_claim_run *const stages[MS_N_STAGES], bool is_mnist,
               struct ms_claim claims[MS_N_CLAIMS]);

/* One claim's figure over several seeds. The standard deviation is that of a sample (n - 1). */
struct ms_spread {
  size_t n; /* seeds with a figure */
  double mean, deviation, min, max;
  char mean_text[32], deviation_text[32], range_text[80],
      error_text[32]; /* error: the binomial standard error, or "" */
};

/* claims: (n_seeds, MS_N_CLAIMS), those of seed after seed. spreads: (MS_N_CLAIMS). */
void ms_claims_spread(const struct ms_claim *claims, size_t n_seeds, struct ms_spread spreads[MS_N_CLAIMS]);

#endif
