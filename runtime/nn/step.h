/* One training step: forward, backward, Adam with penalties, MaxNorm. Does not know epochs or stopping. */
#ifndef MS_NN_STEP_H
#define MS_NN_STEP_H

#include "runtime/nn/trainer.h"

/* Images order[0 .. n-1] of data through the network and back, and the update of all weights, with the random numbers
 * of trainer->epoch and trainer->step. n <= config->batch; order NULL: the first n. Leaves logits and losses in
 * trainer->pass. */
void ms_train_step(struct ms_trainer *trainer, const struct ms_dataset *data, const uint32_t *order, size_t n);

#endif
