/* A run that begins where another one ended. */
#ifndef MS_RUN_ORIGIN_H
#define MS_RUN_ORIGIN_H

#include "runtime/run/run_read.h"

/* The state of a finished run at the end of its model's epoch, to be trained on with config: with Adam's moments if the
 * folder kept a checkpoint of that epoch, which *has_moments says, else with moments of 0.
 * MS_ERROR_ARGUMENT, naming the setting: config has another network, seed or validation, or ends before that epoch.
 * MS_ERROR_DATA: the checkpoint is damaged or of another run. Free with ms_checkpoint_free. */
enum ms_status ms_origin_find(const char *folder, const struct ms_run *run, const struct ms_config *config,
                              struct ms_checkpoint **checkpoint, bool *has_moments);

/* The parts of it, for a run that is trained again. Moments of 0: epochs (epoch) are the rows of its metrics. */
enum ms_status ms_origin_without_moments(const struct ms_network *network, size_t epoch, const struct ms_run *run,
                                         const struct ms_config *config, struct ms_checkpoint **checkpoint);
enum ms_status ms_origin_with_moments(struct ms_checkpoint *checkpoint, const struct ms_config *config);

/* SHA-256 of the weights in a checkpoint, as ms_network_sha256 gives it. */
void ms_checkpoint_weights_sha256(const struct ms_checkpoint *checkpoint, char hex[65]);

#endif
