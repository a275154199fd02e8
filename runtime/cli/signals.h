/* Requests to stop and for a checkpoint (runtime/platform/console.h), within training. Schedulers send either before
 * they end a job: Slurm what its --signal names, Grid Engine SIGUSR2. */
#ifndef MS_CLI_SIGNALS_H
#define MS_CLI_SIGNALS_H

#include "runtime/cli/terminal.h"
#include "runtime/run/checkpoint_saver.h"

/* The stop of an observer: whether one came. */
bool signals_stop(void *context);

/* At each step: passes a request for a checkpoint on to the saver, and says in a line of its own when it is written. */
void signals_pass_on(struct ms_checkpoint_saver *saver, const struct live_line *line);

#endif
