/* Memory of a network in training, and the way of weights into its panels and out of them. Does not train. */
#include "runtime/nn/trainer.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/nn/checkpoint.h"
#include "runtime/nn/random.h"
#include "runtime/platform/dispatch.h"
#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"

void ms_rows_from_panels(size_t n_in, size_t n_out, const float *panels, float *rows) {
  for (size_t col = 0; col < n_out; col += MS_TILE, panels += n_in * MS_TILE)
    for (size_t i = 0; i < n_in; ++i)
      memcpy(rows + i * n_out + col, panels + i * MS_TILE, ms_min(n_out - col, MS_TILE) * sizeof(float));
}

void ms_panels_from_rows(size_t n_in, size_t n_out, const float *rows, float *panels) {
  for (size_t col = 0; col < n_out; col += MS_TILE, panels += n_in * MS_TILE)
    for (size_t i = 0; i < n_in; ++i)
      memcpy(panels + i * MS_TILE, rows + i * n_out + col, ms_min(n_out - col, MS_TILE) * sizeof(float));
}

static enum ms_status create_network(struct ms_trainer *t, size_t n_inputs, size_t n_classes) {
  size_t units[MS_MAX_HIDDEN + 2];
  units[0] = n_inputs;
  for (size_t l = 0; l < t->config->n_hidden; ++l)
    units[l + 1] = t->config->hidden[l].units;
  units[t->config->n_hidden + 1] = n_classes;
  MS_TRY(ms_network_create(t->config->n_hidden + 1, units, &t->network));
  ms_network_initialise(t->network, t->config->seed);
  return MS_OK;
}

static enum ms_status create_layer(const struct ms_dense *dense, struct ms_layer_state *layer) {
  layer->n_in = dense->n_in;
  layer->n_out = dense->n_out;
  const size_t panels = ms_tiles(dense->n_out), panel_bytes = dense->n_in * MS_TILE * sizeof(float);
  float **const matrices[] = {&layer->weight, &layer->moment1, &layer->moment2};
  float **const vectors[] = {&layer->bias, &layer->bias_moment1, &layer->bias_moment2};
  for (size_t i = 0; i < sizeof matrices / sizeof matrices[0]; ++i) {
    MS_TRY(ms_allocate(panels, panel_bytes, "weights and moments", matrices[i]));
    MS_TRY(ms_allocate(dense->n_out, sizeof(float), "weights and moments", vectors[i]));
  }
  ms_panels_from_rows(dense->n_in, dense->n_out, dense->weight, layer->weight);
  memcpy(layer->bias, dense->bias, dense->n_out * sizeof(float));
  return MS_OK;
}

static enum ms_status create_layers(struct ms_trainer *t) {
  const size_t n_layers = t->network->n_layers;
  MS_TRY(ms_allocate(n_layers, sizeof *t->layers, "layers", &t->layers));
  t->n_layers = n_layers;
  for (size_t l = 0; l < n_layers; ++l)
    MS_TRY(create_layer(&t->network->layers[l], &t->layers[l]));
  return MS_OK;
}

static struct ms_dropout make_dropout(const struct ms_config *config, double share, uint32_t stream_layer) {
  struct ms_dropout dropout = {.stream_layer = stream_layer, .threshold = (uint32_t)(share * 65536.0 + 0.5)};
  ms_seed_key(config->seed, dropout.key);
  dropout.scale = (float)(65536.0 / (65536.0 - dropout.threshold));
  return dropout;
}

static enum ms_status create_buffers(struct ms_trainer *t, size_t batch) {
  size_t widest_input = 0;
  MS_TRY(ms_pass_create(t->network, batch, true, &t->pass));
  MS_TRY(ms_allocate(t->n_layers, sizeof *t->dropout, "dropout", &t->dropout));
  MS_TRY(ms_allocate(t->n_layers, sizeof *t->dz, "batch", &t->dz));
  for (size_t l = 0; l < t->n_layers; ++l) {
    const struct ms_layer_state *layer = &t->layers[l];
    t->pass.layers[l].weight = ms_tiled_panels(layer->weight, layer->n_in);
    t->pass.layers[l].bias = layer->bias;
    widest_input = layer->n_in > widest_input ? layer->n_in : widest_input;
    /* The output layer's is written row by row by the loss. */
    const enum ms_layout layout = l + 1 < t->n_layers ? MS_LAYOUT_PANELS : MS_LAYOUT_ROWS;
    MS_TRY(ms_activations_create(batch, layer->n_out, layout, false, &t->dz[l]));
  }
  t->gradient_floats = widest_input * ms_kernels()->gemm_skip_columns + MS_TILE;
  MS_TRY(ms_allocate(ms_pool_size(), t->gradient_floats * sizeof *t->gradients, "gradients", &t->gradients));

  t->input_dropout = make_dropout(t->config, t->config->input_dropout, ms_stream_layer(MS_STREAM_INPUT_DROPOUT, 0));
  for (size_t l = 0; l < t->config->n_hidden; ++l)
    t->dropout[l] = make_dropout(t->config, t->config->hidden[l].dropout, ms_stream_layer(MS_STREAM_DROPOUT, l));
  return MS_OK;
}

/* Asked before anything is allocated: a system that hands out more memory than it has ends the program later. Counted
 * are weights and moments in panels, two row-major copies of the weights, and activations as they are, by rows and by
 * columns. */
static enum ms_status check_memory(const struct ms_config *config, size_t batch, size_t n_inputs, size_t n_classes) {
  double floats = 0;
  for (size_t l = 0, n_in = n_inputs; l <= config->n_hidden; ++l) {
    const size_t n_out = l < config->n_hidden ? config->hidden[l].units : n_classes;
    floats += 5 * (double)n_in * (double)n_out + 3 * (double)batch * (double)n_in;
    n_in = n_out;
  }
  const double needed = floats * sizeof(float), limit = ms_memory_limit(), gib = 0x1p30;
  if (needed <= limit)
    return MS_OK;
  return ms_fail(MS_ERROR_MEMORY,
                 "training needs %.1f GiB of memory, this machine has %.1f GiB: choose fewer units, or a smaller batch",
                 needed / gib, limit / gib);
}

static enum ms_status create(struct ms_trainer *t, size_t batch, size_t n_inputs, size_t n_classes) {
  MS_TRY(check_memory(t->config, batch, n_inputs, n_classes));
  MS_TRY(create_network(t, n_inputs, n_classes));
  MS_TRY(create_layers(t));
  return create_buffers(t, batch);
}

enum ms_status ms_trainer_create(const struct ms_config *config, size_t batch, size_t n_inputs, size_t n_classes,
                                 struct ms_trainer *trainer) {
  memset(trainer, 0, sizeof *trainer);
  trainer->config = config;
  trainer->learning_rate = config->lr;
  trainer->beta1_power = 1;
  trainer->beta2_power = 1;
  const enum ms_status status = create(trainer, batch, n_inputs, n_classes);
  if (status != MS_OK)
    ms_trainer_free(trainer);
  return status;
}

void ms_trainer_free(struct ms_trainer *trainer) {
  for (size_t l = 0; l < trainer->n_layers; ++l) {
    const struct ms_layer_state *layer = &trainer->layers[l];
    float *const owned[] = {layer->weight, layer->moment1,      layer->moment2,
                            layer->bias,   layer->bias_moment1, layer->bias_moment2};
    for (size_t i = 0; i < sizeof owned / sizeof owned[0]; ++i)
      free(owned[i]);
    if (trainer->dz)
      ms_activations_free(&trainer->dz[l]);
  }
  free(trainer->layers);
  free(trainer->gradients);
  free(trainer->dz);
  free(trainer->dropout);
  ms_pass_free(&trainer->pass);
  ms_network_free(trainer->network);
  memset(trainer, 0, sizeof *trainer);
}

enum ms_status ms_trainer_set_weights(struct ms_trainer *t, const struct ms_network *from) {
  if (from->n_layers != t->n_layers)
    return ms_fail(MS_ERROR_ARGUMENT, "the network to begin with has %zu layers, the configuration asks for %zu",
                   from->n_layers, t->n_layers);
  for (size_t l = 0; l < t->n_layers; ++l) {
    const struct ms_layer_state *layer = &t->layers[l];
    const struct ms_dense *dense = &from->layers[l];
    if (dense->n_in != layer->n_in || dense->n_out != layer->n_out)
      return ms_fail(
          MS_ERROR_ARGUMENT,
          "the network to begin with has %zu x %zu weights in layer %zu, configuration and images ask for %zu x "
          "%zu",
          dense->n_in, dense->n_out, l + 1, layer->n_in, layer->n_out);
    ms_panels_from_rows(layer->n_in, layer->n_out, dense->weight, layer->weight);
    memcpy(layer->bias, dense->bias, layer->n_out * sizeof(float));
  }
  return MS_OK;
}

static void read_item(void *context, size_t item, size_t index) {
  const struct ms_trainer *t = context;
  const struct ms_layer_state *layer = &t->layers[item];
  const struct ms_dense *dense = &t->network->layers[item];
  (void)index;
  ms_rows_from_panels(layer->n_in, layer->n_out, layer->weight, dense->weight);
  memcpy(dense->bias, layer->bias, layer->n_out * sizeof(float));
}

void ms_trainer_read(struct ms_trainer *t) {
  ms_pool_each(t->n_layers, read_item, t);
}

void ms_trainer_restore(struct ms_trainer *t, const struct ms_checkpoint *checkpoint) {
  t->beta1_power = checkpoint->at.beta1_power;
  t->beta2_power = checkpoint->at.beta2_power;
  for (size_t l = 0; l < t->n_layers; ++l) {
    struct ms_layer_state *layer = &t->layers[l];
    const struct ms_layer_values *from = &checkpoint->layers[l];
    ms_panels_from_rows(layer->n_in, layer->n_out, from->weight, layer->weight);
    ms_panels_from_rows(layer->n_in, layer->n_out, from->moment1, layer->moment1);
    ms_panels_from_rows(layer->n_in, layer->n_out, from->moment2, layer->moment2);
    memcpy(layer->bias, from->bias, layer->n_out * sizeof(float));
    memcpy(layer->bias_moment1, from->bias_moment1, layer->n_out * sizeof(float));
    memcpy(layer->bias_moment2, from->bias_moment2, layer->n_out * sizeof(float));
  }
}
