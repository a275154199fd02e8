/* One training step. The derivatives of all layers come first, while the weights are still the old ones. Then all weights
 * are updated in one parallel region, each thread taking some columns of a layer through gradient, Adam and MaxNorm: they
 * need no barrier between them, and the gradient does not leave the cache. */
#include "runtime/nn/step.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/nn/random.h"
#include "runtime/platform/clock.h"
#include "runtime/platform/dispatch.h"
#include "runtime/platform/gemm.h"
#include "runtime/platform/memory.h"

/* Kingma & Ba 2015; epsilon is Keras' default. */
static const double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7;

static enum ms_status create_networks(struct ms_trainer *t, size_t n_inputs, size_t n_classes) {
  size_t units[MS_MAX_HIDDEN + 2];
  units[0] = n_inputs;
  for (size_t l = 0; l < t->config->n_hidden; ++l)
    units[l + 1] = t->config->hidden[l].units;
  units[t->config->n_hidden + 1] = n_classes;

  struct ms_network **networks[] = {&t->network, &t->moment1, &t->moment2};
  for (size_t i = 0; i < sizeof networks / sizeof networks[0]; ++i) {
    const enum ms_status status = ms_network_create(t->config->n_hidden + 1, units, networks[i]);
    if (status != MS_OK)
      return status;
  }
  ms_network_initialise(t->network, t->config->seed);
  return MS_OK;
}

/* Columns of a weight matrix that one item of the update takes: whole panels of the product, less where they are too few
 * for the threads. */
static size_t update_columns(const struct ms_trainer *t) {
  size_t width = ms_kernels()->gemm_skip_columns;
  for (; width > MS_TILE; width = (ms_tiles(width) / 2) * MS_TILE) {
    size_t n_items = 0;
    for (size_t l = 0; l < t->network->n_layers; ++l)
      n_items += (t->network->layers[l].n_out + width - 1) / width;
    if (n_items >= 2 * ms_pool_size())
      break;
  }
  return width;
}

static enum ms_status create_buffers(struct ms_trainer *t) {
  const size_t n_layers = t->network->n_layers, batch = t->config->batch;
  size_t widest_input = 0;
  enum ms_status status = ms_pass_create(t->network, batch, true, &t->pass);
  if (status == MS_OK)
    status = ms_allocate(n_layers, sizeof *t->dropout, "dropout", &t->dropout);
  if (status == MS_OK)
    status = ms_allocate(n_layers, sizeof *t->dz, "batch", &t->dz);
  for (size_t l = 0; status == MS_OK && l < n_layers; ++l) {
    const struct ms_dense *layer = &t->network->layers[l];
    widest_input = layer->n_in > widest_input ? layer->n_in : widest_input;
    status = ms_activations_create(batch, layer->n_out, false, &t->dz[l]);
  }
  t->gradient_floats = (widest_input + 1) * ms_kernels()->gemm_skip_columns;
  if (status == MS_OK)
    status = ms_allocate(ms_pool_size(), t->gradient_floats * sizeof *t->gradients, "gradients", &t->gradients);
  if (status != MS_OK)
    return status;

  for (size_t l = 0; l < t->config->n_hidden; ++l) {
    struct ms_dropout *dropout = &t->dropout[l];
    ms_seed_key(t->config->seed, dropout->key);
    dropout->stream_layer = ms_stream_layer(MS_STREAM_DROPOUT, l);
    dropout->threshold = (uint32_t)(t->config->hidden[l].dropout * 65536.0 + 0.5);
    dropout->scale = (float)(65536.0 / (65536.0 - dropout->threshold));
  }
  return MS_OK;
}

enum ms_status ms_trainer_create(const struct ms_config *config, size_t n_inputs, size_t n_classes,
                                 struct ms_trainer *trainer) {
  memset(trainer, 0, sizeof *trainer);
  trainer->config = config;
  trainer->beta1_power = 1;
  trainer->beta2_power = 1;
  enum ms_status status = create_networks(trainer, n_inputs, n_classes);
  if (status == MS_OK)
    status = create_buffers(trainer);
  if (status != MS_OK)
    ms_trainer_free(trainer);
  return status;
}

void ms_trainer_free(struct ms_trainer *trainer) {
  for (size_t l = 0; trainer->dz && l < trainer->network->n_layers; ++l)
    ms_activations_free(&trainer->dz[l]);
  free(trainer->gradients);
  free(trainer->dz);
  free(trainer->dropout);
  ms_pass_free(&trainer->pass);
  ms_network_free(trainer->moment2);
  ms_network_free(trainer->moment1);
  ms_network_free(trainer->network);
  memset(trainer, 0, sizeof *trainer);
}

struct backward {
  struct ms_trainer *trainer;
  size_t n;
};

/* Back through the dropout and the ReLU that made the input of layer l: rows and columns of a block of its derivative. */
static void activation_backward(struct ms_trainer *t, size_t l, struct ms_block block) {
  struct ms_activations *dx = &t->dz[l - 1];
  const struct ms_activations *x = &t->pass.inputs[l];
  const float scale = t->dropout[l - 1].threshold > 0 ? t->dropout[l - 1].scale : 1.0f;
  const size_t end = block.rows.last, cols = block.cols.last - block.cols.first;
  for (size_t row = block.rows.first; row < end; row = block.rows.last) {
    block.rows.first = row;
    block.rows.last = end - row < MS_TILE ? end : row + MS_TILE;
    const size_t at = row * x->units + block.cols.first;
    ms_kernels()->relu_backward(block.rows.last - row, cols, x->dense + at, x->units, scale, dx->dense + at, x->units,
                                dx->dense + at, x->units);
    if (l > 1) /* it is the left operand of another product */
      ms_activations_compress(dx, block);
  }
}

/* Some rows through the output layer and back. */
static void output_item(void *context, size_t item, size_t index) {
  const struct backward *b = context;
  struct ms_trainer *t = b->trainer;
  const size_t last = t->network->n_layers - 1;
  const struct ms_dense *layer = &t->network->layers[last];
  const size_t n_classes = layer->n_out;
  const struct ms_range rows = ms_tile_rows(item, b->n);
  ms_forward_output(t->network, rows, b->n, &t->pass, index);
  const size_t at = rows.first * n_classes;
  ms_kernels()->softmax_cross_entropy_backward(rows.last - rows.first, n_classes, t->pass.probs + at, n_classes,
                                               t->pass.labels + rows.first, 1.0f / (float)b->n, t->dz[last].dense + at,
                                               n_classes);
  if (last == 0)
    return;
  const struct ms_block block = {rows, {0, layer->n_in}};
  ms_activations_multiply(&t->dz[last], b->n, false, false, ms_transposed(layer->weight, n_classes), block,
                          t->dz[last - 1].dense, layer->n_in, index);
  activation_backward(t, last, block);
}

struct input_gradient {
  struct ms_trainer *trainer;
  size_t layer, n;
  bool skip;
  struct ms_grid grid;
};

/* dX = dZ W^T, back to the pre-activations of the layer before. */
static void input_gradient_item(void *context, size_t item, size_t index) {
  const struct input_gradient *g = context;
  struct ms_trainer *t = g->trainer;
  const struct ms_dense *layer = &t->network->layers[g->layer];
  const struct ms_block block = ms_grid_block(g->grid, item);
  ms_activations_multiply(&t->dz[g->layer], g->n, false, g->skip, ms_transposed(layer->weight, layer->n_out), block,
                          t->dz[g->layer - 1].dense, layer->n_in, index);
  activation_backward(t, g->layer, block);
}

static void input_gradients(struct ms_trainer *t, size_t n) {
  for (size_t l = t->network->n_layers - 1; l-- > 1;) {
    struct input_gradient g = {.trainer = t, .layer = l, .n = n};
    g.skip = ms_activations_skip(&t->dz[l], n, t->network->layers[l].n_in);
    g.grid = ms_grid(n, t->network->layers[l].n_in, g.skip);
    ms_pool_each(ms_grid_blocks(g.grid), input_gradient_item, &g);
  }
}

static struct ms_adam adam_step(const struct ms_trainer *t, double l1, double l2) {
  const double corrected = t->config->learning_rate * sqrt(1 - t->beta2_power) / (1 - t->beta1_power);
  const struct ms_adam adam = {
      .beta1 = (float)beta1,
      .one_minus_beta1 = (float)(1 - beta1),
      .beta2 = (float)beta2,
      .one_minus_beta2 = (float)(1 - beta2),
      .epsilon = (float)epsilon,
      .step_size = (float)corrected,
      .l1 = (float)l1,
      .two_l2 = (float)(2 * l2),
  };
  return adam;
}

struct update {
  struct ms_trainer *trainer;
  size_t n, width;
};

/* dW = X^T dZ and db = column sums of dZ for some columns of layer l, and the update made of them. */
static void update_layer(const struct update *u, size_t l, struct ms_range columns, size_t index) {
  struct ms_trainer *t = u->trainer;
  const struct ms_kernels *k = ms_kernels();
  const struct ms_dense *layer = &t->network->layers[l], *m = &t->moment1->layers[l], *v = &t->moment2->layers[l];
  const struct ms_activations *x = &t->pass.inputs[l], *dz = &t->dz[l];
  const size_t n_in = layer->n_in, n_out = layer->n_out, col = columns.first, cols = columns.last - col;
  float *gradient = t->gradients + index * t->gradient_floats; /* (n_in, cols), then that of the bias */
  float *bias_gradient = gradient + n_in * cols;
  const struct ms_block block = {{0, n_in}, {0, cols}};
  ms_activations_multiply(x, u->n, true, ms_activations_skip(x, u->n, n_out), ms_as_stored(dz->dense + col, n_out),
                          block, gradient, cols, index);
  k->bias_backward(u->n, cols, dz->dense + col, n_out, bias_gradient);

  const bool hidden = l < t->config->n_hidden;
  const struct ms_layer_config *config = hidden ? &t->config->hidden[l] : NULL;
  const struct ms_adam adam = adam_step(t, hidden ? config->l1 : 0, hidden ? config->l2 : 0);
  const struct ms_adam adam_bias = adam_step(t, 0, 0);
  k->adam(n_in, cols, &adam, gradient, cols, layer->weight + col, m->weight + col, v->weight + col, n_out);
  k->adam(1, cols, &adam_bias, bias_gradient, cols, layer->bias + col, m->bias + col, v->bias + col, n_out);
  if (hidden && config->max_norm > 0)
    k->maxnorm(n_in, cols, (float)config->max_norm, layer->weight + col, n_out, gradient);
}

static void update_item(void *context, size_t item, size_t index) {
  const struct update *u = context;
  for (size_t l = 0; l < u->trainer->network->n_layers; ++l) {
    const size_t n_out = u->trainer->network->layers[l].n_out, n_items = (n_out + u->width - 1) / u->width;
    if (item < n_items) {
      const size_t first = item * u->width;
      const struct ms_range columns = {first, n_out - first < u->width ? n_out : first + u->width};
      update_layer(u, l, columns, index);
      return;
    }
    item -= n_items;
  }
}

static void update(struct ms_trainer *t, size_t n) {
  struct update u = {t, n, update_columns(t)};
  size_t n_items = 0;
  for (size_t l = 0; l < t->network->n_layers; ++l)
    n_items += (t->network->layers[l].n_out + u.width - 1) / u.width;
  ms_pool_each(n_items, update_item, &u);
}

static void end_phase(struct ms_trainer *t, enum ms_phase phase, double *start) {
  const double now = ms_clock_s();
  t->phase_seconds[phase] += now - *start;
  *start = now;
}

void ms_trainer_step(struct ms_trainer *t, size_t n) {
  assert(n <= t->pass.capacity);
  for (size_t l = 0; l < t->config->n_hidden; ++l) {
    t->dropout[l].epoch = (uint32_t)t->epoch;
    t->dropout[l].step = (uint32_t)t->step;
  }
  for (size_t l = 0; l < t->network->n_layers; ++l)
    atomic_store(&t->dz[l].n_nonzeros, 0);
  double start = ms_clock_s();
  ms_forward_hidden(t->network, t->dropout, n, &t->pass);
  end_phase(t, MS_PHASE_FORWARD, &start);
  struct backward b = {t, n};
  ms_pool_each(ms_tiles(n), output_item, &b);
  end_phase(t, MS_PHASE_OUTPUT, &start);
  input_gradients(t, n);
  end_phase(t, MS_PHASE_INPUT_GRADIENT, &start);
  t->beta1_power *= beta1;
  t->beta2_power *= beta2;
  update(t, n);
  end_phase(t, MS_PHASE_UPDATE, &start);
}
