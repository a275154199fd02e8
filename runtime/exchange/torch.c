/* safetensors files with the names and the layout of PyTorch's nn.Sequential(Linear, ReLU, Linear, ...): 0.weight
 * (n_out, n_in), 0.bias (n_out), 2.weight, ... */
#include <stdio.h>
#include <stdlib.h>

#include "runtime/exchange/formats.h"
#include "runtime/platform/memory.h"
#include "runtime/run/model_file.h"
#include "runtime/run/safetensors.h"

/* Linear layers are every second one: ReLUs lie between them, and have no tensors. */
static int add_names(json_t *header, size_t l, const struct ms_dense *layer, size_t *offset) {
  const json_int_t n_in = (json_int_t)layer->n_in, n_out = (json_int_t)layer->n_out;
  char name[MS_TENSOR_NAME_SIZE];
  snprintf(name, sizeof name, "%zu.weight", 2 * l);
  int failed = ms_safetensors_add(header, name, json_pack("[I, I]", n_out, n_in), layer->n_in * layer->n_out, offset);
  snprintf(name, sizeof name, "%zu.bias", 2 * l);
  failed |= ms_safetensors_add(header, name, json_pack("[I]", n_out), layer->n_out, offset);
  return failed;
}

static void add_transposed(struct ms_text *file, const struct ms_dense *layer) {
  float *column;
  if (ms_reserve(layer->n_in, sizeof *column, "layer", &column) != MS_OK) {
    file->failed = true;
    return;
  }
  for (size_t j = 0; j < layer->n_out; ++j) {
    for (size_t i = 0; i < layer->n_in; ++i)
      column[i] = layer->weight[i * layer->n_out + j];
    ms_add_floats(file, column, layer->n_in);
  }
  free(column);
}

void ms_export_torch(const struct ms_network *network, const char *name, struct ms_text *file) {
  json_t *header = json_object();
  size_t offset = 0;
  (void)name;
  /* The key by which transformers knows the layout. */
  int failed = json_object_set_new(header, MS_SAFETENSORS_METADATA, json_pack("{s:s}", "format", "pt"));
  for (size_t l = 0; l < network->n_layers; ++l)
    failed |= add_names(header, l, &network->layers[l], &offset);
  ms_safetensors_add_header(file, failed ? NULL : header);
  json_decref(header);
  for (size_t l = 0; l < network->n_layers; ++l) {
    add_transposed(file, &network->layers[l]);
    ms_add_floats(file, network->layers[l].bias, network->layers[l].n_out);
  }
}
