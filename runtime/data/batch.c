/* Gathers the images of a batch. */
#include "runtime/data/batch.h"

#include "runtime/platform/dispatch.h"

void ms_batch_gather(const struct ms_dataset *data, const uint32_t *order, size_t first, size_t n, float *x,
                     uint8_t *labels) {
  const size_t image_size = data->rows * data->cols;
  for (size_t i = 0; i < n; ++i) {
    const size_t image = order ? order[i] : first + i;
    ms_kernels()->bytes_to_unit(image_size, data->images + image * image_size, x + i * image_size);
    labels[i] = data->labels[image];
  }
}
