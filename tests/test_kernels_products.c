/* Kernels against the reference: products, and what they take and leave. */
#include <string.h>

#include "reference/reference.h"
#include "tests/kernel_checks.h"

/* ---- gemm ---- */

static void check_gemm_transposed(const struct ms_kernels *kernels, size_t m, size_t n, size_t k, enum values values,
                                  bool transpose_a, bool transpose_b) {
  const size_t aliasing = 256; /* a distance of rows at which they share sets of the caches, which some kernels avoid */
  test_context("m %zu, n %zu, k %zu, A %s, B %s", m, n, k, transpose_a ? "transposed" : "as stored",
               transpose_b ? "transposed" : "as stored");
  struct matrix a = transpose_a ? matrix_new(k, m, values) : matrix_new(m, k, values);
  if (test_random_below(3) == 0)
    a = kernels_with_ld(a.rows, a.cols, (a.cols + aliasing - 1) / aliasing * aliasing, values);
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

static void check_gemm_shape(const struct ms_kernels *kernels, size_t m, size_t n, size_t k, enum values values) {
  check_gemm_transposed(kernels, m, n, k, values, test_random_below(2), test_random_below(2));
}

static void check_gemm(const struct ms_kernels *kernels) {
  for (int round = 0; round < 2 * ROUNDS; ++round)
    check_gemm_shape(kernels, kernels_random_size(200), kernels_random_size(100), kernels_random_size(64),
                     ROUND_VALUES(round));
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
  for (int transposed = 0; transposed < 4; ++transposed) { /* both packed, two blocks of k and three */
    check_gemm_transposed(kernels, 17, 532, 2049, ORDINARY, transposed & 1, transposed & 2);
    check_gemm_transposed(kernels, 65, 140, 4100, ORDINARY, transposed & 1, transposed & 2);
  }
}

void kernels_gemm(void) {
  kernels_on_each_isa(check_gemm);
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
  size_t ldc = found.ld, c_tile_stride = MS_TILE;
  if (panels_c) {
    expected.data = panels_of(&expected);
    c = found.data = panels_of(&found);
    expected.n_bytes = found.n_bytes = ms_tiles(n) * m * MS_TILE * sizeof(float);
    expected.ld = ldc = MS_TILE;
    c_tile_stride = m * MS_TILE;
  }
  kernels->gemm_skip(m, n, k, &nonzeros, &tiled, c, ldc, c_tile_stride, workspace);
  matrix_check_same(&expected, &found, "C");
  CHECK(test_guards_intact(workspace));
  if (m > MS_TILE) { /* the rows from the second tile on, by themselves */
    const struct ms_nonzeros rest = ms_nonzeros_rows(&nonzeros, MS_TILE);
    kernels->gemm_skip(m - MS_TILE, n, k, &rest, &tiled, c + MS_TILE * ldc, ldc, c_tile_stride, workspace);
    matrix_check_same(&expected, &found, "lower rows of C");
  }
  test_release();
}

static void check_gemm_skip(const struct ms_kernels *kernels) {
  for (int round = 0; round < 2 * ROUNDS; ++round)
    check_gemm_skip_shape(kernels, kernels_random_size(round % 2 ? 60 : 3 * MS_TILE), kernels_random_size(300),
                          kernels_random_size(200), ROUND_VALUES(round));
}

void kernels_gemm_skip(void) {
  check_gemm_skip(&ms_kernels_reference);
  kernels_on_each_isa(check_gemm_skip);
}

/* ---- compress ---- */

static void check_compress(const struct ms_kernels *kernels) {
  for (int round = 0; round < 2 * ROUNDS; ++round) {
    const size_t m = kernels_random_size(MS_TILE), n = kernels_random_size(MS_TILE);
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

void kernels_compress(void) {
  kernels_on_each_isa(check_compress);
}

/* ---- scale_add ---- */

static void check_scale_add(const struct ms_kernels *kernels) {
  for (int round = 0; round < ROUNDS; ++round) {
    const size_t m = kernels_random_size(20), n = kernels_random_size(140);
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

void kernels_scale_add(void) {
  kernels_on_each_isa(check_scale_add);
}
