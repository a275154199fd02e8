/* The training configuration that the options of 'mnist_simd train' describe. */
#ifndef MS_CLI_TRAIN_CONFIG_H
#define MS_CLI_TRAIN_CONFIG_H

#include "runtime/cli/options.h"
#include "runtime/platform/files.h"

/* The table for cli_parse, in static memory: an option for each setting, with its range and its value in the preset
 * that is taken without --preset, and those that say how and where to train. */
enum ms_status train_options(const struct cli_option **options);

/* A preset, or without one base unless that is NULL, changed by the other options. Returns 0 or an exit code, having
 * told the error: EXIT_USAGE if one of them is not legal. */
int train_config_from_options(const struct cli_values *values, const struct ms_config *base, const char **preset,
                              struct ms_config **config);

/* Where a run goes unless its folder is named: runs/<preset>-seed<seed>, and what differs from the preset, as in
 * runs/final-seed42-epochs3-hidden30_20; where that is long, its beginning and eight digits of its SHA-256. */
enum ms_status train_default_folder(const char *preset, const struct ms_config *config, char folder[MS_PATH_SIZE]);

#endif
