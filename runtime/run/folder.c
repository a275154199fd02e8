/* The folder of a training run, its metrics.csv and times.csv. */
#include "runtime/run/folder.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "runtime/platform/error.h"
#include "runtime/platform/parse.h"
#include "runtime/platform/system.h"

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

#define EPOCH_FILE "epoch-"
#define EPOCH_ENDING ".safetensors"

enum ms_status ms_run_folder_epoch_path(char path[MS_PATH_SIZE], const char *folder, size_t epoch) {
  char name[64];
  snprintf(name, sizeof name, EPOCH_FILE "%zu" EPOCH_ENDING, epoch);
  return ms_path_join(path, folder, name);
}

/* epoch-N.safetensors, or 0. */
static size_t epoch_of(const char *entry) {
  char number[16];
  size_t epoch = 0;
  const size_t length = strlen(entry), around = strlen(EPOCH_FILE EPOCH_ENDING);
  if (length <= around || length - around >= sizeof number || strncmp(entry, EPOCH_FILE, strlen(EPOCH_FILE)) != 0 ||
      strcmp(entry + length - strlen(EPOCH_ENDING), EPOCH_ENDING) != 0)
    return 0;
  snprintf(number, sizeof number, "%.*s", (int)(length - around), entry + strlen(EPOCH_FILE));
  return ms_parse_size(number, &epoch) ? epoch : 0;
}

static void each_entry(const char *folder, void (*function)(void *context, const char *entry), void *context) {
  struct ms_os_listing *entries = ms_os_list(folder);
  for (const char *entry; entries && (entry = ms_os_next(entries)) != NULL;)
    function(context, entry);
  ms_os_end(entries);
}

struct epochs {
  void (*function)(void *context, size_t epoch);
  void *context;
};

static void pass_epoch(void *context, const char *entry) {
  const struct epochs *e = context;
  const size_t epoch = epoch_of(entry);
  if (epoch > 0)
    e->function(e->context, epoch);
}

void ms_run_folder_epochs(const char *folder, void (*function)(void *context, size_t epoch), void *context) {
  struct epochs e = {function, context};
  each_entry(folder, pass_epoch, &e);
}

struct removal {
  const char *folder;
  enum ms_status status;
};

static void remove_name(struct removal *r, const char *name) {
  char path[MS_PATH_SIZE];
  if (r->status == MS_OK)
    r->status = ms_path_join(path, r->folder, name);
  if (r->status == MS_OK && !ms_file_remove(path))
    r->status = ms_fail(MS_ERROR_SYSTEM, "%s: the old file cannot be removed: %s", path, strerror(errno));
}

static void remove_epoch(void *context, const char *entry) {
  if (epoch_of(entry) > 0)
    remove_name(context, entry);
}

enum ms_status ms_run_folder_forget(const char *folder, bool keep_epochs) {
  static const char *const of_the_end[] = {MS_VERIFIED_FILE, MS_PREDICTIONS_FILE, MS_SUMMARY_FILE, MS_MODEL_FILE,
                                           MS_TIMES_FILE};
  struct removal removal = {folder, MS_OK};
  for (size_t i = 0; i < sizeof of_the_end / sizeof of_the_end[0]; ++i)
    remove_name(&removal, of_the_end[i]);
  if (!keep_epochs)
    each_entry(folder, remove_epoch, &removal);
  MS_TRY(removal.status);
  return ms_folder_sync(folder);
}

/* NAME.tmp-XXXXXX, as ms_file_write makes them of the names that a run folder has. */
static bool is_left_over(const char *entry) {
  static const char mark[] = ".tmp-";
  char name[256];
  const char *end = strstr(entry, mark);
  if (!end)
    return strcmp(entry, MS_PROBE_FILE) == 0;
  snprintf(name, sizeof name, "%.*s", (int)(end - entry), entry);
  bool is_ours = strcmp(name, MS_PROBE_FILE) == 0 || strcmp(name, MS_VERIFIED_FILE) == 0 || epoch_of(name) > 0;
  for (size_t i = 0; i < N_FILES; ++i)
    is_ours |= strcmp(name, files[i]) == 0;
  return is_ours && strlen(end) == sizeof mark - 1 + 6;
}

static void remove_left_over(void *context, const char *entry) {
  struct removal removal = {context, MS_OK};
  if (is_left_over(entry))
    remove_name(&removal, entry);
}

void ms_run_folder_clean(const char *folder) {
  each_entry(folder, remove_left_over, (char *)folder);
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
