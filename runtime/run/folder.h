/* The folder of a training run: model.safetensors, metrics.csv, times.csv, run.json; checkpoints while it is not
 * finished, and a lock while it is in use (checkpoint_pair.h, lock.h). Every file is written atomically. */
#ifndef MS_RUN_FOLDER_H
#define MS_RUN_FOLDER_H

#include "runtime/platform/files.h"
#include "runtime/platform/text.h"

#define MS_MODEL_FILE "model.safetensors"
#define MS_METRICS_FILE "metrics.csv"
#define MS_TIMES_FILE "times.csv"
#define MS_SUMMARY_FILE "run.json"
#define MS_VERIFIED_FILE "verified.json"
#define MS_PREDICTIONS_FILE "predictions.csv"
#define MS_CHECKPOINT_FILE_0 "checkpoint-0.safetensors"
#define MS_CHECKPOINT_FILE_1 "checkpoint-1.safetensors"

/* Removes summary, model, times, kept checkpoints, predictions and what verify wrote: of an earlier run, or of where
 * this one was interrupted. metrics.csv stays until another takes its place, so that the files are of one run at any
 * moment. To be called when a checkpoint holds all that the files say. keep_epochs: the kept checkpoints are of this
 * run and stay. */
enum ms_status ms_run_folder_forget(const char *folder, bool keep_epochs);

/* The file of a checkpoint that is kept for good: epoch-N.safetensors. */
enum ms_status ms_run_folder_epoch_path(char path[MS_PATH_SIZE], const char *folder, size_t epoch);

/* Calls the function with the epoch of each such file, in no order. */
void ms_run_folder_epochs(const char *folder, void (*function)(void *context, size_t epoch), void *context);

/* Removes what writers that were killed have left: temporary files of the names that a run folder has. The folder is
 * locked. */
void ms_run_folder_clean(const char *folder);

/* Whether a folder holds a file of a run. */
bool ms_run_folder_is_used(const char *folder);

/* Loads a model from a .safetensors file, or from the folder of a run. */
enum ms_status ms_run_folder_model(const char *path, struct ms_network **network);

/* Writes a file of the folder atomically. */
enum ms_status ms_run_folder_write(const char *folder, const char *name, const struct ms_text *text);

#endif
