/* The forward pass: per layer one parallel region, in which each thread finishes its block of the output. */
#include "runtime/nn/forward.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/platform/dispatch.h"
#include "runtime/platform/gemm.h"
#include "runtime/platform/memory.h"

/* Rows that bias, ReLU and dropout pass over together, so that they find them in L1 or L2. */
enum { CHUNK_ROWS = 16 };

enum ms_status ms_pass_create(const struct ms_network *network, size_t capacity, struct ms_pass *pass) {
  memset(pass, 0, sizeof *pass);
  pass->capacity = capacity;
  pass->n_layers = network->n_layers;
  const size_t n_in = network->layers[0].n_in;
  const size_t n_classes = network->layers[network->n_layers - 1].n_out;
  enum ms_status status = ms_allocate(network->n_layers, sizeof *pass->outputs, "batch", &pass->outputs);
  if (status == MS_OK)
    status = ms_allocate(capacity, n_in * sizeof(float), "batch", &pass->x);
  if (status == MS_OK)
    status = ms_allocate(capacity, sizeof *pass->labels, "batch", &pass->labels);
  for (size_t l = 0; status == MS_OK && l < network->n_layers; ++l)
    status = ms_allocate(capacity, network->layers[l].n_out * sizeof(float), "batch", &pass->outputs[l]);
  if (status == MS_OK)
    status = ms_allocate(capacity, n_classes * sizeof(float), "batch", &pass->probs);
  if (status == MS_OK)
    status = ms_allocate(capacity, sizeof *pass->loss, "batch", &pass->loss);
  if (status != MS_OK)
    ms_pass_free(pass);
  return status;
}

void ms_pass_free(struct ms_pass *pass) {
  for (size_t l = 0; pass->outputs && l < pass->n_layers; ++l)
    free(pass->outputs[l]);
  free(pass->outputs);
  free(pass->x);
  free(pass->labels);
  free(pass->probs);
  free(pass->loss);
  memset(pass, 0, sizeof *pass);
}

struct layer_forward {
  const struct ms_dense *layer;
  const struct ms_dropout *dropout; /* NULL: none */
  bool relu;
  size_t n;
  const float *x; /* (n, n_in) */
  float *y;       /* (n, n_out) */
};

static void layer_task(void *context, size_t index) {
  const struct layer_forward *f = context;
  const struct ms_kernels *k = ms_kernels();
  const size_t n_in = f->layer->n_in, n_out = f->layer->n_out;
  const struct ms_block block = ms_gemm_share(f->n, n_out, index);
  if (ms_block_is_empty(block))
    return;
  ms_gemm_block(block, n_in, ms_as_stored(f->x, n_in), ms_as_stored(f->layer->weight, n_out), f->y, n_out, index);

  const size_t col = block.cols.first, cols = block.cols.last - col;
  for (size_t row = block.rows.first; row < block.rows.last; row += CHUNK_ROWS) {
    const size_t rows = block.rows.last - row < CHUNK_ROWS ? block.rows.last - row : CHUNK_ROWS;
    float *y = f->y + row * n_out + col;
    k->bias_forward(rows, cols, f->layer->bias + col, y, n_out, y, n_out);
    if (f->relu)
      k->relu_forward(rows, cols, y, n_out, y, n_out);
    if (f->dropout)
      k->dropout(rows, cols, f->dropout, row, col, y, n_out, y, n_out);
  }
}

void ms_forward(const struct ms_network *network, const struct ms_dropout *dropout, size_t n, struct ms_pass *pass) {
  const size_t last = network->n_layers - 1;
  for (size_t l = 0; l <= last; ++l) {
    struct layer_forward f = {.layer = &network->layers[l], .relu = l < last, .n = n};
    f.dropout = dropout && l < last && dropout[l].threshold > 0 ? &dropout[l] : NULL;
    f.x = l == 0 ? pass->x : pass->outputs[l - 1];
    f.y = pass->outputs[l];
    ms_pool_run(layer_task, &f);
  }
  /* A few classes a row: too little work to hand over. */
  const size_t n_classes = network->layers[last].n_out;
  ms_kernels()->softmax_cross_entropy_forward(n, n_classes, pass->outputs[last], n_classes, pass->labels, pass->probs,
                                              n_classes, pass->loss);
}

size_t ms_argmax(const float *logits, size_t n_classes) {
  size_t best = 0;
  for (size_t j = 1; j < n_classes; ++j)
    if (logits[j] > logits[best])
      best = j;
  return best;
}
