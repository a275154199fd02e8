/* The cases. Operands are such that a kernel can be called on them again and again without a value that grows or that
 * leaves the ordinary floats; kernels that training calls in place are called in place. */
#include "bench/kernel_cases.h"

#include <assert.h>
#include <stdlib.h>

#include "bench/common.h"

typedef size_t compress(size_t m, size_t n, const float *x, size_t ldx, uint64_t *masks, float *values);

/* All tiles of x, into one tile's memory: what is measured is reading and sorting out. */
static void compress_all(compress *kernel, const struct kernel_work *w) {
  static uint64_t masks[MS_TILE];
  static float values[MS_TILE_VALUES];
  for (size_t i = 0; i < w->rows; i += MS_TILE)
    for (size_t j = 0; j < w->cols; j += MS_TILE)
      kernel(w->rows - i < MS_TILE ? w->rows - i : MS_TILE, w->cols - j < MS_TILE ? w->cols - j : MS_TILE,
             w->x[0] + i * w->cols + j, w->cols, masks, values);
}

static void call_compress(const struct ms_kernels *k, struct kernel_work *w) {
  compress_all(k->compress, w);
}

static void call_compress_transposed(const struct ms_kernels *k, struct kernel_work *w) {
  compress_all(k->compress_transposed, w);
}

static void call_scale_add(const struct ms_kernels *k, struct kernel_work *w) {
  k->scale_add(w->rows, w->cols, 0x1p-30f, w->x[0], w->cols, 1.0f, w->x[1], w->cols);
}

static void call_bytes_to_unit(const struct ms_kernels *k, struct kernel_work *w) {
  k->bytes_to_unit(w->rows * w->cols, (const uint8_t *)w->x[0], w->x[1]);
}

static void call_bias_forward(const struct ms_kernels *k, struct kernel_work *w) {
  k->bias_forward(w->rows, w->cols, w->row, w->x[0], w->cols, w->x[0], w->cols);
}

static void call_bias_backward(const struct ms_kernels *k, struct kernel_work *w) {
  k->bias_backward(w->rows, w->cols, w->x[0], w->cols, w->row);
}

static void call_relu_forward(const struct ms_kernels *k, struct kernel_work *w) {
  k->relu_forward(w->rows, w->cols, w->x[0], w->cols, w->x[0], w->cols);
}

static void call_relu_backward(const struct ms_kernels *k, struct kernel_work *w) {
  k->relu_backward(w->rows, w->cols, w->x[0], w->cols, 1.0f, w->x[1], w->cols, w->x[1], w->cols);
}

static void call_dropout(const struct ms_kernels *k, struct kernel_work *w) {
  static const struct ms_dropout dropout = {
      .key = {42, 0}, .step = 1, .epoch = 1, .stream_layer = 1, .threshold = 39322, .scale = 1};
  k->dropout(w->rows, w->cols, &dropout, 0, 0, w->x[0], w->cols, w->x[0], w->cols);
}

static void call_softmax_forward(const struct ms_kernels *k, struct kernel_work *w) {
  k->softmax_cross_entropy_forward(w->rows, w->cols, w->x[0], w->cols, w->labels, w->x[1], w->cols, w->row);
}

static void call_softmax_backward(const struct ms_kernels *k, struct kernel_work *w) {
  k->softmax_cross_entropy_backward(w->rows, w->cols, w->x[0], w->cols, w->labels, 0x1p-9f, w->x[1], w->cols);
}

static void call_exp(const struct ms_kernels *k, struct kernel_work *w) {
  k->exp(w->rows * w->cols, w->x[0], w->x[1]);
}

static void call_log(const struct ms_kernels *k, struct kernel_work *w) {
  k->log(w->rows * w->cols, w->x[0], w->x[1]);
}

static void call_adam(const struct ms_kernels *k, struct kernel_work *w) {
  static const struct ms_adam adam = {.beta1 = 0.9f,
                                      .one_minus_beta1 = 0.1f,
                                      .beta2 = 0.999f,
                                      .one_minus_beta2 = 0.001f,
                                      .epsilon = 1e-7f,
                                      .step_size = 1e-9f,
                                      .l1 = 1e-6f,
                                      .two_l2 = 2e-4f};
  k->adam(w->rows, w->cols, &adam, w->x[0], w->cols, w->x[1], w->x[2], w->x[3], w->cols);
}

static void call_maxnorm(const struct ms_kernels *k, struct kernel_work *w) {
  k->maxnorm(w->rows, w->cols, 0.5f, w->x[0], w->cols, w->row);
}

static const struct kernel_case cases[] = {
    {"compress", 512, 1024, 1, 4, 0, 0, call_compress},
    {"compress_transposed", 512, 1024, 1, 4, 0, 0, call_compress_transposed},
    {"scale_add", 512, 1024, 2, 4, 0, 8, call_scale_add},
    {"bytes_to_unit", 512, 784, 2, 0, 5, 0, call_bytes_to_unit},
    {"bias_forward", 512, 1024, 1, 0, 0, 8, call_bias_forward},
    {"bias_backward", 512, 1024, 1, 4, 0, 0, call_bias_backward},
    {"relu_forward", 512, 1024, 1, 0, 0, 8, call_relu_forward},
    {"relu_backward", 512, 1024, 2, 4, 0, 8, call_relu_backward},
    {"dropout", 512, 1024, 1, 0, 0, 8, call_dropout},
    {"softmax_cross_entropy_forward", 512, 10, 2, 0, 8.5, 0, call_softmax_forward},
    {"softmax_cross_entropy_backward", 512, 10, 2, 0, 8.1, 0, call_softmax_backward},
    {"exp", 512, 10, 2, 0, 8, 0, call_exp},
    {"log", 512, 10, 2, 0, 8, 0, call_log},
    {"adam", 784, 1024, 4, 4, 0, 24, call_adam},
    {"maxnorm", 784, 1024, 1, 4, 0, 8, call_maxnorm}, /* norms, then scaling */
};

size_t kernel_case_count(void) {
  return sizeof cases / sizeof cases[0];
}

const struct kernel_case *kernel_case_get(size_t index) {
  return &cases[index];
}

struct kernel_work kernel_work_new(const struct kernel_case *kernel, size_t rows) {
  struct kernel_work w = {.rows = rows, .cols = kernel->cols};
  assert(kernel->n_matrices > 0);
  for (size_t i = 0; i < kernel->n_matrices; ++i)
    w.x[i] = bench_floats(rows * w.cols);
  if (kernel->call == call_log)
    for (size_t i = 0; i < rows * w.cols; ++i)
      w.x[0][i] += 1.0f;
  w.row = bench_allocate((rows > w.cols ? rows : w.cols) * sizeof *w.row);
  w.labels = bench_allocate(rows);
  return w;
}

void kernel_work_free(struct kernel_work *w) {
  for (size_t i = 0; i < KERNEL_MATRICES; ++i)
    free(w->x[i]);
  free(w->row);
  free(w->labels);
}
