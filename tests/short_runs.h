/* Short runs on the first images of MNIST, for tests. Each fails the case that calls it. */
#ifndef MS_TESTS_SHORT_RUNS_H
#define MS_TESTS_SHORT_RUNS_H

#include "runtime/mnist_simd.h"

extern struct ms_data test_data;

/* The data from the folder MNIST_SIMD_DATA, else data/mnist, once. */
void test_load(void);

/* The regularised preset, to be run on few images, in batches of which the last is short. */
struct ms_config *test_short_config(size_t batch, size_t epochs);

/* The same with two layers of 20 units, batches of 100, no early stopping. */
struct ms_config *test_tiny_config(size_t epochs);

/* Trains on the first n_train images, the next n_validation ones validating. The status must be the one expected. */
struct ms_network *test_train(const struct ms_config *config, size_t n_train, size_t n_validation,
                              const struct ms_observer *observer, struct ms_train_result *result,
                              enum ms_status expected);

/* The digest of what such a run leaves. */
void test_digest_of_run(const struct ms_config *config, size_t n_train, size_t n_validation, char hex[65]);

#endif
