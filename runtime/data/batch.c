/* Gathers the images of a batch. */
#include "runtime/data/batch.h"

#include <string.h>

#include "runtime/platform/dispatch.h"

/* A shuffled batch lies all over the data set: the first lines of an image are asked for while earlier ones are
 * read. */
enum { IMAGES_AHEAD = 6, LINE = 64 };

static void prefetch(const uint8_t *image, size_t n_bytes) {
  for (size_t at = 0; at < n_bytes; at += LINE)
    __builtin_prefetch(image + at);
}

void ms_batch_gather(const struct ms_dataset *data, const uint32_t *order, size_t first, size_t n, float *x,
                     uint8_t *labels) {
  const size_t image_size = data->rows * data->cols;
  for (size_t i = 0; i < n; ++i) {
    const size_t image = order ? order[i] : first + i;
    if (order && data->images && i + IMAGES_AHEAD < n)
      prefetch(data->images + order[i + IMAGES_AHEAD] * image_size, image_size);
    if (data->floats)
      memcpy(x + i * image_size, data->floats + image * image_size, image_size * sizeof *x);
    else
      ms_kernels()->bytes_to_unit(image_size, data->images + image * image_size, x + i * image_size);
    labels[i] = data->labels ? data->labels[image] : 0;
  }
}
