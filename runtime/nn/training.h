/* ms_train, for callers that have something else to do between two steps: a page's worker, which must hear its
 * messages.
 *
 *   ms_training_begin(..., &result, &training);
 *   while (status == MS_OK && !ms_training_is_done(training))
 *     status = ms_training_advance(training);
 *   ms_training_end(training, status, &network); */
#ifndef MS_NN_TRAINING_H
#define MS_NN_TRAINING_H

#include "runtime/mnist_simd.h"

struct ms_training;

/* As ms_train, ms_train_resume (from) and ms_train_from (initial), of which one may be given; what the pointers reach
 * must outlive the training. On failure, nothing is held. */
enum ms_status ms_training_begin(const struct ms_config *config, const struct ms_checkpoint *from,
                                 const struct ms_network *initial, const struct ms_dataset *train,
                                 const struct ms_dataset *validation, const struct ms_observer *observer,
                                 struct ms_train_result *result, struct ms_training **training);

bool ms_training_is_done(const struct ms_training *training);

/* The next step and, behind the last of an epoch, the epoch's end. */
enum ms_status ms_training_advance(struct ms_training *training);

/* status: of the last call. *network is left alone where there is none to return. */
void ms_training_end(struct ms_training *training, enum ms_status status, struct ms_network **network);

#endif
