/* ONNX models: a Gemm and, but for the last layer, a Relu for each dense layer. Sources: onnx/onnx.proto of ONNX 1.8
 * (field numbers, IR version 7, opset 13); protobuf.dev/programming-guides/encoding (varints, length-prefixed
 * messages). */
#include <stdio.h>
#include <string.h>

#include "runtime/exchange/formats.h"
#include "runtime/run/model_file.h"

enum { IR_VERSION = 7, OPSET = 13, FLOAT = 1 /* TensorProto.DataType */ };
enum { VARINT = 0, BYTES = 2 }; /* wire types */
enum { NODE_NAME_SIZE = 32 };

/* ---- Protocol buffers ---- */

static void add_varint(struct ms_text *message, uint64_t value) {
  for (; value >= 0x80; value >>= 7)
    ms_add_number(message, value | 0x80, 1);
  ms_add_number(message, value, 1);
}

static void add_key(struct ms_text *message, unsigned field, unsigned wire_type) {
  add_varint(message, field << 3 | wire_type);
}

static void add_integer(struct ms_text *message, unsigned field, uint64_t value) {
  add_key(message, field, VARINT);
  add_varint(message, value);
}

static void add_length(struct ms_text *message, unsigned field, size_t n_bytes) {
  add_key(message, field, BYTES);
  add_varint(message, n_bytes);
}

static void add_string(struct ms_text *message, unsigned field, const char *string) {
  add_length(message, field, strlen(string));
  ms_text_add(message, string);
}

/* A message within another; frees it. */
static void add_message(struct ms_text *message, unsigned field, struct ms_text *inner) {
  message->failed |= inner->failed;
  if (!message->failed) {
    add_length(message, field, inner->length);
    ms_text_add_bytes(message, inner->data, inner->length);
  }
  ms_text_free(inner);
}

/* ---- ONNX ---- */

enum { NODE_INPUT = 1, NODE_OUTPUT = 2, NODE_NAME = 3, NODE_OP_TYPE = 4 };
enum { TENSOR_DIMS = 1, TENSOR_DATA_TYPE = 2, TENSOR_NAME = 8, TENSOR_RAW_DATA = 9 };
enum { GRAPH_NODE = 1, GRAPH_NAME = 2, GRAPH_INITIALIZER = 5, GRAPH_INPUT = 11, GRAPH_OUTPUT = 12 };
enum { MODEL_IR_VERSION = 1, MODEL_PRODUCER = 2, MODEL_PRODUCER_VERSION = 3, MODEL_GRAPH = 7, MODEL_OPSET = 8 };

/* An operation of up to three inputs, NULL: fewer, and one output. */
static void add_node(struct ms_text *graph, const char *type, const char *const inputs[3], const char *output) {
  struct ms_text node = {0};
  for (int i = 0; i < 3 && inputs[i]; ++i)
    add_string(&node, NODE_INPUT, inputs[i]);
  add_string(&node, NODE_OUTPUT, output);
  add_string(&node, NODE_NAME, output);
  add_string(&node, NODE_OP_TYPE, type);
  add_message(graph, GRAPH_NODE, &node);
}

/* A tensor (rows, cols), or (cols) where rows is 0. */
static void add_tensor(struct ms_text *graph, const char *name, size_t rows, size_t cols, const float *values) {
  struct ms_text tensor = {0};
  const size_t n = rows > 0 ? rows * cols : cols;
  if (rows > 0)
    add_integer(&tensor, TENSOR_DIMS, rows);
  add_integer(&tensor, TENSOR_DIMS, cols);
  add_integer(&tensor, TENSOR_DATA_TYPE, FLOAT);
  add_string(&tensor, TENSOR_NAME, name);
  add_length(&tensor, TENSOR_RAW_DATA, n * sizeof *values);
  ms_add_floats(&tensor, values, n);
  add_message(graph, GRAPH_INITIALIZER, &tensor);
}

/* Floats (N, units), N being any number: ValueInfoProto's name 1 and type 2, which holds tensor_type 1 of elem_type 1
 * and shape 2, which holds a dim 1 for each dimension: dim_value 1 or dim_param 2. */
static void add_value(struct ms_text *graph, unsigned field, const char *name, size_t units) {
  struct ms_text value = {0}, type = {0}, tensor = {0}, shape = {0}, batch = {0}, width = {0};
  add_string(&batch, 2, "N");
  add_integer(&width, 1, units);
  add_message(&shape, 1, &batch);
  add_message(&shape, 1, &width);
  add_integer(&tensor, 1, FLOAT);
  add_message(&tensor, 2, &shape);
  add_message(&type, 1, &tensor);
  add_string(&value, 1, name);
  add_message(&value, 2, &type);
  add_message(graph, field, &value);
}

static void add_graph(struct ms_text *graph, const struct ms_network *network) {
  const size_t last = network->n_layers - 1;
  char input[NODE_NAME_SIZE] = "input", output[NODE_NAME_SIZE], weight[MS_TENSOR_NAME_SIZE], bias[MS_TENSOR_NAME_SIZE];
  for (size_t l = 0; l <= last; ++l) {
    ms_weight_name(weight, l);
    ms_bias_name(bias, l);
    snprintf(output, sizeof output, l < last ? "dense%zu" : "logits", l + 1);
    add_node(graph, "Gemm", (const char *const[3]){input, weight, bias}, output);
    snprintf(input, sizeof input, "relu%zu", l + 1);
    if (l < last)
      add_node(graph, "Relu", (const char *const[3]){output}, input);
  }
  add_string(graph, GRAPH_NAME, "mnist_simd");
  for (size_t l = 0; l <= last; ++l) {
    const struct ms_dense *layer = &network->layers[l];
    ms_weight_name(weight, l);
    ms_bias_name(bias, l);
    add_tensor(graph, weight, layer->n_in, layer->n_out, layer->weight);
    add_tensor(graph, bias, 0, layer->n_out, layer->bias);
  }
  add_value(graph, GRAPH_INPUT, "input", network->layers[0].n_in);
  add_value(graph, GRAPH_OUTPUT, "logits", network->layers[last].n_out);
}

void ms_export_onnx(const struct ms_network *network, const char *name, struct ms_text *file) {
  struct ms_text graph = {0}, opset = {0};
  (void)name;
  add_graph(&graph, network);
  add_integer(&opset, 2, OPSET); /* version; no domain: ONNX's own operations */
  add_integer(file, MODEL_IR_VERSION, IR_VERSION);
  add_string(file, MODEL_PRODUCER, "mnist_simd");
  add_string(file, MODEL_PRODUCER_VERSION, MS_VERSION);
  add_message(file, MODEL_GRAPH, &graph);
  add_message(file, MODEL_OPSET, &opset);
}
