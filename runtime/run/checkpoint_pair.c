/* The checkpoints of a run folder. */
#include "runtime/run/checkpoint_pair.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "runtime/platform/error.h"
#include "runtime/run/folder.h"

static const char *const names[MS_N_CHECKPOINTS] = {MS_CHECKPOINT_FILE_0, MS_CHECKPOINT_FILE_1};

static bool is_newer(const struct ms_checkpoint *a, const struct ms_checkpoint *b) {
  size_t epoch, step, other_epoch, other_step;
  ms_checkpoint_position(a, &epoch, &step);
  ms_checkpoint_position(b, &other_epoch, &other_step);
  return epoch != other_epoch ? epoch > other_epoch : step > other_step;
}

enum ms_status ms_checkpoint_pair_find(const char *folder, struct ms_checkpoint_pair *pair,
                                       struct ms_checkpoint **checkpoint, char damaged[MS_PATH_SIZE]) {
  *pair = (struct ms_checkpoint_pair){.folder = folder, .has_begun = true};
  *checkpoint = NULL;
  damaged[0] = '\0';
  enum ms_status unusable = MS_OK; /* of one that may be good, but cannot be used here and now */
  for (size_t i = 0; i < MS_N_CHECKPOINTS; ++i) {
    char path[MS_PATH_SIZE];
    struct ms_checkpoint *found;
    enum ms_status status = ms_path_join(path, folder, names[i]);
    if (status == MS_OK && !ms_exists(path))
      continue;
    if (status == MS_OK)
      status = ms_checkpoint_load(path, &found);
    if (status == MS_ERROR_MEMORY || status == MS_ERROR_ARGUMENT) {
      ms_checkpoint_free(*checkpoint);
      *checkpoint = NULL;
      return status;
    }
    if (status != MS_OK) {
      snprintf(damaged, MS_PATH_SIZE, "%s", ms_error_message());
      unusable = status == MS_ERROR_DATA ? unusable : status;
    } else if (!*checkpoint || is_newer(found, *checkpoint)) {
      ms_checkpoint_free(*checkpoint);
      *checkpoint = found;
      pair->next = 1 - i;
    } else {
      ms_checkpoint_free(found);
    }
  }
  if (*checkpoint || !damaged[0])
    return MS_OK;
  return unusable == MS_OK ? MS_ERROR_DATA : ms_fail(unusable, "%s", damaged);
}

bool ms_checkpoint_pair_exists(const char *folder) {
  char path[MS_PATH_SIZE];
  for (size_t i = 0; i < MS_N_CHECKPOINTS; ++i)
    if (ms_path_join(path, folder, names[i]) == MS_OK && ms_exists(path))
      return true;
  return false;
}

enum ms_status ms_checkpoint_pair_begin(const char *folder, struct ms_checkpoint_pair *pair) {
  struct ms_checkpoint *newest;
  char damaged[MS_PATH_SIZE];
  const enum ms_status status = ms_checkpoint_pair_find(folder, pair, &newest, damaged);
  const bool newest_is_there = newest != NULL;
  ms_checkpoint_free(newest);
  pair->has_begun = false;
  if (newest_is_there)
    pair->next = 1 - pair->next;
  return status == MS_ERROR_MEMORY || status == MS_ERROR_ARGUMENT ? status : MS_OK;
}

static enum ms_status remove_file(const char *folder, size_t i) {
  char path[MS_PATH_SIZE];
  MS_TRY(ms_path_join(path, folder, names[i]));
  return ms_file_remove(path) ? MS_OK : ms_fail(MS_ERROR_SYSTEM, "%s: cannot be removed: %s", path, strerror(errno));
}

enum ms_status ms_checkpoint_pair_save(struct ms_checkpoint_pair *pair, const struct ms_train_state *state,
                                       const struct ms_checkpoint_notes *notes) {
  char path[MS_PATH_SIZE];
  MS_TRY(ms_path_join(path, pair->folder, names[pair->next]));
  /* Of an earlier run's two the older goes, then this run's first takes the place of the newest: there is no moment at
   * which one of either run could outrank one of the other. */
  if (!pair->has_begun)
    MS_TRY(remove_file(pair->folder, 1 - pair->next));
  MS_TRY(ms_checkpoint_save(state, notes, path));
  pair->has_begun = true;
  pair->next = 1 - pair->next;
  return MS_OK;
}

enum ms_status ms_checkpoint_pair_remove(const char *folder) {
  for (size_t i = 0; i < MS_N_CHECKPOINTS; ++i)
    MS_TRY(remove_file(folder, i));
  return MS_OK;
}
