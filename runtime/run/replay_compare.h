/* The comparisons of a replay: each puts a difference into replay->difference if there is none yet. */
#ifndef MS_RUN_REPLAY_COMPARE_H
#define MS_RUN_REPLAY_COMPARE_H

#include "runtime/run/replay.h"

void ms_replay_compare_size(struct ms_replay *replay, size_t claimed, size_t found, const char *thing);
void ms_replay_compare_epoch(struct ms_replay *replay, const struct ms_epoch *claimed, const struct ms_epoch *found);

/* Training and test images of the run against replay->data. */
void ms_replay_compare_images(struct ms_replay *replay, const struct ms_run *run);

/* How training ended: network is its model, NULL for none. The run's evaluations against those of network. */
enum ms_status ms_replay_compare_end(struct ms_replay *replay, const struct ms_run *run,
                                     const struct ms_network *network, const struct ms_train_result *result);

#endif
