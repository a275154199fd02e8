/* The folder of an unfinished run of a sweep. */
#include "runtime/sweep/unfinished.h"

#include <stdio.h>
#include <string.h>

#include "runtime/platform/error.h"
#include "runtime/run/folder.h"

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

static enum ms_status find(struct ms_checkpoint_saver *k, const struct ms_config *config, char warning[MS_PATH_SIZE]) {
  ms_run_folder_clean(k->folder);
  const enum ms_status status = ms_checkpoint_pair_find(k->folder, &k->pair, &k->checkpoint, warning);
  if (status == MS_ERROR_DATA) /* the warning says it */
    return MS_OK;
  if (status != MS_OK || !k->checkpoint || is_of(k->checkpoint, config, k->notes.data_sha256))
    return status;
  snprintf(warning, MS_PATH_SIZE, "%.4000s: its checkpoint is of other settings or images: the run begins anew",
           k->folder);
  ms_checkpoint_free(k->checkpoint);
  k->checkpoint = NULL;
  return ms_checkpoint_pair_begin(k->folder, &k->pair);
}

enum ms_status ms_sweep_unfinished_open(const char *sweep_folder, const char *id, const char *data_id,
                                        const struct ms_config *config, struct ms_checkpoint_saver *saver,
                                        char warning[MS_PATH_SIZE]) {
  char folder[MS_PATH_SIZE];
  warning[0] = '\0';
  MS_TRY(folder_of(sweep_folder, id, folder));
  MS_TRY(ms_checkpoint_saver_open(folder, saver));
  saver->notes.data_sha256 = data_id;
  const enum ms_status status = find(saver, config, warning);
  ms_checkpoint_saver_start(saver);
  if (status != MS_OK)
    ms_checkpoint_saver_close(saver);
  return status;
}

void ms_sweep_unfinished_remove(const char *sweep_folder, const char *id) {
  char folder[MS_PATH_SIZE];
  struct ms_checkpoint_saver saver;
  if (folder_of(sweep_folder, id, folder) != MS_OK || !ms_is_folder(folder) ||
      ms_checkpoint_saver_open(folder, &saver) != MS_OK)
    return;
  ms_run_folder_clean(folder);
  ms_checkpoint_pair_remove(folder);
  ms_checkpoint_saver_close(&saver);
}
