/* Trains one run of a sweep. */
#ifndef MS_SWEEP_TRAIN_ONE_H
#define MS_SWEEP_TRAIN_ONE_H

#include "runtime/sweep/sweep.h"

/* The digits of a training file's digest that results carry. */
void ms_sweep_data_id(const struct ms_dataset *data, char id[17]);

/* Trains on all of data but the last config->val images, and judges what came out by both; from a checkpoint
 * on unless that is NULL. *result takes config. A loss that is not finite makes a result that failed, with status
 * MS_OK. Any other status: there is no result, and config is freed. */
enum ms_status ms_sweep_train(struct ms_config *config, const struct ms_dataset *data, const char data_id[17],
                              const struct ms_checkpoint *checkpoint, const struct ms_observer *observer,
                              struct ms_sweep_result **result);

#endif
