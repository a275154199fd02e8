/* A network in training: weights and moments, and the memory of a step. */
#ifndef MS_NN_TRAINER_H
#define MS_NN_TRAINER_H

#include "runtime/nn/forward.h"

/* A layer's weights and Adam's moments as a step keeps them: in panels (kernels.h) of MS_TILE columns, each (n_in,
 * MS_TILE), so that products take the weights as they stand and an update runs through memory in order. */
struct ms_layer_state {
  size_t n_in, n_out;
  float *weight, *moment1, *moment2;         /* (n_in, n_out) in panels */
  float *bias, *bias_moment1, *bias_moment2; /* (n_out) */
};

/* Everything that a step reads and writes. */
struct ms_trainer {
  const struct ms_config *config;
  struct ms_network *network; /* as of the last ms_trainer_read */
  size_t n_layers;
  struct ms_layer_state *layers;   /* (n_layers) */
  size_t epoch, step;              /* set by the caller: epoch from 1, step of the epoch from 0 */
  double learning_rate;            /* of the next step; config's unless the caller sets another */
  double beta1_power, beta2_power; /* beta^t after t updates, by repeated multiplication */
  struct ms_pass pass;
  struct ms_activations *dz;  /* (n_layers): each (batch, n_out), derivatives of the layer's pre-activations */
  struct ms_dropout *dropout; /* one per hidden layer */
  struct ms_dropout input_dropout;
  float *gradients; /* (threads, gradient_floats): each thread's columns of a gradient */
  size_t gradient_floats;
  double phase_start_s;              /* when the phase at work began */
  double phase_seconds[MS_N_PHASES]; /* added up */
};

/* A new network with initial weights from config->seed, and zero moments. batch: the most images of a step, which are
 * fewer than config->batch where there are not as many. */
enum ms_status ms_trainer_create(const struct ms_config *config, size_t batch, size_t n_inputs, size_t n_classes,
                                 struct ms_trainer *trainer);
void ms_trainer_free(struct ms_trainer *trainer);

/* Weights and biases of another network. MS_ERROR_ARGUMENT: its layers are others. */
enum ms_status ms_trainer_set_weights(struct ms_trainer *trainer, const struct ms_network *from);

/* Brings trainer->network up to date. */
void ms_trainer_read(struct ms_trainer *trainer);

/* Weights (n_in, n_out), row-major, from panels and to panels, whose columns beyond n_out are left alone. */
void ms_rows_from_panels(size_t n_in, size_t n_out, const float *panels, float *rows);
void ms_panels_from_rows(size_t n_in, size_t n_out, const float *rows, float *panels);

#endif
