/* Imports: which way round the weights of a file lie, and the network of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/exchange/exchange.h"
#include "runtime/exchange/file_layers.h"
#include "runtime/platform/endian.h"
#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"
#include "runtime/run/model_file.h"

const char *ms_weight_layout_name(enum ms_weight_layout layout) {
  static const char *const names[] = {[MS_IN_OUT] = "in-out", [MS_OUT_IN] = "out-in"};
  return names[layout];
}

/* ---- Layout ---- */

static size_t inputs(const struct ms_file_layer *layer, enum ms_weight_layout layout) {
  return layer->weight.size[layout == MS_OUT_IN];
}

static size_t outputs(const struct ms_file_layer *layer, enum ms_weight_layout layout) {
  return layer->weight.size[layout != MS_OUT_IN];
}

/* The first layer that does not fit its bias or the layer before; n if all fit. */
static size_t first_misfit(const struct ms_file_layers *layers, enum ms_weight_layout layout) {
  for (size_t l = 0; l < layers->n; ++l) {
    const struct ms_file_layer *layer = &layers->layers[l];
    if (layer->bias.size[0] != outputs(layer, layout) || (l > 0 && inputs(layer, layout) != outputs(layer - 1, layout)))
      return l;
  }
  return layers->n;
}

/* dense1.weight, dense2.weight, ...: names that this program writes, and others may too. */
static bool are_our_names(const struct ms_file_layers *layers) {
  for (size_t l = 0; l < layers->n; ++l) {
    char ours[MS_TENSOR_NAME_SIZE];
    ms_weight_name(ours, l);
    *strchr(ours, '.') = '\0';
    if (strcmp(layers->layers[l].prefix, ours) != 0)
      return false;
  }
  return true;
}

static enum ms_status layout_of_names(const char *path, const struct ms_file_layers *layers,
                                      enum ms_weight_layout *layout) {
  size_t n_kernels = 0;
  for (size_t l = 0; l < layers->n; ++l)
    n_kernels += layers->layers[l].is_kernel;
  if (n_kernels > 0 && n_kernels < layers->n)
    return ms_fail_by(MS_ERROR_DATA, MS_WEIGHT_LAYOUT,
                      "%s: some layers have a kernel, others a weight: say which way round they lie", path);
  *layout = n_kernels > 0 || are_our_names(layers) ? MS_IN_OUT : MS_OUT_IN;
  return MS_OK;
}

static enum ms_status misfit(const char *path, const struct ms_file_layers *layers, enum ms_weight_layout layout) {
  const struct ms_file_layer *layer = &layers->layers[first_misfit(layers, layout)];
  return ms_fail(MS_ERROR_DATA,
                 "%s: layer '%s' has %zu inputs and %zu outputs, which do not fit its bias of %zu or the layer before",
                 path, layer->prefix, inputs(layer, layout), outputs(layer, layout), layer->bias.size[0]);
}

/* Names are a habit, shapes are a proof: the bias of a layer that is not square shows which way round it lies. */
static enum ms_status find_layout(const char *path, const struct ms_file_layers *layers,
                                  enum ms_weight_layout *layout) {
  if (*layout != MS_BY_NAMES)
    return first_misfit(layers, *layout) == layers->n ? MS_OK : misfit(path, layers, *layout);
  MS_TRY(layout_of_names(path, layers, layout));
  const enum ms_weight_layout other = *layout == MS_IN_OUT ? MS_OUT_IN : MS_IN_OUT;
  const bool fits = first_misfit(layers, *layout) == layers->n, other_fits = first_misfit(layers, other) == layers->n;
  if (!fits && !other_fits)
    return misfit(path, layers, *layout);
  if (!fits)
    return ms_fail_by(MS_ERROR_DATA, MS_WEIGHT_LAYOUT,
                      "%s: by their names weights lie %s, by their shapes %s: say which way round they lie", path,
                      ms_weight_layout_name(*layout), ms_weight_layout_name(other));
  if (other_fits && !layers->layers[0].is_kernel)
    return ms_fail_by(MS_ERROR_DATA, MS_WEIGHT_LAYOUT,
                      "%s: all weights are square, and their names do not prove which way round they lie: say it",
                      path);
  return MS_OK;
}

/* ---- Values ---- */

static enum ms_status read_floats(const struct ms_array *array, size_t n, float **values) {
  MS_TRY(ms_reserve(n, sizeof **values, "layer", values));
  memcpy(*values, array->elements, n * sizeof **values);
  if (array->is_little_endian != MS_LITTLE_ENDIAN)
    ms_reverse_bytes(*values, n, sizeof **values);
  return MS_OK;
}

/* (n_in, n_out) of a weight that lies as layout says. */
static enum ms_status read_weight(const struct ms_array *array, enum ms_weight_layout layout, float **weight) {
  const size_t rows = array->size[0], cols = array->size[1];
  float *values;
  MS_TRY(read_floats(array, rows * cols, &values));
  if (layout == MS_IN_OUT) {
    *weight = values;
    return MS_OK;
  }
  const enum ms_status status = ms_reserve(rows * cols, sizeof **weight, "layer", weight);
  for (size_t i = 0; status == MS_OK && i < rows; ++i)
    for (size_t j = 0; j < cols; ++j)
      (*weight)[j * rows + i] = values[i * cols + j];
  free(values);
  return status;
}

static enum ms_status build(const char *path, const struct ms_file_layers *layers, enum ms_weight_layout layout,
                            struct ms_network **network) {
  struct ms_layer_view views[MS_FILE_MAX_LAYERS] = {{0}};
  float *owned[2 * MS_FILE_MAX_LAYERS] = {NULL};
  enum ms_status status = MS_OK;
  for (size_t l = 0; status == MS_OK && l < layers->n; ++l) {
    const struct ms_file_layer *layer = &layers->layers[l];
    status = read_weight(&layer->weight, layout, &owned[2 * l]);
    if (status == MS_OK)
      status = read_floats(&layer->bias, layer->bias.size[0], &owned[2 * l + 1]);
    views[l] = (struct ms_layer_view){inputs(layer, layout), outputs(layer, layout), owned[2 * l], owned[2 * l + 1]};
  }
  if (status == MS_OK)
    status = ms_network_from_layers(layers->n, views, network);
  for (size_t i = 0; i < 2 * layers->n; ++i)
    free(owned[i]);
  if (status != MS_ERROR_ARGUMENT)
    return status;
  char what[256]; /* an argument of ours, the file's fault */
  snprintf(what, sizeof what, "%s", ms_error_message());
  return ms_fail(MS_ERROR_DATA, "%s: %s", path, what);
}

enum ms_status ms_import(const char *path, enum ms_weight_layout *layout, struct ms_network **network) {
  struct ms_file_layers layers;
  *network = NULL;
  MS_TRY(ms_file_layers_read(path, &layers));
  enum ms_status status = find_layout(path, &layers, layout);
  if (status == MS_OK)
    status = build(path, &layers, *layout, network);
  ms_file_layers_free(&layers);
  return status;
}
