/* The folder of a training run: model.safetensors, metrics.csv, times.csv, run.json; checkpoints while it is not finished, and a
 * lock while it is in use (run_checkpoints.h, run_lock.h). Every file is written atomically. */
#ifndef MS_RUN_RUN_FOLDER_H
#define MS_RUN_RUN_FOLDER_H

#include "runtime/platform/text.h"

#define MS_MODEL_FILE "model.safetensors"
#define MS_METRICS_FILE "metrics.csv"
#define MS_TIMES_FILE "times.csv"
#define MS_RUN_FILE "run.json"
#define MS_CHECKPOINT_FILE_0 "checkpoint-0.safetensors"
#define MS_CHECKPOINT_FILE_1 "checkpoint-1.safetensors"

/* metrics.csv and times.csv as they grow: one row an epoch, the whole files written anew each time. Times are apart, so that
 * metrics.csv is the same, byte for byte, for the same seed. */
struct ms_metrics_log {
  struct ms_text metrics, times;
};

struct ms_run_summary {
  const char *preset;
  const struct ms_config *config;
  const char *data_sha256; /* of all training images, those that validate included */
  const struct ms_train_result *result;
  const struct ms_network *network;
  const struct ms_evaluation *train, *validation, *test; /* NULL: not evaluated */
  bool interrupted;
  double checkpoints_s; /* time spent on writing them since the run was begun or gone on with */
};

/* Removes summary, model and times of an earlier run, or of where this one was interrupted. metrics.csv stays until another takes
 * its place, so that what is there is of one run at any moment. To be called when a checkpoint holds all that the files say. */
enum ms_status ms_run_folder_forget(const char *folder);

/* Removes what writers that were killed have left: temporary files of the names that a run folder has. The folder is locked. */
void ms_run_folder_clean(const char *folder);

/* Whether a folder holds a file of a run. */
bool ms_run_folder_is_used(const char *folder);

/* Loads a model from a .safetensors file, or from the folder of a run. */
enum ms_status ms_run_folder_model(const char *path, struct ms_network **network);

enum ms_status ms_metrics_log_add(struct ms_metrics_log *log, const struct ms_epoch *epoch);
/* Goes on with texts of before, which it copies. */
enum ms_status ms_metrics_log_resume(struct ms_metrics_log *log, const char *metrics, const char *times);
/* Writes both files, if there is an epoch. */
enum ms_status ms_metrics_log_write(const struct ms_metrics_log *log, const char *folder);
void ms_metrics_log_free(struct ms_metrics_log *log);

/* Writes run.json. */
enum ms_status ms_run_summary_write(const char *folder, const struct ms_run_summary *summary);

#endif
