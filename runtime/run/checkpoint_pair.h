/* The checkpoints of a run folder: two files that are written in turns, so that one good one is there at any moment. */
#ifndef MS_RUN_CHECKPOINT_PAIR_H
#define MS_RUN_CHECKPOINT_PAIR_H

#include "runtime/platform/files.h"

#define MS_N_CHECKPOINTS 2

struct ms_checkpoint_pair {
  const char *folder;
  size_t next;    /* the file to write */
  bool has_begun; /* false: what is there is of an earlier run, and makes room for the first */
};

/* The newest checkpoint of the folder to *checkpoint, NULL if there is none, and what is to be written next to *pair.
 * A file that cannot be used is passed over, and the message about it put into damaged ("" if none is). If none can be
 * used: MS_ERROR_DATA if all that are there are damaged; MS_ERROR_SYSTEM or MS_ERROR_UNSUPPORTED if one may be good,
 * but its disk fails or it is of another contract. MS_ERROR_MEMORY. */
enum ms_status ms_checkpoint_pair_find(const char *folder, struct ms_checkpoint_pair *pair,
                                       struct ms_checkpoint **checkpoint, char damaged[MS_PATH_SIZE]);

/* Whether there is any, good or damaged. */
bool ms_checkpoint_pair_exists(const char *folder);

/* For a run that begins anew: the first checkpoint takes the place of the earlier run's newest, which is there until
 * then; what cannot be used is replaced. MS_ERROR_MEMORY. */
enum ms_status ms_checkpoint_pair_begin(const char *folder, struct ms_checkpoint_pair *pair);

enum ms_status ms_checkpoint_pair_save(struct ms_checkpoint_pair *pair, const struct ms_train_state *state,
                                       const struct ms_checkpoint_notes *notes);

/* Removes them: the run is finished. */
enum ms_status ms_checkpoint_pair_remove(const char *folder);

#endif
