/* When a run's checkpoints are written, and what they cost.
 * Unless told otherwise: after every epoch, and once a minute within longer ones, as long as all checkpoints so far took no more
 * than half a per cent of the time since the session began. What is left undone then waits for a later epoch, so that
 * checkpoints stay below one per cent of a run however short its epochs and slow its disk. */
#ifndef MS_CLI_KEEPER_H
#define MS_CLI_KEEPER_H

#include "runtime/run/run_checkpoints.h"
#include "runtime/run/run_lock.h"

struct keeper {
  struct ms_run_checkpoints files;
  size_t every_epochs;   /* after every so many epochs, whatever it costs; 0: not asked for */
  double every_s;        /* as soon as so many seconds have passed; 0: not asked for */
  bool after_next_epoch; /* after the next epoch, even if it is the last: files of before wait for it */
  double start_s, last_s, spent_s;
  size_t n_saved;
  size_t epoch, step; /* of the last: steps that were done of this epoch */
};

void keeper_start(struct keeper *keeper);

/* Writes a checkpoint if it is time, always at MS_AT_STOP, but none with a weight that is not finite. lock: of the folder, which must
 * still be the one that was locked. */
enum ms_status keeper_offer(struct keeper *keeper, const struct ms_run_lock *lock, enum ms_moment moment,
                            const struct ms_train_state *state, const struct ms_checkpoint_notes *notes);

#endif
