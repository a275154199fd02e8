/* One training step. The derivatives of all layers come first, while the weights are still the old ones. Then all
 * weights are updated in one parallel region, each thread taking some columns of a layer through gradient, Adam and
 * MaxNorm: they need no barrier between them, and the gradient does not leave the cache. */
#include "runtime/nn/step.h"

#include <assert.h>
#include <math.h>

#include "runtime/platform/clock.h"
#include "runtime/platform/dispatch.h"

/* Kingma & Ba 2015; epsilon is Keras' default. */
static const double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7;

struct batch {
  struct ms_trainer *trainer;
  size_t n;
};

/* Back through the dropout and the ReLU that made the input of layer l: a block of its derivative, tile by tile. */
static void activation_backward(struct ms_trainer *t, size_t l, struct ms_block block) {
  struct ms_activations *dx = &t->dz[l - 1];
  const struct ms_activations *x = &t->pass.inputs[l];
  for (size_t i = block.rows.first; i < block.rows.last; i += MS_TILE)
    for (size_t j = block.cols.first; j < block.cols.last; j += MS_TILE) {
      const struct ms_block tile = {{i, ms_min(i + MS_TILE, block.rows.last)},
                                    {j, ms_min(j + MS_TILE, block.cols.last)}};
      float *d = dx->dense + ms_activations_at(dx, i, j);
      ms_kernels()->relu_backward(tile.rows.last - i, tile.cols.last - j, x->dense + ms_activations_at(x, i, j), x->ld,
                                  t->dropout[l - 1].scale, d, dx->ld, d, dx->ld);
      if (l > 1) /* it is the left operand of another product */
        ms_activations_compress(dx, tile);
    }
}

/* Whether the derivative of layer l's input comes from the non-zeros of dZ. Hidden layers: always, for the ReLU leaves
 * enough zeros, and in panels dZ is no left operand of a dense product. The output layer: where it has many classes. */
static bool skips_input_gradient(const struct ms_trainer *t, size_t l) {
  return l + 1 < t->n_layers || t->layers[l].n_out > MS_TILE;
}

/* dX = dZ W^T for a block of layer l, back to the pre-activations of the layer before. */
static void input_gradient_block(struct ms_trainer *t, size_t l, size_t n, struct ms_block block, size_t index) {
  const struct ms_activations *dx = &t->dz[l - 1];
  const struct ms_result result = {dx->dense, dx->ld, dx->tile_stride};
  ms_activations_multiply(&t->dz[l], n, false, skips_input_gradient(t, l),
                          ms_tiled_transposed(t->pass.layers[l].weight), block, result, index);
  activation_backward(t, l, block);
}

/* Some rows through the output layer and back. */
static void output_item(void *context, size_t item, size_t index) {
  const struct batch *b = context;
  struct ms_trainer *t = b->trainer;
  const size_t last = t->n_layers - 1, n_classes = t->layers[last].n_out;
  const struct ms_range rows = ms_tile_rows(item, b->n);
  ms_forward_output(&t->pass, rows, b->n, index);
  const size_t at = rows.first * n_classes;
  ms_kernels()->softmax_cross_entropy_backward(rows.last - rows.first, n_classes, t->pass.probs + at, n_classes,
                                               t->pass.labels + rows.first, 1.0f / (float)b->n, t->dz[last].dense + at,
                                               n_classes);
  if (last == 0)
    return;
  if (skips_input_gradient(t, last))
    ms_activations_compress(&t->dz[last], (struct ms_block){rows, {0, n_classes}});
  input_gradient_block(t, last, b->n, (struct ms_block){rows, {0, t->layers[last].n_in}}, index);
}

struct input_gradient {
  struct ms_trainer *trainer;
  size_t layer, n;
  struct ms_grid grid;
};

static void input_gradient_item(void *context, size_t item, size_t index) {
  const struct input_gradient *g = context;
  input_gradient_block(g->trainer, g->layer, g->n, ms_grid_block(g->grid, item), index);
}

static struct ms_adam adam_step(const struct ms_trainer *t, double l1, double l2) {
  const double corrected = t->learning_rate * sqrt(1 - t->beta2_power) / (1 - t->beta1_power);
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

/* Adam and MaxNorm on a panel of layer l, its first `cols` columns. */
static void update_panel(struct ms_trainer *t, size_t l, size_t col, size_t cols, const float *gradient, float *norms) {
  const struct ms_kernels *k = ms_kernels();
  const struct ms_layer_state *layer = &t->layers[l];
  const bool hidden = l < t->config->n_hidden;
  const struct ms_layer_config *config = hidden ? &t->config->hidden[l] : NULL;
  const struct ms_adam adam = adam_step(t, hidden ? config->l1 : 0, hidden ? config->l2 : 0);
  const size_t at = col * layer->n_in;
  k->adam(layer->n_in, cols, &adam, gradient, MS_TILE, layer->weight + at, layer->moment1 + at, layer->moment2 + at,
          MS_TILE);
  if (hidden && config->maxnorm > 0)
    k->maxnorm(layer->n_in, cols, (float)config->maxnorm, layer->weight + at, MS_TILE, norms);
}

/* dW = X^T dZ and db = column sums of dZ for some columns of layer l, and the update made of them. */
static void update_layer(const struct update *u, size_t l, struct ms_range columns, size_t index) {
  struct ms_trainer *t = u->trainer;
  const struct ms_kernels *k = ms_kernels();
  const struct ms_layer_state *layer = &t->layers[l];
  const struct ms_activations *x = &t->pass.inputs[l], *dz = &t->dz[l];
  const size_t panel_floats = layer->n_in * MS_TILE;
  float *gradient = t->gradients + index * t->gradient_floats; /* in panels */
  float *vector = gradient + t->gradient_floats - MS_TILE;
  struct ms_tiled b = ms_activations_tiled(dz);
  b.data += ms_activations_at(dz, 0, columns.first);
  const struct ms_block block = {{0, layer->n_in}, {0, columns.last - columns.first}};
  const struct ms_result result = {gradient, MS_TILE, panel_floats};
  ms_activations_multiply(x, u->n, true, ms_activations_skip(x, u->n, layer->n_out), b, block, result, index);

  const struct ms_adam adam = adam_step(t, 0, 0);
  for (size_t col = columns.first; col < columns.last; col += MS_TILE, gradient += panel_floats) {
    const size_t cols = ms_min(columns.last - col, MS_TILE);
    k->bias_backward(u->n, cols, dz->dense + ms_activations_at(dz, 0, col), dz->ld, vector);
    k->adam(1, cols, &adam, vector, cols, layer->bias + col, layer->bias_moment1 + col, layer->bias_moment2 + col,
            cols);
    update_panel(t, l, col, cols, gradient, vector);
  }
}

static void update_item(void *context, size_t item, size_t index) {
  const struct update *u = context;
  for (size_t l = 0; l < u->trainer->n_layers; ++l) {
    const size_t n_out = u->trainer->layers[l].n_out, n_items = (n_out + u->width - 1) / u->width;
    if (item < n_items) {
      const size_t first = ms_pool_neighbours(item, n_items) * u->width;
      const struct ms_range columns = {first, n_out - first < u->width ? n_out : first + u->width};
      update_layer(u, l, columns, index);
      return;
    }
    item -= n_items;
  }
}

static size_t update_items(const struct ms_trainer *t, size_t width) {
  size_t n_items = 0;
  for (size_t l = 0; l < t->n_layers; ++l)
    n_items += (t->layers[l].n_out + width - 1) / width;
  return n_items;
}

/* Columns of a weight matrix that one item of the update takes: whole panels of the product, less where they are too
 * few for the threads. */
static size_t update_columns(const struct ms_trainer *t) {
  size_t width = ms_kernels()->gemm_skip_columns;
  while (width > MS_TILE && update_items(t, width) < 2 * ms_pool_size())
    width = (ms_tiles(width) / 2) * MS_TILE;
  return width;
}

/* ---- The phases of a step, in order: each is one parallel region, or one for each layer ---- */

static void end_phase(struct ms_trainer *t, enum ms_phase phase) {
  const double now = ms_clock_s();
  t->phase_seconds[phase] += now - t->phase_start_s;
  t->phase_start_s = now;
}

static void start(struct ms_trainer *t) {
  t->phase_start_s = ms_clock_s();
  t->input_dropout.epoch = (uint32_t)t->epoch;
  t->input_dropout.step = (uint32_t)t->step;
  for (size_t l = 0; l < t->config->n_hidden; ++l) {
    t->dropout[l].epoch = (uint32_t)t->epoch;
    t->dropout[l].step = (uint32_t)t->step;
  }
  for (size_t l = 0; l < t->n_layers; ++l)
    atomic_store(&t->dz[l].n_nonzeros, 0);
}

static void load(struct ms_trainer *t, const struct ms_dataset *data, const uint32_t *order, size_t n) {
  ms_pass_load(&t->pass, data, order, 0, n, t->input_dropout.threshold > 0 ? &t->input_dropout : NULL);
  end_phase(t, MS_PHASE_LOAD);
}

static void forward(struct ms_trainer *t, size_t n) {
  ms_forward_hidden(&t->pass, t->dropout, n);
  end_phase(t, MS_PHASE_FORWARD);
}

static void output(struct ms_trainer *t, size_t n) {
  struct batch b = {t, n};
  ms_pool_each(ms_tiles(n), output_item, &b);
  end_phase(t, MS_PHASE_OUTPUT);
}

static void input_gradients(struct ms_trainer *t, size_t n) {
  for (size_t l = t->n_layers - 1; l-- > 1;) {
    struct input_gradient g = {t, l, n, ms_grid(n, t->layers[l].n_in, true)};
    ms_pool_each(ms_grid_blocks(g.grid), input_gradient_item, &g);
  }
  end_phase(t, MS_PHASE_INPUT_GRADIENT);
}

static void update(struct ms_trainer *t, size_t n) {
  struct update u = {t, n, update_columns(t)};
  t->beta1_power *= beta1;
  t->beta2_power *= beta2;
  ms_pool_each(update_items(t, u.width), update_item, &u);
  end_phase(t, MS_PHASE_UPDATE);
}

void ms_train_step(struct ms_trainer *t, const struct ms_dataset *data, const uint32_t *order, size_t n) {
  assert(n <= t->pass.capacity);
  start(t);
  load(t, data, order, n);
  forward(t, n);
  output(t, n);
  input_gradients(t, n);
  update(t, n);
}
