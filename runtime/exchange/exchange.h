/* Networks in other programs' files: written for them, read from them. Models of this program: ms_network_save,
 * ms_network_load. */
#ifndef MS_EXCHANGE_EXCHANGE_H
#define MS_EXCHANGE_EXCHANGE_H

#include "runtime/mnist_simd.h"

/* MS_ERROR_ARGUMENT if there is something at path, which may not be overwritten. */
enum ms_status ms_check_vacant(const char *path, bool overwrite);

/* MS_OK if the path ends in one of the formats below, whatever is there. MS_ERROR_ARGUMENT, naming them. */
enum ms_status ms_export_check(const char *path);

/* Writes the network, atomically, in the format that the path's ending names:
 *   .npz          dense1.weight (n_in, n_out), dense1.bias, ..., for numpy.load
 *   .h            C99: the weights, and NAME_forward after the file's name: logits with the bits of ms_predict_floats
 *   .onnx         opset 13: "input" (N, n_in), pixels as p / 255; "logits" (N, classes)
 *   .safetensors  PyTorch: 0.weight (n_out, n_in), 0.bias, 2.weight, ..., of nn.Sequential(Linear, ReLU, Linear, ...)
 * The same network gives the same bytes. MS_ERROR_UNSUPPORTED: larger than the format can be. */
enum ms_status ms_export(const struct ms_network *network, const char *path);

/* Which way round the weights lie in a file. */
enum ms_weight_layout { MS_BY_NAMES, MS_IN_OUT, MS_OUT_IN };
const char *ms_weight_layout_name(enum ms_weight_layout layout); /* "in-out", "out-in"; NULL for MS_BY_NAMES */

/* A network from a safetensors file or an NPZ archive of another program: dense layers whose tensors are called PREFIX
 * and "weight" or "kernel", and "bias", with numbers that ascend from layer to layer. Files do not say that there are
 * ReLUs between the layers: the caller does. *layout: MS_BY_NAMES, which becomes what the names mean:
 *   kernel (Keras), dense1.weight (this program, with layers 1, 2, ...)    MS_IN_OUT
 *   any other weight (PyTorch)                                              MS_OUT_IN
 * or what is known. MS_ERROR_DATA, naming path: shapes that do not fit each other; and, with MS_BY_NAMES, shapes that
 * fit the other layout alone, or both, all weights being square, while other programs use such names too; what
 * ms_file_layers_read says of files; a value that is not finite. */
enum ms_status ms_import(const char *path, enum ms_weight_layout *layout, struct ms_network **network);

#endif
