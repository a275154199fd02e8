/* One training step: forward, backward, Adam with penalties, MaxNorm. Does not know epochs or stopping. */
#ifndef MS_NN_STEP_H
#define MS_NN_STEP_H

#include "runtime/nn/forward.h"

/* Everything that a step reads and writes. */
struct ms_trainer {
  const struct ms_config *config;
  struct ms_network *network;
  struct ms_network *moment1, *moment2; /* Adam's m and v */
  size_t epoch, step;                   /* set by the caller: epoch from 1, step of the epoch from 0 */
  double beta1_power, beta2_power;      /* beta^t after t updates, by repeated multiplication */
  struct ms_pass pass;
  struct ms_activations *dz;  /* one per layer, (batch, n_out): derivatives of the layer's pre-activations */
  struct ms_dropout *dropout; /* one per hidden layer */
  float *gradients;           /* (threads, gradient_floats): each thread's columns of a gradient */
  size_t gradient_floats;
  double phase_seconds[MS_N_PHASES]; /* added up */
};

/* A new network with initial weights from config->seed, and zero moments. */
enum ms_status ms_trainer_create(const struct ms_config *config, size_t n_inputs, size_t n_classes,
                                 struct ms_trainer *trainer);
void ms_trainer_free(struct ms_trainer *trainer);

/* One step on the n rows that ms_pass_load put into trainer->pass (n <= config->batch), with the dropout of trainer->epoch
 * and trainer->step: forward, backward, update of all weights. Leaves the batch's logits and losses in pass. */
void ms_trainer_step(struct ms_trainer *trainer, size_t n);

#endif
