/* The folder of a run of a sweep that is under way, within the sweep's: unfinished-<id>. It exists as long as the run
 * is trained or waits to be resumed, and is locked while it is trained. */
#ifndef MS_SWEEP_UNFINISHED_H
#define MS_SWEEP_UNFINISHED_H

#include "runtime/run/checkpoint_saver.h"
#include "runtime/sweep/sweep.h"

/* Opens it, and finds what an earlier process left of the run. data_id, of the training file, is not copied. warning
 * gets a message about files that are damaged or of another run and are therefore not used, "" if there are none. On
 * failure, nothing is held. To be closed by ms_checkpoint_saver_close. */
enum ms_status ms_sweep_unfinished_open(const char *sweep_folder, const char *id, const char *data_id,
                                        const struct ms_config *config, struct ms_checkpoint_saver *saver,
                                        char warning[MS_PATH_SIZE]);

/* Removes the checkpoints of a run whose result is written, and the folder, unless a process is at work there. */
void ms_sweep_unfinished_remove(const char *sweep_folder, const char *id);

#endif
