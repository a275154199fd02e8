/* 'mnist_simd verify RUN...': runs trained again and compared with what their folders claim. */
#ifndef MS_CLI_VERIFY_RUNS_H
#define MS_CLI_VERIFY_RUNS_H

#include "runtime/cli/options.h"

/* After ms_init. Returns the exit code: 1 unless all runs were verified. */
int verify_runs(const struct cli_values *values);

#endif
