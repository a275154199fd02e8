/* Images of a data set as they are drawn. */
#include "runtime/data/pixels.h"

#include <math.h>
#include <string.h>

void ms_image_bytes(const struct ms_dataset *data, size_t index, uint8_t *bytes) {
  const size_t n = data->rows * data->cols;
  if (data->images)
    memcpy(bytes, data->images + index * n, n);
  for (size_t p = 0; data->floats && p < n; ++p) {
    const float value = data->floats[index * n + p];
    bytes[p] = value >= 1 ? 255 : value > 0 ? (uint8_t)lroundf(255 * value) : 0;
  }
}
