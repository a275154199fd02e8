/* Sweeps: a plain text file names settings and the values to try, each combination is trained and judged by validation
 * images, and results are kept as they come. Here are the sweep file, the plan made of it, the results and what they
 * say. Nothing here trains, and nothing reads test images.
 *
 *   struct ms_sweep sweep;
 *   ms_sweep_read("runs/section3", &sweep);            the folder of a sweep, finished or not
 *   for each axis a, value v:
 *     ms_sweep_value_mean(&sweep, a, v, &mean);        over seeds and, in a grid, over the other axes
 *   for each run r: sweep.result_of[r]                 NULL as long as it is not done
 *   ms_sweep_free(&sweep);
 *
 * The sweep file: words separated by blanks, # begins a comment. Settings and values as in ms_config_set.
 *
 *   preset unregularised              what all runs begin with
 *   set epochs 20                     changes it for all runs
 *   seeds 1 2 3                       each run once with each seed (default: 42)
 *   mode one-at-a-time                the base, then each vary line by itself; or grid: every combination
 *   vary l2 1e-6 1e-5 1e-4
 *   vary dropout 0.1,0.2 0.6,0.5      a value for each hidden layer
 *   vary dropout:2 0.1 0.2 0.3        the second hidden layer's alone
 *   vary epochs/patience 10/5 50/10   settings that change together */
#ifndef MS_SWEEP_SWEEP_H
#define MS_SWEEP_SWEEP_H

#include "runtime/mnist_simd.h"
#include "runtime/platform/text.h"

#define MS_SWEEP_MAX_RUNS 1000000 /* points times seeds */
#define MS_SWEEP_MAX_SEEDS 10000
#define MS_SWEEP_MAX_AXES 64
#define MS_SWEEP_MAX_PARTS 16 /* settings that change together */
#define MS_SWEEP_ID_SIZE 17   /* 16 hex digits and a 0 */
#define MS_SWEEP_NONE ((size_t)-1)

/* ---- The sweep file ----------------------------------------------------------------------------------------- */

enum ms_sweep_mode { MS_SWEEP_ONE_AT_A_TIME, MS_SWEEP_GRID };

/* A setting that is varied, by its index for ms_setting_name. layer, from 1: of that hidden layer alone; 0: whole. */
struct ms_sweep_part {
  size_t setting, layer;
};

/* A vary line. Its texts are as written. */
struct ms_sweep_axis {
  const char *name; /* "l2", "dropout:2", "epochs/patience" */
  size_t n_parts;   /* settings that change together, 1 as a rule */
  struct ms_sweep_part parts[MS_SWEEP_MAX_PARTS];
  size_t n_values;
  const char **values; /* (n_values): "1e-4", "0.6,0.5", "50/10" */
  size_t line;         /* of the file, from 1 */
};

struct ms_sweep_spec {
  char *path;             /* of the file, for messages */
  const char *preset;     /* its name */
  struct ms_config *base; /* the preset with what 'set' changes, and the first seed */
  enum ms_sweep_mode mode;
  size_t n_seeds, n_axes;
  uint64_t *seeds;            /* (n_seeds) */
  struct ms_sweep_axis *axes; /* (n_axes) */
  char *words;                /* the file's text, cut into words: names and values point into it */
  uint8_t *text;              /* the file as it is */
  size_t n_bytes;
};

/* Reads a sweep file, which may be anything. MS_ERROR_DATA or MS_ERROR_ARGUMENT, the message beginning with FILE:LINE:
 * what is wrong there. On failure, nothing is held but, with MS_ERROR_ARGUMENT, problems unless it is NULL: a line for
 * everything that is wrong in the file, of which the message has the first. */
enum ms_status ms_sweep_spec_read(const char *path, struct ms_sweep_spec *spec, struct ms_text *problems);
void ms_sweep_spec_free(struct ms_sweep_spec *spec);

/* ---- The plan: points, runs --------------------------------------------------------------------------------- */

/* A point is a choice of values: a grid has a point for each combination, the last axis changing fastest; one at a
 * time, point 0 is the base, then comes each value of each axis. A run trains a configuration with a seed. Points of
 * the same configuration share their runs. */
struct ms_sweep_job {
  char id[MS_SWEEP_ID_SIZE]; /* names the configuration and seed: 16 digits of the SHA-256 of all settings */
  uint32_t point, seed;      /* the first point that asks for this run; index of the seed */
};

struct ms_sweep_plan {
  size_t n_points, n_seeds, n_runs;
  struct ms_sweep_job *jobs; /* (n_runs), in sweep order */
  uint32_t *run_of;          /* (n_points, n_seeds): index of the run */
  uint32_t *by_id;           /* (n_runs): indices in order of the ids */
};

/* MS_ERROR_ARGUMENT: too many runs, or one of them cannot be trained: its settings do not go together, or it has no
 * validation images. On failure, nothing is held. */
enum ms_status ms_sweep_plan_make(const struct ms_sweep_spec *spec, struct ms_sweep_plan *plan);
void ms_sweep_plan_free(struct ms_sweep_plan *plan);

/* The index of the value that an axis takes at a point; MS_SWEEP_NONE where it is left at the base's. */
size_t ms_sweep_value_at(const struct ms_sweep_spec *spec, size_t point, size_t axis);
/* The point of one value of one axis. One at a time only. */
size_t ms_sweep_point_of(const struct ms_sweep_spec *spec, size_t axis, size_t value);
/* "base", or "hidden 512, lr 0.001"; cut where it is too long. */
void ms_sweep_describe(const struct ms_sweep_spec *spec, size_t point, char *text, size_t size);
/* A new configuration: that of a point, with that seed. */
enum ms_status ms_sweep_config(const struct ms_sweep_spec *spec, size_t point, size_t seed, struct ms_config **config);
void ms_sweep_id(const struct ms_config *config, char id[MS_SWEEP_ID_SIZE]);
/* The index of the run of that id, MS_SWEEP_NONE if there is none. */
size_t ms_sweep_find(const struct ms_sweep_plan *plan, const char *id);

/* ---- Results ------------------------------------------------------------------------------------------------ */

/* What came out of a run. All but the last group depends on nothing but configuration, data and contract. */
struct ms_sweep_result {
  char id[MS_SWEEP_ID_SIZE];
  struct ms_config *config;
  int contract;  /* MS_CONTRACT_VERSION of the program that ran it */
  char data[17]; /* names the training file's images and labels */
  bool failed;   /* its loss became infinite or NaN; message says where. What follows it here is then 0 */
  char message[256];
  size_t epochs_run;
  size_t best_epoch, model_epoch; /* as in struct ms_train_result */
  bool stopped_early;
  double train_accuracy, train_loss; /* of the kept model, dropout off */
  double val_accuracy, val_loss;
  char weights_sha256[65];

  double seconds; /* of training; 0: unknown, as are then the others */
  size_t threads;
  char isa[16], cpu[128];

  const char *file; /* where it was read, for messages */
  size_t line;
};

/* Part k, from 1, of n: every n-th run of the plan, beginning with the k-th. */
struct ms_sweep_shard {
  size_t k, n;
};

/* A sweep's folder: a copy of the sweep file, and the results with their times: results.jsonl and times.jsonl, of
 * shards results-2-of-4.jsonl and times-2-of-4.jsonl. */
#define MS_SWEEP_FILE "sweep.txt"

struct ms_sweep {
  struct ms_sweep_spec spec;
  struct ms_sweep_plan plan;
  struct ms_sweep_result **result_of; /* (plan.n_runs), in sweep order; NULL: not done yet */
  size_t n_done, n_failed;            /* of these: not NULL, failed */
  struct ms_sweep_result *
      *results; /* (n_results): all that the folder holds, also what the sweep file no longer asks for */
  size_t n_results, capacity;
  char **files; /* (n_files): names of results files */
  size_t n_files;
};

/* Reads a folder and all results in it, also while a sweep is at work there: a line that is not whole yet is left out.
 * MS_ERROR_DATA, naming file and line: something else than results, or two different results of one run. On failure,
 * nothing is held. */
enum ms_status ms_sweep_read(const char *folder, struct ms_sweep *sweep);
void ms_sweep_free(struct ms_sweep *sweep);

/* The results alone, to a sweep that has spec and plan. On failure, what was read is still to be freed by
 * ms_sweep_free. */
enum ms_status ms_sweep_load_results(const char *folder, struct ms_sweep *sweep);
/* One more result, which becomes the sweep's. */
enum ms_status ms_sweep_add(struct ms_sweep *sweep, struct ms_sweep_result *result);

/* ---- What they say ------------------------------------------------------------------------------------------ */

/* Over runs that were done. Failed ones are counted, and have no part in the means. */
struct ms_sweep_mean {
  size_t n_runs, n_finished, n_failed;                                            /* planned, with a result, failed */
  double val_accuracy, val_loss, train_accuracy, train_loss, epochs_run, seconds; /* means; 0 if n_finished is */
  double val_sd, val_min, val_max; /* of validation accuracy; sample standard deviation, 0 for one run */
};

/* Over the seeds of a point. */
void ms_sweep_point_mean(const struct ms_sweep *sweep, size_t point, struct ms_sweep_mean *mean);
/* Over the seeds of one value of an axis and, in a grid, over all values of the other axes. */
void ms_sweep_value_mean(const struct ms_sweep *sweep, size_t axis, size_t value, struct ms_sweep_mean *mean);

/* Points all of whose runs were done without failure, best mean validation accuracy first, then lower loss, then in
 * sweep order; of points that share their runs, the first. order: (plan.n_points); *n: how many. */
enum ms_status ms_sweep_rank(const struct ms_sweep *sweep, size_t *order, size_t *n);

/* The report's method, for one axis: "from a low level upwards until performance suffers, then one step back": the
 * value before the first one, in the order of the vary line, whose mean validation accuracy is below that of the value
 * before it, or which failed. MS_SWEEP_NONE as long as a run on the way is missing, or if the first value failed. */
size_t ms_sweep_step_back(const struct ms_sweep *sweep, size_t axis);

#endif
