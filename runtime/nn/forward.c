/* The forward pass: per hidden layer one parallel region, in which each block of the output is finished while it is in
 * the cache of its thread. */
#include "runtime/nn/forward.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/data/batch.h"
#include "runtime/platform/dispatch.h"
#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"

static enum ms_status allocate_pass(const struct ms_network *network, bool for_training, struct ms_pass *pass) {
  const size_t n_classes = network->layers[network->n_layers - 1].n_out;
  MS_TRY(ms_allocate(network->n_layers, sizeof *pass->layers, "batch", &pass->layers));
  MS_TRY(ms_allocate(network->n_layers, sizeof *pass->inputs, "batch", &pass->inputs));
  for (size_t l = 0; l < network->n_layers; ++l) {
    const struct ms_dense *layer = &network->layers[l];
    pass->layers[l] =
        (struct ms_layer_weights){layer->n_in, layer->n_out, ms_tiled_rows(layer->weight, layer->n_out), layer->bias};
    const enum ms_layout layout = l == 0 ? MS_LAYOUT_ROWS : MS_LAYOUT_SPACED_ROWS;
    pass->n_layers = l + 1;
    MS_TRY(ms_activations_create(pass->capacity, layer->n_in, layout, for_training, &pass->inputs[l]));
  }
  MS_TRY(ms_allocate(pass->capacity, sizeof *pass->labels, "batch", &pass->labels));
  MS_TRY(ms_allocate(pass->capacity, n_classes * sizeof(float), "batch", &pass->logits));
  MS_TRY(ms_allocate(pass->capacity, n_classes * sizeof(float), "batch", &pass->probs));
  return ms_allocate(pass->capacity, sizeof *pass->loss, "batch", &pass->loss);
}

enum ms_status ms_pass_create(const struct ms_network *network, size_t capacity, bool for_training,
                              struct ms_pass *pass) {
  memset(pass, 0, sizeof *pass);
  pass->capacity = capacity;
  const enum ms_status status = allocate_pass(network, for_training, pass);
  if (status != MS_OK)
    ms_pass_free(pass);
  return status;
}

void ms_pass_free(struct ms_pass *pass) {
  for (size_t l = 0; l < pass->n_layers; ++l)
    ms_activations_free(&pass->inputs[l]);
  free(pass->layers);
  free(pass->inputs);
  free(pass->labels);
  free(pass->logits);
  free(pass->probs);
  free(pass->loss);
  memset(pass, 0, sizeof *pass);
}

struct load {
  struct ms_pass *pass;
  const struct ms_dataset *data;
  const uint32_t *order;
  size_t first, n;
  const struct ms_dropout *dropout; /* NULL: none */
};

static void gather(const struct load *l, struct ms_range rows, float *x) {
  const size_t n = rows.last - rows.first, units = l->pass->inputs[0].units;
  ms_batch_gather(l->data, l->order ? l->order + rows.first : NULL, l->first + rows.first, n, x,
                  l->pass->labels + rows.first);
  if (l->dropout)
    ms_kernels()->dropout(n, units, l->dropout, rows.first, 0, x, units, x, units);
}

/* Pixels become floats in the thread's scratch memory, from which they are compressed. */
static void load_item(void *context, size_t item, size_t index) {
  const struct load *l = context;
  struct ms_activations *x = &l->pass->inputs[0];
  const struct ms_range rows = ms_tile_rows(item, l->n);
  float *scratch = ms_pool_scratch(index);
  if (x->units > ms_gemm_scratch_floats() / MS_TILE)
    scratch = x->dense + rows.first * x->units;
  gather(l, rows, scratch);
  ms_activations_compress_rows(x, rows, scratch);
}

static void load_densely_item(void *context, size_t item, size_t index) {
  const struct load *l = context;
  const struct ms_range rows = ms_tile_rows(item, l->n);
  (void)index;
  gather(l, rows, l->pass->inputs[0].dense + rows.first * l->pass->inputs[0].units);
}

void ms_pass_load(struct ms_pass *pass, const struct ms_dataset *data, const uint32_t *order, size_t first, size_t n,
                  const struct ms_dropout *dropout) {
  struct load l = {pass, data, order, first, n, dropout};
  struct ms_activations *x = &pass->inputs[0];
  atomic_store(&x->n_nonzeros, 0);
  ms_pool_each(ms_tiles(n), load_item, &l);
  if (!ms_activations_skip(x, n, pass->layers[0].n_out)) /* dense products are to come */
    ms_pool_each(ms_tiles(n), load_densely_item, &l);
}

/* Rows that bias, ReLU and dropout pass over together, so that they find them in L1. */
enum { ACTIVATED_ROWS = 16 };

struct layer_forward {
  const struct ms_layer_weights *layer;
  const struct ms_dropout *dropout; /* NULL: none */
  size_t n;
  const struct ms_activations *x;
  struct ms_activations *y;
  bool skip;
  struct ms_grid grid;
};

/* Bias, ReLU and dropout on a block of products. */
static void activate(const struct layer_forward *f, struct ms_block block) {
  const struct ms_kernels *k = ms_kernels();
  const size_t col = block.cols.first, cols = block.cols.last - col, ld = f->y->ld;
  for (size_t row = block.rows.first; row < block.rows.last; row += ACTIVATED_ROWS) {
    const size_t rows = block.rows.last - row < ACTIVATED_ROWS ? block.rows.last - row : ACTIVATED_ROWS;
    float *y = f->y->dense + ms_activations_at(f->y, row, col);
    k->bias_forward(rows, cols, f->layer->bias + col, y, ld, y, ld);
    k->relu_forward(rows, cols, y, ld, y, ld);
    if (f->dropout)
      k->dropout(rows, cols, f->dropout, row, col, y, ld, y, ld);
  }
}

static void layer_item(void *context, size_t item, size_t index) {
  const struct layer_forward *f = context;
  struct ms_block block = ms_grid_block(f->grid, item);
  const struct ms_result result = {f->y->dense, f->y->ld, f->y->tile_stride};
  ms_activations_multiply(f->x, f->n, false, f->skip, f->layer->weight, block, result, index);
  const size_t end = block.rows.last;
  for (size_t row = block.rows.first; row < end; row = block.rows.last) {
    block.rows.first = row;
    block.rows.last = end - row < MS_TILE ? end : row + MS_TILE;
    activate(f, block);
    ms_activations_compress(f->y, block);
  }
}

void ms_forward_hidden(struct ms_pass *pass, const struct ms_dropout *dropout, size_t n) {
  for (size_t l = 0; l + 1 < pass->n_layers; ++l) {
    struct layer_forward f = {.layer = &pass->layers[l], .n = n, .x = &pass->inputs[l], .y = &pass->inputs[l + 1]};
    f.dropout = dropout && dropout[l].threshold > 0 ? &dropout[l] : NULL;
    f.skip = ms_activations_skip(f.x, n, f.layer->n_out);
    f.grid = ms_grid(n, f.layer->n_out, f.skip);
    atomic_store(&f.y->n_nonzeros, 0);
    ms_pool_each(ms_grid_blocks(f.grid), layer_item, &f);
  }
}

void ms_forward_output(struct ms_pass *pass, struct ms_range rows, size_t n, size_t index) {
  const struct ms_layer_weights *layer = &pass->layers[pass->n_layers - 1];
  const struct ms_activations *x = &pass->inputs[pass->n_layers - 1];
  const struct ms_kernels *k = ms_kernels();
  const size_t n_classes = layer->n_out, m = rows.last - rows.first;
  const struct ms_block block = {rows, {0, n_classes}};
  const struct ms_result result = {pass->logits, n_classes, MS_TILE};
  ms_activations_multiply(x, n, false, ms_activations_skip(x, n, n_classes), layer->weight, block, result, index);
  float *logits = pass->logits + rows.first * n_classes;
  k->bias_forward(m, n_classes, layer->bias, logits, n_classes, logits, n_classes);
  k->softmax_cross_entropy_forward(m, n_classes, logits, n_classes, pass->labels + rows.first,
                                   pass->probs + rows.first * n_classes, n_classes, pass->loss + rows.first);
}

struct output {
  struct ms_pass *pass;
  size_t n;
};

static void output_item(void *context, size_t item, size_t index) {
  const struct output *o = context;
  ms_forward_output(o->pass, ms_tile_rows(item, o->n), o->n, index);
}

void ms_forward(struct ms_pass *pass, size_t n) {
  struct output o = {pass, n};
  ms_forward_hidden(pass, NULL, n);
  ms_pool_each(ms_tiles(n), output_item, &o);
}

size_t ms_argmax(const float *logits, size_t n_classes) {
  size_t best = 0;
  for (size_t j = 1; j < n_classes; ++j)
    if (logits[j] > logits[best])
      best = j;
  return best;
}
