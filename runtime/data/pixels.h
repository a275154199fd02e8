/* Images of a data set as they are drawn. */
#ifndef MS_DATA_PIXELS_H
#define MS_DATA_PIXELS_H

#include "runtime/mnist_simd.h"

/* An image as bytes (rows * cols). Of floats, 0 and less become 0, 1 and more 255, and what lies between is rounded. */
void ms_image_bytes(const struct ms_dataset *data, size_t index, uint8_t *bytes);

#endif
