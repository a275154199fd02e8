/* Kernels against the reference: those that go through a matrix element by element, row by row or column by column. */
#include <string.h>

#include "kernels/philox.h"
#include "reference/exp_log.h"
#include "reference/reference.h"
#include "tests/kernel_checks.h"

/* ---- bytes_to_unit ---- */

static void check_bytes_to_unit(const struct ms_kernels *kernels) {
  for (size_t n = 0; n <= 600; n += n < 70 ? 1 : 53) {
    test_context("n %zu", n);
    uint8_t *x = test_buffer(n, 0);
    for (size_t i = 0; i < n; ++i)
      x[i] = n == 600 ? (uint8_t)i : (uint8_t)test_random();
    struct matrix expected = matrix_new(1, n, ORDINARY), found = matrix_copy(&expected);
    ms_kernels_reference.bytes_to_unit(n, x, expected.data);
    kernels->bytes_to_unit(n, x, found.data);
    matrix_check_same(&expected, &found, "y");
    test_release();
  }
}

void kernels_bytes_to_unit(void) {
  kernels_on_each_isa(check_bytes_to_unit);
}

/* ---- bias ---- */

static void check_bias(const struct ms_kernels *kernels) {
  for (int round = 0; round < ROUNDS; ++round) {
    const size_t m = kernels_random_size(70), n = kernels_random_size(140);
    const bool in_place = test_random_below(2);
    test_context("m %zu, n %zu%s", m, n, in_place ? ", in place" : "");
    const struct matrix bias = matrix_new(1, n, ROUND_VALUES(round));
    const struct matrix expected = matrix_new(m, n, ROUND_VALUES(round)), found = matrix_copy(&expected);
    const struct matrix x = in_place ? matrix_copy(&expected) : matrix_new(m, n, ROUND_VALUES(round));
    ms_kernels_reference.bias_forward(m, n, bias.data, x.data, x.ld, expected.data, expected.ld);
    kernels->bias_forward(m, n, bias.data, in_place ? found.data : x.data, in_place ? found.ld : x.ld, found.data,
                          found.ld);
    matrix_check_same(&expected, &found, "y");

    const struct matrix expected_sum = matrix_new(1, n, ORDINARY), found_sum = matrix_copy(&expected_sum);
    ms_kernels_reference.bias_backward(m, n, x.data, x.ld, expected_sum.data);
    kernels->bias_backward(m, n, x.data, x.ld, found_sum.data);
    matrix_check_same(&expected_sum, &found_sum, "dbias");
    test_release();
  }
}

void kernels_bias(void) {
  kernels_on_each_isa(check_bias);
}

/* ---- relu ---- */

static void check_relu(const struct ms_kernels *kernels) {
  for (int round = 0; round < ROUNDS; ++round) {
    const size_t m = kernels_random_size(20), n = kernels_random_size(140);
    const bool in_place = test_random_below(2);
    test_context("m %zu, n %zu%s", m, n, in_place ? ", in place" : "");
    const struct matrix expected = matrix_new(m, n, ROUND_VALUES(round)), found = matrix_copy(&expected);
    const struct matrix x = in_place ? matrix_copy(&expected) : matrix_new(m, n, ROUND_VALUES(round));
    const float *found_x = in_place ? found.data : x.data;
    const size_t found_ldx = in_place ? found.ld : x.ld;
    ms_kernels_reference.relu_forward(m, n, x.data, x.ld, expected.data, expected.ld);
    kernels->relu_forward(m, n, found_x, found_ldx, found.data, found.ld);
    matrix_check_same(&expected, &found, "y");

    const struct matrix y = matrix_new(m, n, ROUND_VALUES(round));
    const struct matrix dy = matrix_copy(&expected);
    ms_kernels_reference.relu_backward(m, n, y.data, y.ld, 2.5f, dy.data, dy.ld, expected.data, expected.ld);
    kernels->relu_backward(m, n, y.data, y.ld, 2.5f, in_place ? found.data : dy.data, in_place ? found.ld : dy.ld,
                           found.data, found.ld);
    matrix_check_same(&expected, &found, "dx");
    test_release();
  }
}

void kernels_relu(void) {
  kernels_on_each_isa(check_relu);
}

/* ---- dropout ---- */

static uint32_t draw_of(const struct ms_dropout *dropout, size_t row, size_t col) {
  const uint32_t element = (uint32_t)(65536 * row + 16 * (col / 128) + col % 16);
  const uint32_t counter[4] = {element, dropout->step, dropout->epoch, dropout->stream_layer};
  uint32_t block[4];
  ms_philox4x32(counter, dropout->key, block);
  return block[col / 32 % 4] >> 16 * (col / 16 % 2) & 0xffff;
}

static void check_dropout(const struct ms_kernels *kernels) {
  for (int round = 0; round < ROUNDS; ++round) {
    const size_t m = kernels_random_size(5), n = kernels_random_size(300);
    const size_t row0 = test_random_below(600), col0 = MS_DROPOUT_COLUMNS * test_random_below(20);
    struct ms_dropout dropout = {.key = {test_random(), test_random()},
                                 .step = test_random(),
                                 .epoch = test_random(),
                                 .stream_layer = test_random(),
                                 .threshold = round % 5 == 0 ? 0 : (uint32_t)test_random_below(65536),
                                 .scale = 1.75f};
    if (m > 0 && n > 0 && round % 5 > 1) /* a draw that occurs: below or not below must not be mixed up */
      dropout.threshold = draw_of(&dropout, row0 + test_random_below(m), col0 + test_random_below(n));
    const bool in_place = test_random_below(2);
    test_context("m %zu, n %zu at (%zu, %zu), threshold %u", m, n, row0, col0, dropout.threshold);
    const struct matrix expected = matrix_new(m, n, ROUND_VALUES(round)), found = matrix_copy(&expected);
    const struct matrix x = in_place ? matrix_copy(&expected) : matrix_new(m, n, ROUND_VALUES(round));
    ms_kernels_reference.dropout(m, n, &dropout, row0, col0, x.data, x.ld, expected.data, expected.ld);
    kernels->dropout(m, n, &dropout, row0, col0, in_place ? found.data : x.data, in_place ? found.ld : x.ld, found.data,
                     found.ld);
    matrix_check_same(&expected, &found, "y");
    test_release();
  }
}

void kernels_dropout(void) {
  kernels_on_each_isa(check_dropout);
}

/* ---- softmax and cross-entropy ---- */

static void check_softmax(const struct ms_kernels *kernels) {
  for (int round = 0; round < ROUNDS; ++round) {
    const size_t m = kernels_random_size(40), n = 1 + kernels_random_size(40);
    test_context("m %zu, n %zu", m, n);
    const struct matrix logits = matrix_new(m, n, ROUND_VALUES(round));
    /* Differences up to some hundreds: exp's whole range, results that are flushed included. */
    for (size_t i = 0; i < logits.n_bytes / sizeof(float); ++i)
      logits.data[i] = logits.data[i] > 1e14f ? 200.0f : logits.data[i] < -1e14f ? -200.0f : 50 * logits.data[i];
    uint8_t *labels = test_buffer(m, 0);
    for (size_t i = 0; i < m; ++i)
      labels[i] = (uint8_t)test_random_below(n);
    const struct matrix expected = matrix_new(m, n, ORDINARY), found = matrix_copy(&expected);
    const struct matrix expected_loss = matrix_new(1, m, ORDINARY), found_loss = matrix_copy(&expected_loss);
    ms_kernels_reference.softmax_cross_entropy_forward(m, n, logits.data, logits.ld, labels, expected.data, expected.ld,
                                                       expected_loss.data);
    kernels->softmax_cross_entropy_forward(m, n, logits.data, logits.ld, labels, found.data, found.ld, found_loss.data);
    matrix_check_same(&expected, &found, "probs");
    matrix_check_same(&expected_loss, &found_loss, "loss");

    const struct matrix in_place = matrix_copy(&logits);
    kernels->softmax_cross_entropy_forward(m, n, in_place.data, in_place.ld, labels, in_place.data, in_place.ld,
                                           found_loss.data);
    for (size_t i = 0; i < m; ++i)
      CHECK(memcmp(in_place.data + i * in_place.ld, expected.data + i * expected.ld, n * sizeof(float)) == 0);
    matrix_check_same(&expected_loss, &found_loss, "loss, in place");

    const struct matrix probs = matrix_copy(&expected);
    ms_kernels_reference.softmax_cross_entropy_backward(m, n, probs.data, probs.ld, labels, 0.125f, expected.data,
                                                        expected.ld);
    kernels->softmax_cross_entropy_backward(m, n, probs.data, probs.ld, labels, 0.125f, found.data, found.ld);
    matrix_check_same(&expected, &found, "dlogits");
    test_release();
  }
}

void kernels_softmax_cross_entropy(void) {
  kernels_on_each_isa(check_softmax);
}

/* ---- exp and log ---- */

/* One in 997 of all floats, from a random start, and all around the ends of exp's range: infinities and NaNs
 * included. */
static void check_one_argument(void (*reference)(size_t, const float *, float *),
                               void (*kernel)(size_t, const float *, float *)) {
  enum { CHUNK = 1021 };
  float x[CHUNK], expected[CHUNK], found[CHUNK];
  uint64_t bits = test_random_below(997);
  while (bits < UINT64_C(1) << 32) {
    size_t n = 0;
    for (; n < CHUNK && bits < UINT64_C(1) << 32; ++n, bits += 997)
      x[n] = ms_bits_float((uint32_t)bits);
    reference(n, x, expected);
    kernel(n, x, found);
    for (size_t i = 0; i < n; ++i)
      CHECK_MESSAGE(ms_float_bits(expected[i]) == ms_float_bits(found[i]), "x %a: reference %a, found %a", (double)x[i],
                    (double)expected[i], (double)found[i]);
  }
}

static void check_exp_log(const struct ms_kernels *kernels) {
  check_one_argument(ms_kernels_reference.exp, kernels->exp);
  check_one_argument(ms_kernels_reference.log, kernels->log);
  for (size_t n = 0; n < 40; ++n) {
    const struct matrix x = matrix_new(1, n, EXTREME);
    const struct matrix expected = matrix_new(1, n, ORDINARY), found = matrix_copy(&expected);
    ms_kernels_reference.exp(n, x.data, expected.data);
    kernels->exp(n, x.data, found.data);
    matrix_check_same(&expected, &found, "exp");
    ms_kernels_reference.log(n, x.data, expected.data);
    kernels->log(n, x.data, found.data);
    matrix_check_same(&expected, &found, "log");
    test_release();
  }
}

void kernels_exp_log(void) {
  kernels_on_each_isa(check_exp_log);
}

/* ---- adam ---- */

/* Moments that one step halves to FLT_MIN, which is kept, by rounding too, and to what lies beside it: below it is
 * flushed. */
static void fill_around_flush(const struct matrix *moments) {
  static const float values[] = {0x1p-125f, 0x1.000002p-125f, 0x1.fffffep-126f, 0x1.fffffcp-126f, 0x1p-149f};
  for (size_t at = 0; at < moments->n_bytes / sizeof(float); ++at) {
    const float value = values[test_random_below(sizeof values / sizeof values[0])];
    moments->data[at] = test_random_below(2) ? value : -value;
  }
}

static void check_adam(const struct ms_kernels *kernels) {
  for (int round = 0; round < ROUNDS; ++round) {
    const size_t rows = kernels_random_size(12), cols = kernels_random_size(140), ld = cols + test_random_below(9);
    test_context("rows %zu, cols %zu, ld %zu", rows, cols, ld);
    const struct ms_adam halving = {.beta1 = 0.5f, .beta2 = 0.5f, .epsilon = 1e-7f, .step_size = 1e-2f};
    const struct ms_adam ordinary = {.beta1 = 0.9f,
                                     .one_minus_beta1 = 0.1f,
                                     .beta2 = 0.999f,
                                     .one_minus_beta2 = 0.001f,
                                     .epsilon = 1e-7f,
                                     .step_size = test_random_float(1e-5f, 1e-2f),
                                     .l1 = round % 3 == 0 ? 0.0f : 1e-6f,
                                     .two_l2 = round % 4 == 0 ? 0.0f : 2e-4f};
    const bool around_flush = round % 5 == 4;
    const struct ms_adam adam = around_flush ? halving : ordinary;
    const struct matrix g = matrix_new(rows, cols, ROUND_VALUES(round));
    if (around_flush)
      memset(g.data, 0, g.n_bytes);
    struct matrix expected[3], found[3];
    for (int i = 0; i < 3; ++i) {
      expected[i] = kernels_with_ld(rows, cols, ld, ROUND_VALUES(round));
      if (i > 0 && around_flush)
        fill_around_flush(&expected[i]);
      if (i == 2) /* second moments are not negative */
        for (size_t at = 0; at < expected[i].n_bytes / sizeof(float); ++at)
          expected[i].data[at] = fabsf(expected[i].data[at]);
      found[i] = matrix_copy(&expected[i]);
    }
    ms_kernels_reference.adam(rows, cols, &adam, g.data, g.ld, expected[0].data, expected[1].data, expected[2].data,
                              ld);
    kernels->adam(rows, cols, &adam, g.data, g.ld, found[0].data, found[1].data, found[2].data, ld);
    matrix_check_same(&expected[0], &found[0], "w");
    matrix_check_same(&expected[1], &found[1], "m");
    matrix_check_same(&expected[2], &found[2], "v");
    test_release();
  }
}

void kernels_adam(void) {
  kernels_on_each_isa(check_adam);
}

/* ---- maxnorm ---- */

static void check_maxnorm(const struct ms_kernels *kernels) {
  for (int round = 0; round < ROUNDS; ++round) {
    const size_t m = kernels_random_size(70), n = kernels_random_size(140);
    const float max_norm = test_random_float(0.1f, 8.0f);
    test_context("m %zu, n %zu, max_norm %g", m, n, (double)max_norm);
    const struct matrix expected = matrix_new(m, n, ROUND_VALUES(round)), found = matrix_copy(&expected);
    float *workspace = test_buffer(n * sizeof(float), 0), *reference_workspace = test_buffer(n * sizeof(float), 0);
    ms_kernels_reference.maxnorm(m, n, max_norm, expected.data, expected.ld, reference_workspace);
    kernels->maxnorm(m, n, max_norm, found.data, found.ld, workspace);
    matrix_check_same(&expected, &found, "w");
    CHECK(test_guards_intact(workspace) && test_guards_intact(reference_workspace));
    test_release();
  }
}

void kernels_maxnorm(void) {
  kernels_on_each_isa(check_maxnorm);
}
