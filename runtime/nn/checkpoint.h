/* What a checkpoint holds: the state of training between two steps; with the configuration and the images, all that
 * decides how it goes on. Its file is runtime/run/checkpoint.c's. The random streams need no more than epoch and step:
 * each draw is a function of seed and position (random.h). */
#ifndef MS_NN_CHECKPOINT_H
#define MS_NN_CHECKPOINT_H

#include "runtime/nn/trainer.h"

struct ms_train_counters {
  size_t epoch,
      step; /* steps that are done of which epoch (from 1); an epoch that is finished counts as 0 steps of the next */
  double loss_sum; /* over the images of these steps */
  size_t n_correct;
  double beta1_power, beta2_power;
  double best;            /* of the monitored value, larger being better; -infinity before the first */
  size_t best_epoch;      /* 0 before the first */
  size_t model_epoch;     /* whose weights are kept; 0: none */
  double epoch_s, past_s; /* time spent on this epoch's steps; on the whole run */
};

/* As ms_train hands it out. */
struct ms_train_state {
  const struct ms_config *config;
  struct ms_train_counters at;
  const double *epoch_seconds; /* (at.epoch - 1) */
  const double *phase_seconds; /* (MS_N_PHASES) */
  const struct ms_trainer *trainer;
  const struct ms_network *kept;
};

/* A layer's parameters and Adam's moments, row-major. */
struct ms_layer_values {
  const float *weight, *moment1, *moment2;         /* (n_in, n_out) */
  const float *bias, *bias_moment1, *bias_moment2; /* (n_out) */
  const float *kept_weight, *kept_bias;            /* NULL if no epoch is kept */
};

/* As it comes back from a file, which owns what the pointers reach. */
struct ms_checkpoint {
  struct ms_config *config;
  struct ms_train_counters at;
  const double *epoch_seconds; /* (at.epoch - 1) */
  const double *phase_seconds; /* (MS_N_PHASES) */
  size_t n_inputs, n_classes;
  struct ms_layer_values layers[MS_MAX_HIDDEN + 1];     /* (config->n_hidden + 1) */
  char *preset, *data_sha256, *about, *metrics, *times; /* the notes of ms_checkpoint_save */
  uint8_t *file;
};

/* MS_ERROR_ARGUMENT, naming what differs, if these images, which ms_dataset_check accepts, cannot be those that the
 * checkpoint had before. */
enum ms_status ms_checkpoint_check_images(const struct ms_checkpoint *checkpoint, const struct ms_dataset *train,
                                          const struct ms_dataset *validation);

/* Puts parameters, moments and powers of a checkpoint that fits into a trainer. */
void ms_trainer_restore(struct ms_trainer *trainer, const struct ms_checkpoint *checkpoint);

#endif
