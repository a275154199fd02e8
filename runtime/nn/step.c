/* One training step. Per layer, from the last: the derivative of its input while its weights are still the old ones,
 * then the gradient of its weights and their update, each thread for its own columns, so that gradient, Adam and MaxNorm
 * need no barrier between them. */
#include "runtime/nn/step.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/nn/random.h"
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

  struct ms_network **networks[] = {&t->network, &t->gradient, &t->moment1, &t->moment2};
  for (size_t i = 0; i < sizeof networks / sizeof networks[0]; ++i) {
    const enum ms_status status = ms_network_create(t->config->n_hidden + 1, units, networks[i]);
    if (status != MS_OK)
      return status;
  }
  ms_network_initialise(t->network, t->config->seed);
  return MS_OK;
}

static enum ms_status create_buffers(struct ms_trainer *t) {
  const size_t n_layers = t->network->n_layers;
  enum ms_status status = ms_pass_create(t->network, t->config->batch, &t->pass);
  if (status == MS_OK)
    status = ms_allocate(n_layers, sizeof *t->dropout, "dropout", &t->dropout);
  if (status == MS_OK)
    status = ms_allocate(n_layers, sizeof *t->dz, "batch", &t->dz);
  for (size_t l = 0; status == MS_OK && l < n_layers; ++l)
    status = ms_allocate(t->config->batch, t->network->layers[l].n_out * sizeof(float), "batch", &t->dz[l]);
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
    free(trainer->dz[l]);
  free(trainer->dz);
  free(trainer->dropout);
  ms_pass_free(&trainer->pass);
  ms_network_free(trainer->moment2);
  ms_network_free(trainer->moment1);
  ms_network_free(trainer->gradient);
  ms_network_free(trainer->network);
  memset(trainer, 0, sizeof *trainer);
}

struct layer_backward {
  const struct ms_trainer *trainer;
  size_t layer, n;
  const float *x;  /* (n, n_in): the layer's input */
  const float *dz; /* (n, n_out) */
  float *dx;       /* (n, n_in): derivative of the pre-activations of the layer before */
  float dx_scale;  /* factor of its dropout */
  bool update;
  struct ms_adam adam_weight, adam_bias;
};

/* dX = dZ W^T, back through the dropout and the ReLU that made X. */
static void input_gradient_task(void *context, size_t index) {
  const struct layer_backward *b = context;
  const struct ms_dense *layer = &b->trainer->network->layers[b->layer];
  const size_t n_in = layer->n_in, n_out = layer->n_out;
  const struct ms_block block = ms_gemm_share(b->n, n_in, index);
  if (ms_block_is_empty(block))
    return;
  ms_gemm_block(block, n_out, ms_as_stored(b->dz, n_out), ms_transposed(layer->weight, n_out), b->dx, n_in, index);

  const size_t rows = block.rows.last - block.rows.first, cols = block.cols.last - block.cols.first;
  const size_t at = block.rows.first * n_in + block.cols.first;
  ms_kernels()->relu_backward(rows, cols, b->x + at, n_in, b->dx_scale, b->dx + at, n_in, b->dx + at, n_in);
}

static void update_columns(const struct layer_backward *b, struct ms_range columns, size_t index) {
  const struct ms_trainer *t = b->trainer;
  const struct ms_kernels *k = ms_kernels();
  const struct ms_dense *layer = &t->network->layers[b->layer], *gradient = &t->gradient->layers[b->layer];
  const struct ms_dense *m = &t->moment1->layers[b->layer], *v = &t->moment2->layers[b->layer];
  const size_t n_in = layer->n_in, n_out = layer->n_out;
  const size_t col = columns.first, cols = columns.last - col;

  k->adam(n_in, cols, &b->adam_weight, gradient->weight + col, n_out, layer->weight + col, m->weight + col,
          v->weight + col, n_out);
  k->adam(1, cols, &b->adam_bias, gradient->bias + col, n_out, layer->bias + col, m->bias + col, v->bias + col, n_out);
  if (b->layer < t->config->n_hidden && t->config->hidden[b->layer].max_norm > 0) {
    assert(ms_gemm_scratch_floats() >= cols);
    k->maxnorm(n_in, cols, (float)t->config->hidden[b->layer].max_norm, layer->weight + col, n_out,
               ms_pool_scratch(index));
  }
}

/* dW = X^T dZ and db = column sums of dZ, for a share of the columns, then their update. */
static void weight_gradient_task(void *context, size_t index) {
  const struct layer_backward *b = context;
  const struct ms_dense *gradient = &b->trainer->gradient->layers[b->layer];
  const size_t n_in = gradient->n_in, n_out = gradient->n_out;
  const struct ms_range columns = ms_split(n_out, MS_DROPOUT_COLUMNS, ms_pool_size(), index);
  if (columns.first == columns.last)
    return;
  const struct ms_block block = {{0, n_in}, columns};
  ms_gemm_block(block, b->n, ms_transposed(b->x, n_in), ms_as_stored(b->dz, n_out), gradient->weight, n_out, index);
  ms_kernels()->bias_backward(b->n, columns.last - columns.first, b->dz + columns.first, n_out,
                              gradient->bias + columns.first);
  if (b->update)
    update_columns(b, columns, index);
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

static void backward(struct ms_trainer *t, size_t n, bool update) {
  const size_t last = t->network->n_layers - 1;
  const size_t n_classes = t->network->layers[last].n_out;
  ms_kernels()->softmax_cross_entropy_backward(n, n_classes, t->pass.probs, n_classes, t->pass.labels, 1.0f / (float)n,
                                               t->dz[last], n_classes);
  for (size_t l = last + 1; l-- > 0;) {
    struct layer_backward b = {.trainer = t, .layer = l, .n = n, .dz = t->dz[l], .update = update};
    b.x = l == 0 ? t->pass.x : t->pass.outputs[l - 1];
    if (l > 0) {
      b.dx = t->dz[l - 1];
      b.dx_scale = t->dropout[l - 1].threshold > 0 ? t->dropout[l - 1].scale : 1.0f;
      ms_pool_run(input_gradient_task, &b);
    }
    if (update) {
      const bool hidden = l < t->config->n_hidden;
      b.adam_weight = adam_step(t, hidden ? t->config->hidden[l].l1 : 0, hidden ? t->config->hidden[l].l2 : 0);
      b.adam_bias = adam_step(t, 0, 0);
    }
    ms_pool_run(weight_gradient_task, &b);
  }
}

static void forward(struct ms_trainer *t, size_t n) {
  for (size_t l = 0; l < t->config->n_hidden; ++l) {
    t->dropout[l].epoch = (uint32_t)t->epoch;
    t->dropout[l].step = (uint32_t)t->step;
  }
  ms_forward(t->network, t->dropout, n, &t->pass);
}

void ms_trainer_gradient(struct ms_trainer *trainer, size_t n) {
  assert(n <= trainer->pass.capacity);
  forward(trainer, n);
  backward(trainer, n, false);
}

void ms_trainer_step(struct ms_trainer *trainer, size_t n) {
  assert(n <= trainer->pass.capacity);
  forward(trainer, n);
  trainer->beta1_power *= beta1;
  trainer->beta2_power *= beta2;
  backward(trainer, n, true);
}
