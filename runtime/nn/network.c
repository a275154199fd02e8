/* Networks of dense layers. */
#include "runtime/nn/network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/nn/random.h"
#include "runtime/platform/error.h"
#include "runtime/platform/fpenv.h"
#include "runtime/platform/memory.h"
#include "runtime/platform/sha256.h"

enum { FLOATS_PER_LINE = MS_ALIGNMENT / sizeof(float) };

static size_t padded(size_t n_floats) {
  return (n_floats + FLOATS_PER_LINE - 1) / FLOATS_PER_LINE * FLOATS_PER_LINE;
}

static enum ms_status allocate_parameters(struct ms_network *network) {
  size_t total = 0;
  for (size_t l = 0; l < network->n_layers; ++l) {
    const struct ms_dense *layer = &network->layers[l];
    const size_t limit = SIZE_MAX / 16;       /* of floats: no sum or product below can overflow */
    const size_t max_inputs = SIZE_MAX >> 14; /* nor one of the bytes of some hundred columns, which a step works in */
    if (layer->n_in > max_inputs || layer->n_out > limit / (layer->n_in + 1) ||
        total > limit - layer->n_in * layer->n_out - layer->n_out)
      return ms_fail(MS_ERROR_MEMORY, "layer %zu: %zu x %zu weights are too many: choose a smaller network", l + 1,
                     layer->n_in, layer->n_out);
    total += padded(layer->n_in * layer->n_out) + padded(layer->n_out);
  }
  network->memory_floats = total;
  MS_TRY(ms_allocate(total, sizeof(float), "network", &network->memory));
  float *next = network->memory;
  for (size_t l = 0; l < network->n_layers; ++l) {
    struct ms_dense *layer = &network->layers[l];
    layer->weight = next;
    layer->bias = layer->weight + padded(layer->n_in * layer->n_out);
    next = layer->bias + padded(layer->n_out);
  }
  return MS_OK;
}

enum ms_status ms_network_create(size_t n_layers, const size_t *units, struct ms_network **network) {
  *network = NULL;
  struct ms_network *created = NULL;
  MS_TRY(ms_allocate(1, sizeof *created, "network", &created));
  enum ms_status status = ms_allocate(n_layers, sizeof *created->layers, "network", &created->layers);
  if (status == MS_OK) {
    created->n_layers = n_layers;
    for (size_t l = 0; l < n_layers; ++l) {
      created->layers[l].n_in = units[l];
      created->layers[l].n_out = units[l + 1];
    }
    status = allocate_parameters(created);
  }
  if (status != MS_OK)
    ms_network_free(created);
  else
    *network = created;
  return status;
}

static enum ms_status check_layers(size_t n_layers, const struct ms_layer_view *layers) {
  if (n_layers < 1 || n_layers > MS_MAX_HIDDEN + 1)
    return ms_fail(MS_ERROR_ARGUMENT, "%zu layers, must be 1 to %d", n_layers, MS_MAX_HIDDEN + 1);
  for (size_t l = 0; l < n_layers; ++l) {
    const struct ms_layer_view *layer = &layers[l];
    if (layer->n_in < 1 || layer->n_out < 1 || layer->n_out > MS_MAX_UNITS || !layer->weight || !layer->bias)
      return ms_fail(MS_ERROR_ARGUMENT,
                     "layer %zu: %zu inputs and %zu outputs, must be at least 1 and at most %d outputs, "
                     "and come with weights and biases",
                     l + 1, layer->n_in, layer->n_out, MS_MAX_UNITS);
    if (l > 0 && layer->n_in != layers[l - 1].n_out)
      return ms_fail(MS_ERROR_ARGUMENT, "layer %zu takes %zu inputs, but the one before gives %zu", l + 1, layer->n_in,
                     layers[l - 1].n_out);
  }
  return MS_OK;
}

enum ms_status ms_network_from_layers(size_t n_layers, const struct ms_layer_view *layers,
                                      struct ms_network **network) {
  size_t units[MS_MAX_HIDDEN + 2];
  MS_REQUIRE(network);
  *network = NULL;
  MS_REQUIRE(layers);
  MS_TRY(check_layers(n_layers, layers));
  units[0] = layers[0].n_in;
  for (size_t l = 0; l < n_layers; ++l)
    units[l + 1] = layers[l].n_out;
  MS_TRY(ms_network_create(n_layers, units, network));
  for (size_t l = 0; l < n_layers; ++l) {
    const struct ms_dense *to = &(*network)->layers[l];
    memcpy(to->weight, layers[l].weight, to->n_in * to->n_out * sizeof(float));
    memcpy(to->bias, layers[l].bias, to->n_out * sizeof(float));
  }
  if (ms_network_is_finite(*network))
    return MS_OK;
  ms_network_free(*network);
  *network = NULL;
  return ms_fail(MS_ERROR_ARGUMENT, "a weight or bias is not finite");
}

enum ms_status ms_network_like(const struct ms_network *shape, struct ms_network **network) {
  size_t units[MS_MAX_HIDDEN + 2];
  units[0] = shape->layers[0].n_in;
  for (size_t l = 0; l < shape->n_layers; ++l)
    units[l + 1] = shape->layers[l].n_out;
  return ms_network_create(shape->n_layers, units, network);
}

void ms_network_free(struct ms_network *network) {
  if (!network)
    return;
  free(network->memory);
  free(network->layers);
  free(network);
}

void ms_network_copy(struct ms_network *to, const struct ms_network *from) {
  memcpy(to->memory, from->memory, from->memory_floats * sizeof(float));
}

void ms_network_initialise(struct ms_network *network, uint64_t seed) {
  const uint64_t saved = ms_fpenv_enter();
  for (size_t l = 0; l < network->n_layers; ++l) {
    struct ms_dense *layer = &network->layers[l];
    ms_random_weights(seed, l, layer->n_in, layer->n_out, layer->weight);
    memset(layer->bias, 0, layer->n_out * sizeof(float));
  }
  ms_fpenv_restore(saved);
}

bool ms_network_is_finite(const struct ms_network *network) {
  for (size_t i = 0; i < network->memory_floats; ++i)
    if (!isfinite(network->memory[i]))
      return false;
  return true;
}

size_t ms_network_layers(const struct ms_network *network) {
  return network->n_layers;
}

size_t ms_network_parameters(const struct ms_network *network) {
  size_t total = 0;
  for (size_t l = 0; l < network->n_layers; ++l)
    total += (network->layers[l].n_in + 1) * network->layers[l].n_out;
  return total;
}

struct ms_layer_view ms_network_layer(const struct ms_network *network, size_t layer) {
  if (layer >= network->n_layers)
    return (struct ms_layer_view){0};
  const struct ms_dense *dense = &network->layers[layer];
  const struct ms_layer_view view = {dense->n_in, dense->n_out, dense->weight, dense->bias};
  return view;
}

void ms_network_sha256(const struct ms_network *network, char hex[65]) {
  struct ms_sha256 sha;
  ms_sha256_init(&sha);
  for (size_t l = 0; l < network->n_layers; ++l) {
    const struct ms_dense *layer = &network->layers[l];
    ms_sha256_floats(&sha, layer->weight, layer->n_in * layer->n_out);
    ms_sha256_floats(&sha, layer->bias, layer->n_out);
  }
  ms_sha256_finish(&sha, hex);
}
