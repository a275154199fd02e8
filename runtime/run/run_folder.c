/* The folder of a training run and its metrics.csv. */
#include "runtime/run/run_folder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/platform/error.h"
#include "runtime/platform/files.h"

static const char *const files[] = {MS_MODEL_FILE, MS_METRICS_FILE, MS_RUN_FILE};
enum { N_FILES = sizeof files / sizeof files[0] };

bool ms_run_folder_is_used(const char *folder) {
  char path[MS_PATH_SIZE];
  for (size_t i = 0; i < N_FILES; ++i)
    if (ms_path_join(path, folder, files[i]) == MS_OK && ms_exists(path))
      return true;
  return false;
}

enum ms_status ms_run_folder_make(const char *folder, bool overwrite) {
  if (!overwrite && ms_run_folder_is_used(folder))
    return ms_fail(MS_ERROR_SYSTEM,
                   "%s: holds a run already: choose another folder with --out, or overwrite it with "
                   "--force",
                   folder);
  return ms_make_folder(folder);
}

enum ms_status ms_run_folder_forget(const char *folder) {
  static const char *const of_the_end[] = {MS_MODEL_FILE, MS_RUN_FILE};
  enum ms_status status = MS_OK;
  for (size_t i = 0; status == MS_OK && i < sizeof of_the_end / sizeof of_the_end[0]; ++i) {
    char path[MS_PATH_SIZE];
    status = ms_path_join(path, folder, of_the_end[i]);
    if (status == MS_OK && unlink(path) != 0 && errno != ENOENT)
      status = ms_fail(MS_ERROR_SYSTEM, "%s: the old file cannot be removed: %s", path, strerror(errno));
  }
  return status;
}

static enum ms_status append(struct ms_metrics_log *log, const char *text) {
  const size_t length = strlen(text);
  if (log->length + length + 1 > log->capacity) {
    const size_t capacity = 2 * (log->length + length + 1);
    char *grown = realloc(log->text, capacity);
    if (!grown)
      return ms_fail(MS_ERROR_MEMORY, "%s: no memory for its rows", MS_METRICS_FILE);
    log->text = grown;
    log->capacity = capacity;
  }
  memcpy(log->text + log->length, text, length + 1);
  log->length += length;
  return MS_OK;
}

enum ms_status ms_metrics_log_add(struct ms_metrics_log *log, const char *folder, const struct ms_epoch *epoch) {
  char row[256], validation[64] = ",";
  enum ms_status status = MS_OK;
  if (log->length == 0)
    status = append(log, "epoch,train_loss,train_accuracy,val_loss,val_accuracy,seconds,weights_sha256\n");
  /* Nothing is written where there was no validation. */
  if (epoch->has_validation)
    snprintf(validation, sizeof validation, "%.10g,%.10g", epoch->val_loss, epoch->val_accuracy);
  snprintf(row, sizeof row, "%zu,%.10g,%.10g,%s,%.3f,%s\n", epoch->epoch, epoch->train_loss, epoch->train_accuracy,
           validation, epoch->seconds, epoch->weights_sha256);
  if (status == MS_OK)
    status = append(log, row);
  char path[MS_PATH_SIZE];
  if (status == MS_OK)
    status = ms_path_join(path, folder, MS_METRICS_FILE);
  if (status == MS_OK)
    status = ms_file_write(path, log->text, log->length);
  return status;
}

void ms_metrics_log_free(struct ms_metrics_log *log) {
  free(log->text);
  memset(log, 0, sizeof *log);
}
