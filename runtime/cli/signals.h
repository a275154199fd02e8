/* Signals: those that end a run, and those that ask for a checkpoint.
 * SIGINT, SIGTERM, SIGHUP, SIGXCPU: the first asks to stop after the step under way, the second ends the program at
 * once. SIGXCPU (the limit of CPU time) does not count as a second one: the kernel repeats it every second.
 * SIGUSR1, SIGUSR2: a checkpoint after the step under way, and training continues. Schedulers send either before they
 * end a job: Slurm what its --signal names, Grid Engine SIGUSR2. */
#ifndef MS_CLI_SIGNALS_H
#define MS_CLI_SIGNALS_H

#include "runtime/cli/terminal.h"
#include "runtime/run/checkpoint_saver.h"

/* From now on they are caught; SIGHUP not under nohup, which has it ignored. */
void signals_catch(void);

/* The number of the signal to stop that came, 0 before. */
int signals_received(void);

/* The stop of an observer: whether one came. */
bool signals_stop(void *context);

/* At each step: passes a request for a checkpoint on to the saver, and says in a line of its own when it is written. */
void signals_pass_on(struct ms_checkpoint_saver *saver, const struct live_line *line);

#endif
