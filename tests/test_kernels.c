/* Every kernel of every ISA that this machine runs against the reference, bit for bit: sizes around the tile boundaries,
 * leading dimensions above the width, misaligned pointers, extreme values, guard pages right behind every operand. */
#include <stdio.h>
#include <string.h>

#include "kernels/philox.h"
#include "reference/exp_log.h"
#include "reference/reference.h"
#include "tests/harness.h"
#include "tests/isas.h"
#include "tests/matrix.h"

/* Runs check(kernels) for each ISA but the reference, or skips the case if this machine runs none. */
static void for_each_isa(void (*check)(const struct ms_kernels *kernels)) {
  struct test_isa isas[MAX_TEST_ISAS];
  const size_t n = test_isas(isas);
  if (n == 0)
    test_skip("this CPU has no ISA beyond scalar");
  for (size_t i = 0; i < n; ++i) {
    test_subject(isas[i].name);
    check(&isas[i].table);
  }
}

/* Sizes around the tiles of 4 to 48 and the dropout groups of 16 and 128, then random ones. */
static size_t random_size(size_t max) {
  static const size_t edges[] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  11, 12, 13, 14, 15, 16,  17,  23,
                                 24, 25, 28, 31, 32, 33, 47, 48, 49, 63, 64, 65, 95, 96, 97, 127, 128, 129};
  const size_t size =
      test_random_below(2) == 0 ? edges[test_random_below(sizeof edges / sizeof edges[0])] : test_random_below(max + 1);
  return size < max ? size : max;
}

enum { ROUNDS = 150 };

#define ROUND_VALUES(round) ((round) % 2 == 0 ? ORDINARY : EXTREME)

static struct matrix with_ld(size_t rows, size_t cols, size_t ld, enum values values) {
  struct matrix wide = matrix_new(1, rows == 0 || cols == 0 ? 0 : (rows - 1) * ld + cols, values);
  wide.ld = ld;
  return wide;
}

/* ---- gemm ---- */

static void check_gemm_shape(const struct ms_kernels *kernels, size_t m, size_t n, size_t k, enum values values) {
  const bool transpose_a = test_random_below(2), transpose_b = test_random_below(2);
  const size_t aliasing = 256; /* a distance of rows at which they share sets of the caches, which some kernels avoid */
  test_context("m %zu, n %zu, k %zu, A %s, B %s", m, n, k, transpose_a ? "transposed" : "as stored",
               transpose_b ? "transposed" : "as stored");
  struct matrix a = transpose_a ? matrix_new(k, m, values) : matrix_new(m, k, values);
  if (test_random_below(3) == 0)
    a = with_ld(a.rows, a.cols, (a.cols + aliasing - 1) / aliasing * aliasing, values);
  const struct matrix b = transpose_b ? matrix_new(n, k, values) : matrix_new(k, n, values);
  const struct matrix expected = matrix_new(m, n, values), found = matrix_copy(&expected);
  const size_t a_strides[2] = {transpose_a ? 1 : a.ld, transpose_a ? a.ld : 1};
  const size_t b_strides[2] = {transpose_b ? 1 : b.ld, transpose_b ? b.ld : 1};
  float *workspace = test_buffer(kernels->gemm_workspace_floats * sizeof(float), 0);
  CHECK((uintptr_t)workspace % 64 == 0);
  ms_kernels_reference.gemm(m, n, k, a.data, a_strides[0], a_strides[1], b.data, b_strides[0], b_strides[1],
                            expected.data, expected.ld, NULL);
  kernels->gemm(m, n, k, a.data, a_strides[0], a_strides[1], b.data, b_strides[0], b_strides[1], found.data, found.ld,
                workspace);
  matrix_check_same(&expected, &found, "C");
  CHECK(test_guards_intact(workspace));
  test_release();
}

static void check_gemm(const struct ms_kernels *kernels) {
  for (int round = 0; round < 2 * ROUNDS; ++round)
    check_gemm_shape(kernels, random_size(200), random_size(100), random_size(64), ROUND_VALUES(round));
  /* Across the cache blocks over m, n and k. */
  for (int round = 0; round < 12; ++round)
    check_gemm_shape(kernels, test_random_below(220), test_random_below(1100), 240 + test_random_below(600),
                     ROUND_VALUES(round));
  static const size_t block_edges[] = {59,  60,  61,  63,  64,  65,  119, 121,  127,  128,  129,  255,
                                       256, 257, 511, 513, 527, 528, 529, 1055, 1057, 2047, 2048, 2049};
  for (size_t i = 0; i < sizeof block_edges / sizeof block_edges[0]; ++i) {
    check_gemm_shape(kernels, 7, 17, block_edges[i], EXTREME);
    check_gemm_shape(kernels, 7, block_edges[i], 17, EXTREME);
    check_gemm_shape(kernels, block_edges[i], 17, 7, EXTREME);
    check_gemm_shape(kernels, block_edges[i], 130, 7, EXTREME);
  }
  /* Blocks filled to the last element, the next one behind them. */
  for (size_t i = 0; i < 4; ++i) {
    check_gemm_shape(kernels, 120, 144, 2048, ORDINARY);
    check_gemm_shape(kernels, 128, 144, 2048, ORDINARY);
  }
  check_gemm_shape(kernels, 17, 528, 2048, ORDINARY);
  check_gemm_shape(kernels, 17, 532, 2049, ORDINARY);
}

static void gemm(void) {
  for_each_isa(check_gemm);
}

/* ---- gemm_skip ---- */

/* The tiles of a, some of its zeros among the non-zeros: a mask may name too many, never too few. */
static struct ms_nonzeros random_nonzeros(const struct matrix *a) {
  const size_t tiles = ms_tiles(a->rows) * ms_tiles(a->cols);
  const struct ms_nonzeros x = {ms_tiles(a->rows), test_buffer(tiles * MS_TILE * sizeof(uint64_t), 0),
                                test_buffer(tiles * MS_TILE_VALUES * sizeof(float), 0)};
  memset(x.masks, 0, tiles * MS_TILE * sizeof *x.masks);
  for (size_t t = 0; t < tiles; ++t) {
    float *values = x.values + t * MS_TILE_VALUES;
    const size_t row0 = t % x.row_tiles * MS_TILE, col0 = t / x.row_tiles * MS_TILE;
    for (size_t i = 0; i < MS_TILE && row0 + i < a->rows; ++i)
      for (size_t j = 0; j < MS_TILE && col0 + j < a->cols; ++j) {
        const float v = a->data[(row0 + i) * a->ld + col0 + j];
        if (v != 0.0f || test_random_below(16) == 0) {
          x.masks[t * MS_TILE + i] |= UINT64_C(1) << j;
          *values++ = v;
        }
      }
  }
  return x;
}

/* x in panels of MS_TILE columns. Without gaps: kernels may read a panel's last columns though the matrix has fewer. */
static float *panels_of(const struct matrix *x) {
  const size_t n_bytes = ms_tiles(x->cols) * x->rows * MS_TILE * sizeof(float);
  float *panels = test_buffer(n_bytes, 0);
  memset(panels, 0, n_bytes);
  for (size_t i = 0; i < x->rows; ++i)
    for (size_t j = 0; j < x->cols; ++j)
      panels[(j / MS_TILE * x->rows + i) * MS_TILE + j % MS_TILE] = x->data[i * x->ld + j];
  return panels;
}

static void check_gemm_skip_shape(const struct ms_kernels *kernels, size_t m, size_t n, size_t k, enum values values) {
  const bool transpose_b = test_random_below(2), panels_b = test_random_below(2), panels_c = test_random_below(2);
  const size_t zeros_of_8 = test_random_below(9);
  test_context("m %zu, n %zu, k %zu, %zu of 8 zeros, B %s%s, C %s", m, n, k, zeros_of_8,
               transpose_b ? "transposed " : "", panels_b ? "in panels" : "as stored", panels_c ? "in panels" : "rows");
  const struct matrix a = matrix_new(m, k, values);
  for (size_t at = 0; at < a.n_bytes / sizeof(float); ++at)
    if (test_random_below(8) < zeros_of_8)
      a.data[at] = test_random_below(2) ? 0.0f : -0.0f;
  const struct ms_nonzeros nonzeros = random_nonzeros(&a);
  const struct matrix b = transpose_b ? matrix_new(n, k, values) : matrix_new(k, n, values);
  struct ms_tiled tiled = panels_b ? ms_tiled_panels(panels_of(&b), b.rows) : ms_tiled_rows(b.data, b.ld);
  if (transpose_b)
    tiled = ms_tiled_transposed(tiled);
  struct matrix expected = matrix_new(m, n, values), found = matrix_copy(&expected);
  float *workspace = test_buffer(kernels->gemm_workspace_floats * sizeof(float), 0);
  ms_kernels_reference.gemm(m, n, k, a.data, a.ld, 1, b.data, transpose_b ? 1 : b.ld, transpose_b ? b.ld : 1,
                            expected.data, expected.ld, NULL);
  float *c = found.data;
  size_t ldc = found.ld, c_tile = MS_TILE;
  if (panels_c) {
    expected.data = panels_of(&expected);
    c = found.data = panels_of(&found);
    expected.n_bytes = found.n_bytes = ms_tiles(n) * m * MS_TILE * sizeof(float);
    expected.ld = ldc = MS_TILE;
    c_tile = m * MS_TILE;
  }
  kernels->gemm_skip(m, n, k, &nonzeros, &tiled, c, ldc, c_tile, workspace);
  matrix_check_same(&expected, &found, "C");
  CHECK(test_guards_intact(workspace));
  if (m > MS_TILE) { /* the rows from the second tile on, by themselves */
    const struct ms_nonzeros rest = ms_nonzeros_rows(&nonzeros, MS_TILE);
    kernels->gemm_skip(m - MS_TILE, n, k, &rest, &tiled, c + MS_TILE * ldc, ldc, c_tile, workspace);
    matrix_check_same(&expected, &found, "lower rows of C");
  }
  test_release();
}

static void check_gemm_skip(const struct ms_kernels *kernels) {
  for (int round = 0; round < 2 * ROUNDS; ++round)
    check_gemm_skip_shape(kernels, random_size(60), random_size(300), random_size(200), ROUND_VALUES(round));
}

static void gemm_skip(void) {
  check_gemm_skip(&ms_kernels_reference);
  for_each_isa(check_gemm_skip);
}

/* ---- compress ---- */

static void check_compress(const struct ms_kernels *kernels) {
  for (int round = 0; round < 2 * ROUNDS; ++round) {
    const size_t m = random_size(MS_TILE), n = random_size(MS_TILE);
    const bool transposed = round % 2;
    test_context("m %zu, n %zu, %s", m, n, transposed ? "transposed" : "as stored");
    const struct matrix x = matrix_new(m, n, EXTREME);
    const size_t masks_bytes = MS_TILE * sizeof(uint64_t), values_bytes = MS_TILE_VALUES * sizeof(float);
    uint64_t *expected_masks = test_buffer(masks_bytes, 0), *masks = test_buffer(masks_bytes, 0);
    float *expected_values = test_buffer(values_bytes, 0), *values = test_buffer(values_bytes, 0);
    const struct ms_kernels *r = &ms_kernels_reference;
    const size_t n_expected =
        (transposed ? r->compress_transposed : r->compress)(m, n, x.data, x.ld, expected_masks, expected_values);
    const size_t n_found =
        (transposed ? kernels->compress_transposed : kernels->compress)(m, n, x.data, x.ld, masks, values);
    CHECK_MESSAGE(n_expected == n_found, "%zu and %zu non-zeros", n_expected, n_found);
    CHECK(memcmp(expected_masks, masks, masks_bytes) == 0);
    CHECK(memcmp(expected_values, values, n_expected * sizeof(float)) == 0);
    CHECK(test_guards_intact(masks) && test_guards_intact(values));
    test_release();
  }
}

static void compress(void) {
  for_each_isa(check_compress);
}

/* ---- scale_add ---- */

static void check_scale_add(const struct ms_kernels *kernels) {
  for (int round = 0; round < ROUNDS; ++round) {
    const size_t m = random_size(20), n = random_size(140);
    const struct matrix x = matrix_new(m, n, ROUND_VALUES(round));
    const struct matrix expected = matrix_new(m, n, ROUND_VALUES(round)), found = matrix_copy(&expected);
    const float alpha = random_value(ORDINARY), beta = round % 3 == 0 ? 0.0f : random_value(ORDINARY);
    test_context("m %zu, n %zu, beta %g", m, n, (double)beta);
    ms_kernels_reference.scale_add(m, n, alpha, x.data, x.ld, beta, expected.data, expected.ld);
    kernels->scale_add(m, n, alpha, x.data, x.ld, beta, found.data, found.ld);
    matrix_check_same(&expected, &found, "y");
    test_release();
  }
}

static void scale_add(void) {
  for_each_isa(check_scale_add);
}

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

static void bytes_to_unit(void) {
  for_each_isa(check_bytes_to_unit);
}

/* ---- bias ---- */

static void check_bias(const struct ms_kernels *kernels) {
  for (int round = 0; round < ROUNDS; ++round) {
    const size_t m = random_size(70), n = random_size(140);
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

static void bias(void) {
  for_each_isa(check_bias);
}

/* ---- relu ---- */

static void check_relu(const struct ms_kernels *kernels) {
  for (int round = 0; round < ROUNDS; ++round) {
    const size_t m = random_size(20), n = random_size(140);
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

static void relu(void) {
  for_each_isa(check_relu);
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
    const size_t m = random_size(5), n = random_size(300);
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

static void dropout(void) {
  for_each_isa(check_dropout);
}

/* ---- softmax and cross-entropy ---- */

static void check_softmax(const struct ms_kernels *kernels) {
  for (int round = 0; round < ROUNDS; ++round) {
    const size_t m = random_size(40), n = 1 + random_size(40);
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

static void softmax_cross_entropy(void) {
  for_each_isa(check_softmax);
}

/* ---- exp and log ---- */

/* One in 997 of all floats, from a random start, and all around the ends of exp's range: infinities and NaNs included. */
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

static void exp_log(void) {
  for_each_isa(check_exp_log);
}

/* ---- adam ---- */

/* Moments that one step halves to FLT_MIN, which is kept, by rounding too, and to what lies beside it: below it is flushed. */
static void fill_around_flush(const struct matrix *moments) {
  static const float values[] = {0x1p-125f, 0x1.000002p-125f, 0x1.fffffep-126f, 0x1.fffffcp-126f, 0x1p-149f};
  for (size_t at = 0; at < moments->n_bytes / sizeof(float); ++at) {
    const float value = values[test_random_below(sizeof values / sizeof values[0])];
    moments->data[at] = test_random_below(2) ? value : -value;
  }
}

static void check_adam(const struct ms_kernels *kernels) {
  for (int round = 0; round < ROUNDS; ++round) {
    const size_t rows = random_size(12), cols = random_size(140), ld = cols + test_random_below(9);
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
      expected[i] = with_ld(rows, cols, ld, ROUND_VALUES(round));
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

static void adam(void) {
  for_each_isa(check_adam);
}

/* ---- maxnorm ---- */

static void check_maxnorm(const struct ms_kernels *kernels) {
  for (int round = 0; round < ROUNDS; ++round) {
    const size_t m = random_size(70), n = random_size(140);
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

static void maxnorm(void) {
  for_each_isa(check_maxnorm);
}

static const struct test_case cases[] = {
    {"gemm", gemm},
    {"gemm_skip", gemm_skip},
    {"compress", compress},
    {"scale_add", scale_add},
    {"bytes_to_unit", bytes_to_unit},
    {"bias", bias},
    {"relu", relu},
    {"dropout", dropout},
    {"softmax_cross_entropy", softmax_cross_entropy},
    {"exp_log", exp_log},
    {"adam", adam},
    {"maxnorm", maxnorm},
};

TEST_MAIN(cases)
