/* 'mnist_simd verify RUN...': runs trained again and compared with what their folders claim. */
#ifndef MS_CLI_VERIFY_RUNS_H
#define MS_CLI_VERIFY_RUNS_H

#include "runtime/cli/options.h"

/* What training does not give. */
#define MS_REPLAY_NOT_CHECKED                                                                                          \
  "name, author, date, command, build, machine, times, how the data\n"                                                 \
  "was read, and members of run.json that training does not write"

/* After ms_init. Returns the exit code: 1 unless all runs were verified. */
int verify_runs(const struct cli_values *values);

#endif
