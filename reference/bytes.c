/* Bytes to floats in [0, 1], scalar. */
#include "reference/reference.h"

void ms_bytes_to_unit_f32_reference(size_t n, const uint8_t *x, float *y) {
  for (size_t i = 0; i < n; ++i)
    y[i] = (float)x[i] / 255.0f;
}
