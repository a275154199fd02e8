/* The check at the start: passes with each ISA, and names the kernel that was replaced by one with a usual fault. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reference/fma.h"
#include "reference/reference.h"
#include "runtime/platform/check_build.h"
#include "runtime/platform/memory.h"
#include "tests/harness.h"
#include "tests/isas.h"

static void each_isa(void) {
  struct test_isa isas[MAX_TEST_ISAS];
  const size_t n = test_isas(isas);
  CHECK_MESSAGE(ms_check_build(&ms_kernels_reference, "scalar", NULL) == MS_OK, "%s", ms_error_message());
  for (size_t i = 0; i < n; ++i) {
    float *workspace;
    CHECK(ms_reserve(isas[i].table.gemm_workspace_floats, sizeof *workspace, "workspace", &workspace) == MS_OK);
    const enum ms_status status = ms_check_build(&isas[i].table, isas[i].name, workspace);
    free(workspace);
    CHECK_MESSAGE(status == MS_OK, "%s", ms_error_message());
  }
}

/* Two roundings a term. */
static void unfused_gemm(size_t m, size_t n, size_t k, const float *a, size_t a_row_stride, size_t a_col_stride,
                         const float *b, size_t b_row_stride, size_t b_col_stride, float *c, size_t ldc,
                         float *workspace) {
  (void)workspace;
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; ++j) {
      float acc = 0;
      for (size_t p = 0; p < k; ++p)
        acc = a[i * a_row_stride + p * a_col_stride] * b[p * b_row_stride + j * b_col_stride] + acc;
      c[i * ldc + j] = acc + 0.0f;
    }
}

static void bytes_by_reciprocal(size_t n, const uint8_t *x, float *y) {
  for (size_t i = 0; i < n; ++i)
    y[i] = (float)x[i] * (1 / 255.0f);
}

/* As the instruction max gives it on some CPUs: -0 stays. */
static void relu_by_max(size_t m, size_t n, const float *x, size_t ldx, float *y, size_t ldy) {
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; ++j)
      y[i * ldy + j] = x[i * ldx + j] >= 0.0f ? x[i * ldx + j] : 0.0f;
}

static void flushing_bias(size_t m, size_t n, const float *bias, const float *x, size_t ldx, float *y, size_t ldy) {
  ms_bias_forward_f32_reference(m, n, bias, x, ldx, y, ldy);
  for (size_t i = 0; i < m * n; ++i)
    y[i] = fabsf(y[i]) < FLT_MIN ? 0.0f : y[i];
}

/* Subnormal moments stay, as where `x < FLT_MIN` was compiled as `x == 0`. */
static void keeping_adam(size_t rows, size_t cols, const struct ms_adam *adam, const float *g, size_t ldg, float *w,
                         float *m, float *v, size_t ld) {
  for (size_t i = 0; i < rows; ++i)
    for (size_t j = 0; j < cols; ++j) {
      const size_t at = i * ld + j;
      const float m1 = ms_fma(adam->beta1, m[at], adam->one_minus_beta1 * ms_fma(adam->two_l2, w[at], g[i * ldg + j]));
      ms_adam_f32_reference(1, 1, adam, &g[i * ldg + j], 1, &w[at], &m[at], &v[at], 1);
      m[at] = fabsf(m1) < FLT_MIN ? m1 : m[at];
    }
}

static void expect(const struct ms_kernels *kernels, const char *slot) {
  CHECK(ms_check_build(kernels, "broken", NULL) == MS_ERROR_BUILD);
  CHECK_MESSAGE(strstr(ms_error_message(), slot) && strstr(ms_error_message(), "(broken)"), "%s", ms_error_message());
}

static void faults(void) {
  struct ms_kernels k = ms_kernels_reference;
  k.gemm = unfused_gemm;
  expect(&k, "kernel gemm ");
  k = ms_kernels_reference;
  k.bytes_to_unit = bytes_by_reciprocal;
  expect(&k, "kernel bytes_to_unit ");
  k = ms_kernels_reference;
  k.relu_forward = relu_by_max;
  expect(&k, "kernel relu_forward ");
  k = ms_kernels_reference;
  k.bias_forward = flushing_bias;
  expect(&k, "kernel bias_forward ");
  k = ms_kernels_reference;
  k.adam = keeping_adam;
  expect(&k, "kernel adam ");
  k = ms_kernels_reference;
  k.exp = ms_log_f32_reference;
  expect(&k, "kernel exp ");
}

static const struct test_case cases[] = {
    {"each_isa", each_isa},
    {"faults", faults},
};

TEST_MAIN(cases)
