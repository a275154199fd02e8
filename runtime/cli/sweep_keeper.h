/* Checkpoints of the run of a sweep that is under way, in a folder of its own within the sweep's: unfinished-<id>. It is there
 * as long as the run is trained or waits to be gone on with, and locked while it is trained. */
#ifndef MS_CLI_SWEEP_KEEPER_H
#define MS_CLI_SWEEP_KEEPER_H

#include "runtime/cli/keeper.h"
#include "runtime/run/run_lock.h"
#include "runtime/sweep/sweep.h"

struct sweep_keeper {
  char folder[MS_PATH_SIZE];
  const char *data_id; /* of the training file */
  struct ms_run_lock lock;
  struct keeper keeper;
  struct ms_checkpoint *checkpoint; /* to go on from; NULL: from the beginning */
};

/* Opens the folder of that run, and finds what an earlier process left of it. warning gets a message about files that are
 * damaged or of another run and are therefore not used, "" if there are none. On failure, nothing is held. */
enum ms_status sweep_keeper_open(struct sweep_keeper *keeper, const char *sweep_folder, const char *id,
                                 const char *data_id, const struct ms_config *config, char warning[MS_PATH_SIZE]);

enum ms_status sweep_keeper_offer(struct sweep_keeper *keeper, enum ms_moment moment,
                                  const struct ms_train_state *state);

/* is_done: the result is in the sweep's results, its checkpoints go. Else they stay. */
void sweep_keeper_close(struct sweep_keeper *keeper, bool is_done);

/* Removes what a process that was killed has left of a run whose result is there. */
void sweep_keeper_remove(const char *sweep_folder, const char *id);

#endif
