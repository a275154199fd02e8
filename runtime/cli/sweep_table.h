/* What a sweep found, for a terminal. */
#ifndef MS_CLI_SWEEP_TABLE_H
#define MS_CLI_SWEEP_TABLE_H

#include "runtime/sweep/sweep.h"

/* Points by validation accuracy, then what each setting comes to. */
enum ms_status print_sweep(const struct ms_sweep *sweep);

/* A line for each run of the plan: whether it is done, and what came out. */
void print_sweep_runs(const struct ms_sweep *sweep, struct ms_sweep_shard shard);

#endif
