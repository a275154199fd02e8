/* The names of tensors in model files, layers from 0: dense1.weight (n_in, n_out), dense1.bias (n_out). Reading and
 * writing: ms_network_load, ms_network_save. */
#ifndef MS_RUN_MODEL_FILE_H
#define MS_RUN_MODEL_FILE_H

#include "runtime/mnist_simd.h"

#define MS_TENSOR_NAME_SIZE 40
void ms_weight_name(char name[MS_TENSOR_NAME_SIZE], size_t layer);
void ms_bias_name(char name[MS_TENSOR_NAME_SIZE], size_t layer);

#endif
