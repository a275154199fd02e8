/* The learning rate of each step. */
#ifndef MS_NN_SCHEDULE_H
#define MS_NN_SCHEDULE_H

#include "runtime/mnist_simd.h"

/* The learning rate of step `step` (from 0) of n_steps, as enum ms_schedule says. */
double ms_learning_rate(const struct ms_config *config, size_t step, size_t n_steps);

#endif
