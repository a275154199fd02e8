/* Running a data set through a network, dropout off. */
#ifndef MS_NN_PREDICT_H
#define MS_NN_PREDICT_H

#include "runtime/nn/forward.h"

/* Mean loss and accuracy over data, in batches of pass->capacity (which cannot show in the result). predicted (n) gets the
 * class of each image unless it is NULL. */
void ms_predict(const struct ms_network *network, const struct ms_dataset *data, struct ms_pass *pass,
                uint8_t *predicted, double *loss, double *accuracy);

#endif
