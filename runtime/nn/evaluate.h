/* Running a data set through a network, dropout off. */
#ifndef MS_NN_EVALUATE_H
#define MS_NN_EVALUATE_H

#include "runtime/nn/forward.h"

/* Mean loss and accuracy of pass' layers over data, in batches of pass->capacity (which cannot show in the result).
 * predicted (n) gets the class of each image, confidence (n) its probability, unless they are NULL. */
void ms_pass_evaluate(struct ms_pass *pass, const struct ms_dataset *data, uint8_t *predicted, float *confidence,
                      double *loss, double *accuracy);

/* errors, support, confusion, precision, recall, f1 and macro_f1 from e->predicted (e->n) and the labels. Support and
 * confusion are 0 before. */
void ms_evaluation_fill(const uint8_t *labels, struct ms_evaluation *e);

#endif
