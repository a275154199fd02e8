/* Gathers the images of a batch, rows divided over the threads. */
#include "runtime/data/batch.h"

#include "runtime/platform/dispatch.h"
#include "runtime/platform/threads.h"

struct gather {
  const struct ms_dataset *data;
  const uint32_t *order;
  size_t first, n;
  float *x;
  uint8_t *labels;
};

static void gather_task(void *context, size_t index) {
  const struct gather *g = context;
  const size_t image_size = g->data->rows * g->data->cols;
  const struct ms_range range = ms_split(g->n, 1, ms_pool_size(), index);
  for (size_t i = range.first; i < range.last; ++i) {
    const size_t image = g->order ? g->order[i] : g->first + i;
    ms_kernels()->bytes_to_unit(image_size, g->data->images + image * image_size, g->x + i * image_size);
    g->labels[i] = g->data->labels[image];
  }
}

void ms_batch_gather(const struct ms_dataset *data, const uint32_t *order, size_t first, size_t n, float *x,
                     uint8_t *labels) {
  struct gather g = {data, order, first, n, x, labels};
  ms_pool_run(gather_task, &g);
}
