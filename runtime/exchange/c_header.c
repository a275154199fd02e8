/* C headers: the weights as arrays of hexadecimal floats, and a forward pass that computes as the numerics contract
 * says (kernels/kernels.h: gemm, bias_forward, relu_forward), so that its logits are this program's to the bit. */
#include <stdio.h>
#include <string.h>

#include "runtime/exchange/formats.h"
#include "runtime/platform/files.h"

enum { VALUES_PER_LINE = 6 };

static const char head[] =
    " * %s_forward gives the %zu logits of an input of %zu floats, pixels as p / 255.0f, to the bit that mnist_simd\n"
    " * computes. For the same bits elsewhere, compile with -ffp-contract=off and without -ffast-math, for a "
    "processor\n"
    " * whose floats are IEEE 754's; link with -lm. C99. */\n";

static const char dense[] =
    "/* y[j] = bias[j] + sum of x[i] * weight[i][j], a chain of fmaf in the order of i; then max(y, 0) if relu. The "
    "term of\n"
    " * a zero changes no bit and is left out. */\n"
    "static inline void %s_dense(const float *x, size_t n_in, const float *weight, const float *bias, size_t n_out,\n"
    "                            int relu, float *y) {\n"
    "  size_t i, j;\n"
    "  for (j = 0; j < n_out; ++j)\n"
    "    y[j] = 0.0f;\n"
    "  for (i = 0; i < n_in; ++i)\n"
    "    if (x[i] != 0.0f)\n"
    "      for (j = 0; j < n_out; ++j)\n"
    "        y[j] = fmaf(x[i], weight[i * n_out + j], y[j]);\n"
    "  for (j = 0; j < n_out; ++j) {\n"
    "    y[j] = y[j] + 0.0f; /* -0 becomes +0 */\n"
    "    y[j] = y[j] + bias[j];\n"
    "    y[j] = !relu || y[j] > 0.0f ? y[j] : 0.0f;\n"
    "  }\n"
    "}\n\n";

static bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The file's name as a C identifier: other characters become '_', and a letter comes first. */
static void make_identifier(char identifier[MS_PATH_SIZE], const char *name) {
  snprintf(identifier, MS_PATH_SIZE, "%s%s", is_letter(name[0]) ? "" : "model_", name);
  for (char *c = identifier; *c; ++c)
    if (!is_letter(*c) && !(*c >= '0' && *c <= '9'))
      *c = '_';
}

static void add_array(struct ms_text *file, const float *values, size_t n) {
  for (size_t i = 0; i < n; ++i)
    ms_text_printf(file, "%s%af,", i % VALUES_PER_LINE == 0 ? "\n  " : " ", (double)values[i]);
  ms_text_add(file, "\n};\n\n");
}

static void add_layer(struct ms_text *file, const char *id, size_t number, const struct ms_dense *layer) {
  ms_text_printf(file, "static const float %s_weight%zu[] = { /* (%zu, %zu): inputs, outputs */", id, number,
                 layer->n_in, layer->n_out);
  add_array(file, layer->weight, layer->n_in * layer->n_out);
  ms_text_printf(file, "static const float %s_bias%zu[] = { /* (%zu) */", id, number, layer->n_out);
  add_array(file, layer->bias, layer->n_out);
}

/* Hidden outputs alternate between two buffers, as wide as the widest layer that each holds. */
static void add_forward(struct ms_text *file, const char *id, const struct ms_network *network) {
  const size_t last = network->n_layers - 1;
  size_t widest[2] = {0};
  for (size_t l = 0; l < last; ++l)
    if (network->layers[l].n_out > widest[l % 2])
      widest[l % 2] = network->layers[l].n_out;
  ms_text_printf(file, "static inline void %s_forward(const float *input, float *logits) {\n", id);
  for (size_t b = 0; b < 2 && widest[b] > 0; ++b)
    ms_text_printf(file, "  float hidden%zu[%zu];\n", b, widest[b]);
  for (size_t l = 0; l <= last; ++l) {
    char from[16] = "input", to[16] = "logits";
    if (l > 0)
      snprintf(from, sizeof from, "hidden%zu", (l - 1) % 2);
    if (l < last)
      snprintf(to, sizeof to, "hidden%zu", l % 2);
    ms_text_printf(file, "  %s_dense(%s, %zu, %s_weight%zu, %s_bias%zu, %zu, %d, %s);\n", id, from,
                   network->layers[l].n_in, id, l + 1, id, l + 1, network->layers[l].n_out, l < last, to);
  }
  ms_text_add(file, "}\n\n#endif\n");
}

void ms_export_c_header(const struct ms_network *network, const char *name, struct ms_text *file) {
  char id[MS_PATH_SIZE], digest[65];
  const struct ms_dense *layers = network->layers;
  make_identifier(id, name);
  ms_network_sha256(network, digest);
  ms_text_printf(file, "/* A network of %zu dense layers, exported by mnist_simd " MS_VERSION ".\n", network->n_layers);
  ms_text_printf(file, " * SHA-256 of its weights: %s\n", digest);
  ms_text_printf(file, head, id, layers[network->n_layers - 1].n_out, layers[0].n_in);
  ms_text_printf(file, "#ifndef %s_H\n#define %s_H\n\n#include <math.h>\n#include <stddef.h>\n\n", id, id);
  for (size_t l = 0; l < network->n_layers; ++l)
    add_layer(file, id, l + 1, &layers[l]);
  ms_text_printf(file, dense, id);
  add_forward(file, id, network);
}
