/* The folder of a run while a process is at work on it: its lock, and when its checkpoints are written.
 * Unless told otherwise: after every epoch, and once a minute within longer ones, as long as all checkpoints so far
 * took no more than half a per cent of the time since the session began. What is left undone then waits for a later
 * epoch, so that checkpoints stay below one per cent of a run however short its epochs and slow its disk. */
#ifndef MS_RUN_CHECKPOINT_SAVER_H
#define MS_RUN_CHECKPOINT_SAVER_H

#include "runtime/run/checkpoint_pair.h"
#include "runtime/run/lock.h"

/* A checkpoint whatever it costs, once; whoever requests it takes DONE back. */
enum ms_checkpoint_request { MS_NO_REQUEST, MS_REQUESTED, MS_REQUEST_DONE };

struct ms_checkpoint_saver {
  char folder[MS_PATH_SIZE];
  struct ms_run_lock lock;
  struct ms_checkpoint_pair pair;
  struct ms_checkpoint *checkpoint; /* to resume from; NULL: from the beginning */
  struct ms_checkpoint_notes notes; /* of the next checkpoint */
  size_t every_epochs;              /* a checkpoint after every n-th epoch, whatever it costs; 0: not requested */
  double every_s;                   /* as soon as so many seconds have passed; 0: not requested */
  bool after_next_epoch;            /* after the next epoch, even if it is the last: files of before wait for it */
  enum ms_checkpoint_request request;
  double start_s, last_s, spent_s;
  size_t n_saved;
  size_t epoch, step; /* of the last: steps that were done of this epoch */
};

/* Makes the folder and locks it. On failure, nothing is held. */
enum ms_status ms_checkpoint_saver_open(const char *folder, struct ms_checkpoint_saver *saver);
/* Unlocks the folder, and removes it if it is empty. */
void ms_checkpoint_saver_close(struct ms_checkpoint_saver *saver);

/* Training begins. */
void ms_checkpoint_saver_start(struct ms_checkpoint_saver *saver);

/* As ms_observer's keep: writes a checkpoint if it is time, always at MS_AT_STOP, but none with a weight that is not
 * finite. MS_ERROR_SYSTEM besides: the folder is no longer the one that was locked. */
enum ms_status ms_checkpoint_saver_offer(struct ms_checkpoint_saver *saver, enum ms_moment moment,
                                         const struct ms_train_state *state);

#endif
