/* Checkpoints of the run of a sweep that is under way. */
#define _POSIX_C_SOURCE 200809L /* rmdir */
#include "runtime/cli/sweep_keeper.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "runtime/platform/error.h"
#include "runtime/run/run_folder.h"

static enum ms_status folder_of(const char *sweep_folder, const char *id, char folder[MS_PATH_SIZE]) {
  char name[sizeof "unfinished-" + MS_SWEEP_ID_SIZE];
  snprintf(name, sizeof name, "unfinished-%s", id);
  return ms_path_join(folder, sweep_folder, name);
}

/* A folder can be copied or renamed; its checkpoint says itself what it is of. */
static bool is_of(const struct ms_checkpoint *checkpoint, const struct ms_config *config, const char *data_id) {
  return !ms_config_difference(ms_checkpoint_config(checkpoint), config) &&
         strcmp(ms_checkpoint_notes(checkpoint).data_sha256, data_id) == 0;
}

static enum ms_status find(struct sweep_keeper *k, const struct ms_config *config, char warning[MS_PATH_SIZE]) {
  ms_run_folder_clean(k->folder);
  const enum ms_status status = ms_run_checkpoints_find(k->folder, &k->keeper.files, &k->checkpoint, warning);
  if (status == MS_ERROR_DATA) /* the warning says it */
    return MS_OK;
  if (status == MS_OK && k->checkpoint && !is_of(k->checkpoint, config, k->data_id)) {
    snprintf(warning, MS_PATH_SIZE, "%.4000s: its checkpoint is of other settings or images: the run begins anew",
             k->folder);
    ms_checkpoint_free(k->checkpoint);
    k->checkpoint = NULL;
    return ms_run_checkpoints_begin(k->folder, &k->keeper.files);
  }
  return status;
}

enum ms_status sweep_keeper_open(struct sweep_keeper *k, const char *sweep_folder, const char *id, const char *data_id,
                                 const struct ms_config *config, char warning[MS_PATH_SIZE]) {
  *k = (struct sweep_keeper){.data_id = data_id};
  warning[0] = '\0';
  enum ms_status status = folder_of(sweep_folder, id, k->folder);
  if (status == MS_OK)
    status = ms_make_folder(k->folder);
  if (status == MS_OK)
    status = ms_run_lock(k->folder, &k->lock);
  if (status != MS_OK)
    return status;
  status = find(k, config, warning);
  k->keeper.files.folder = k->folder;
  keeper_start(&k->keeper);
  if (status != MS_OK)
    sweep_keeper_close(k, false);
  return status;
}

enum ms_status sweep_keeper_offer(struct sweep_keeper *k, enum ms_moment moment, const struct ms_train_state *state) {
  const struct ms_checkpoint_notes notes = {.data_sha256 = k->data_id};
  return keeper_offer(&k->keeper, &k->lock, moment, state, &notes);
}

void sweep_keeper_close(struct sweep_keeper *k, bool is_done) {
  if (is_done)
    ms_run_checkpoints_remove(k->folder); /* what stays is removed when the sweep is looked at again */
  ms_run_unlock(&k->lock);
  rmdir(k->folder); /* goes only if it is empty */
  ms_checkpoint_free(k->checkpoint);
  k->checkpoint = NULL;
}

void sweep_keeper_remove(const char *sweep_folder, const char *id) {
  char folder[MS_PATH_SIZE];
  struct ms_run_lock lock;
  if (folder_of(sweep_folder, id, folder) != MS_OK || !ms_is_folder(folder) || ms_run_lock(folder, &lock) != MS_OK)
    return;
  ms_run_folder_clean(folder);
  ms_run_checkpoints_remove(folder);
  ms_run_unlock(&lock);
  rmdir(folder);
}
