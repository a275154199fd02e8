/* Batches of a data set. */
#ifndef MS_DATA_BATCH_H
#define MS_DATA_BATCH_H

#include "runtime/mnist_simd.h"

/* Images order[0 .. n-1], or first .. first+n-1 where order is NULL, to x (n, rows * cols) as they enter
 * a network, and their labels (n), 0 where data has none. One thread's work. */
void ms_batch_gather(const struct ms_dataset *data, const uint32_t *order, size_t first, size_t n, float *x,
                     uint8_t *labels);

#endif
