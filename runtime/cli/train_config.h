/* The training configuration that the options of 'mnist_simd train' describe. */
#ifndef MS_CLI_TRAIN_CONFIG_H
#define MS_CLI_TRAIN_CONFIG_H

#include "runtime/cli/options.h"

extern const struct cli_option train_options[];

/* A preset, or without one base unless that is NULL, changed by the other options. Returns 0 or an exit code, having told the
 * error: EXIT_USAGE if one of them is not legal. */
int train_config_from_options(const struct cli_values *values, const struct ms_config *base, const char **preset,
                              struct ms_config **config);

#endif
