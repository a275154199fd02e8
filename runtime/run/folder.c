/* The folder of a training run, its metrics.csv and times.csv. */
#define _POSIX_C_SOURCE 200809L
#include "runtime/run/folder.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "runtime/platform/error.h"
#include "runtime/platform/files.h"

static const char *const files[] = {MS_MODEL_FILE,   MS_METRICS_FILE,      MS_TIMES_FILE,
                                    MS_SUMMARY_FILE, MS_CHECKPOINT_FILE_0, MS_CHECKPOINT_FILE_1};
enum { N_FILES = sizeof files / sizeof files[0] };

bool ms_run_folder_is_used(const char *folder) {
  char path[MS_PATH_SIZE];
  for (size_t i = 0; i < N_FILES; ++i)
    if (ms_path_join(path, folder, files[i]) == MS_OK && ms_exists(path))
      return true;
  return false;
}

enum ms_status ms_run_folder_forget(const char *folder) {
  static const char *const of_the_end[] = {MS_SUMMARY_FILE, MS_MODEL_FILE, MS_TIMES_FILE};
  for (size_t i = 0; i < sizeof of_the_end / sizeof of_the_end[0]; ++i) {
    char path[MS_PATH_SIZE];
    MS_TRY(ms_path_join(path, folder, of_the_end[i]));
    if (unlink(path) != 0 && errno != ENOENT)
      return ms_fail(MS_ERROR_SYSTEM, "%s: the old file cannot be removed: %s", path, strerror(errno));
  }
  return ms_folder_sync(folder);
}

/* NAME.tmp-XXXXXX, as ms_file_write makes them. */
static bool is_temporary_of(const char *entry, const char *name) {
  static const char mark[] = ".tmp-";
  const size_t length = strlen(name);
  return strncmp(entry, name, length) == 0 && strncmp(entry + length, mark, sizeof mark - 1) == 0 &&
         strlen(entry) == length + sizeof mark - 1 + 6;
}

static bool is_left_over(const char *entry) {
  for (size_t i = 0; i < N_FILES; ++i)
    if (is_temporary_of(entry, files[i]))
      return true;
  return strcmp(entry, MS_PROBE_FILE) == 0 || is_temporary_of(entry, MS_PROBE_FILE);
}

void ms_run_folder_clean(const char *folder) {
  DIR *entries = opendir(folder);
  for (struct dirent *entry; entries && (entry = readdir(entries)) != NULL;) {
    char path[MS_PATH_SIZE];
    if (is_left_over(entry->d_name) && ms_path_join(path, folder, entry->d_name) == MS_OK)
      unlink(path);
  }
  if (entries)
    closedir(entries);
}

enum ms_status ms_run_folder_model(const char *path, struct ms_network **network) {
  char model[MS_PATH_SIZE];
  *network = NULL;
  MS_TRY(ms_path_check(path));
  if (!ms_exists(path))
    return ms_fail(MS_ERROR_DATA,
                   "%s: there is no such file or folder: name a .safetensors file or the folder of a run", path);
  if (!ms_is_folder(path))
    return ms_network_load(path, network);
  MS_TRY(ms_path_join(model, path, MS_MODEL_FILE));
  return ms_network_load(model, network);
}

enum ms_status ms_run_folder_write(const char *folder, const char *name, const struct ms_text *text) {
  char path[MS_PATH_SIZE];
  MS_TRY(ms_path_join(path, folder, name));
  MS_TRY(ms_text_status(text, path));
  return ms_file_write(path, text->data ? text->data : "", text->length);
}
