/* The tensors of a file as dense layers, by their names: weights and biases of a layer together, layers in the order of
 * their numbers. Which way round weights lie is not decided here (import.c). */
#ifndef MS_EXCHANGE_FILE_LAYERS_H
#define MS_EXCHANGE_FILE_LAYERS_H

#include "runtime/data/array.h"

#define MS_FILE_MAX_LAYERS (MS_MAX_HIDDEN + 1)
#define MS_FILE_NAME_SIZE 128

struct ms_file_layer {
  char prefix[MS_FILE_NAME_SIZE]; /* of both names: "net.0" */
  struct ms_array weight, bias;   /* float32 of 2 and of 1 dimensions; elements NULL: none, until all are read */
  bool is_kernel;                 /* the weight is called so, as Keras does */
  uint64_t rank;                  /* orders the layers: 0 where the prefix has no number, else one more than that */
};

struct ms_file_layers {
  size_t n;
  struct ms_file_layer layers[MS_FILE_MAX_LAYERS];
  void *memory[2 * MS_FILE_MAX_LAYERS + 2]; /* what the arrays lie in: the file, all of them, and one too many */
  size_t n_memory;
};

/* From a safetensors file or an NPZ archive, known by its first bytes. MS_ERROR_DATA, naming path and tensor: not such
 * a file, or damaged; a tensor that is no weight, kernel or bias, is not float32, or has other dimensions; a layer
 * without one of both; no order. On failure nothing is held. */
enum ms_status ms_file_layers_read(const char *path, struct ms_file_layers *layers);
void ms_file_layers_free(struct ms_file_layers *layers);

#endif
