/* libmnist_simd_cblas: products in both layouts to the bit, what is not read, NaN and infinities, the position of each
 * wrong argument, first calls from several threads. tests/test_blas.sh runs the reference BLAS' own tests. */
#include "cblas/mnist_simd_cblas.h"

#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "reference/fma.h"
#include "runtime/mnist_simd.h"
#include "runtime/platform/dispatch.h"
#include "tests/harness.h"
#include "tests/matrix.h"

/* The program's own handlers take the place of the library's, and return. */
static int reported;
static char report[128];

void cblas_xerbla(int position, const char *routine, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(report, sizeof report, format, arguments);
  va_end(arguments);
  CHECK(strcmp(routine, "cblas_sgemm") == 0);
  reported = position;
}

void xerbla_(const char *routine, const int *position, size_t routine_length) {
  CHECK(routine_length == 6 && memcmp(routine, "SGEMM ", 6) == 0);
  reported = *position;
}

/* ---- Products ---- */

struct problem {
  CBLAS_LAYOUT layout;
  CBLAS_TRANSPOSE trans_a, trans_b;
  int m, n, k;
  float alpha, beta;
  struct matrix a, b, c; /* rows as they are stored: columns in CblasColMajor */
};

static float element(const struct problem *p, const struct matrix *x, CBLAS_TRANSPOSE trans, int i, int j) {
  const bool by_rows = (p->layout == CblasRowMajor) == (trans == CblasNoTrans);
  return by_rows ? x->data[(size_t)i * x->ld + (size_t)j] : x->data[(size_t)j * x->ld + (size_t)i];
}

static struct matrix operand(const struct problem *p, CBLAS_TRANSPOSE trans, int rows, int cols) {
  const bool by_rows = (p->layout == CblasRowMajor) == (trans == CblasNoTrans);
  return by_rows ? matrix_new((size_t)rows, (size_t)cols, ORDINARY) : matrix_new((size_t)cols, (size_t)rows, ORDINARY);
}

static CBLAS_TRANSPOSE random_transpose(void) {
  return (CBLAS_TRANSPOSE)(CblasNoTrans + test_random_below(3));
}

static struct problem random_problem(size_t max) {
  static const float factors[] = {0, 1, -1, 0.75f};
  struct problem p = {.layout = test_random_below(2) ? CblasRowMajor : CblasColMajor,
                      .trans_a = random_transpose(),
                      .trans_b = random_transpose(),
                      .m = 1 + (int)test_random_below(max),
                      .n = 1 + (int)test_random_below(max),
                      .k = 1 + (int)test_random_below(max),
                      .alpha = factors[test_random_below(4)],
                      .beta = factors[test_random_below(4)]};
  p.a = operand(&p, p.trans_a, p.m, p.k);
  p.b = operand(&p, p.trans_b, p.k, p.n);
  p.c = operand(&p, CblasNoTrans, p.m, p.n);
  test_context("layout %d, trans %d %d, m %d, n %d, k %d, alpha %g, beta %g", p.layout, p.trans_a, p.trans_b, p.m, p.n,
               p.k, (double)p.alpha, (double)p.beta);
  return p;
}

/* As mnist_simd.h defines it. */
static float defined_element(const struct problem *p, int i, int j) {
  const float scaled = p->beta == 0.0f ? 0.0f : p->beta * element(p, &p->c, CblasNoTrans, i, j);
  float sum = 0.0f;
  if (p->alpha == 0.0f)
    return scaled;
  for (int q = 0; q < p->k; ++q)
    sum = ms_fma(element(p, &p->a, p->trans_a, i, q), element(p, &p->b, p->trans_b, q, j), sum);
  return p->beta == 0.0f ? p->alpha * sum : ms_fma(p->alpha, sum, scaled);
}

static void multiply(const struct problem *p, const struct matrix *c) {
  const int lda = (int)p->a.ld, ldb = (int)p->b.ld, ldc = (int)c->ld;
  static const char letters[] = "NTCntc";
  if (p->layout == CblasRowMajor || test_random_below(2)) {
    cblas_sgemm(p->layout, p->trans_a, p->trans_b, p->m, p->n, p->k, p->alpha, p->a.data, lda, p->b.data, ldb, p->beta,
                c->data, ldc);
    return;
  }
  const size_t small = 3 * test_random_below(2);
  sgemm_(&letters[p->trans_a - CblasNoTrans + small], &letters[p->trans_b - CblasNoTrans + small], &p->m, &p->n, &p->k,
         &p->alpha, p->a.data, &lda, p->b.data, &ldb, &p->beta, c->data, &ldc);
}

static void check_product(size_t max) {
  const struct problem p = random_problem(max);
  const struct matrix c = matrix_copy(&p.c);
  multiply(&p, &c);
  for (int i = 0; i < p.m; ++i)
    for (int j = 0; j < p.n; ++j) {
      const float bits = defined_element(&p, i, j), found = element(&p, &c, CblasNoTrans, i, j);
      CHECK_MESSAGE(memcmp(&bits, &found, sizeof bits) == 0, "%s (%d, %d): %a, by the definition %a", ms_isa(), i, j,
                    (double)found, (double)bits);
    }
  CHECK(test_guards_intact(c.data));
  test_release();
}

static void products(void) {
  for (size_t isa = 0; isa < ms_isa_count(); ++isa) {
    while (ms_threads() > 0)
      ms_shutdown();
    if (!ms_isa_is_supported(ms_isa_entry(isa)))
      continue;
    CHECK(ms_init(ms_isa_entry(isa)->name, 2) == MS_OK);
    for (int round = 0; round < 150; ++round)
      check_product(40);
    for (int round = 0; round < 3; ++round)
      check_product(300);
  }
}

/* ---- Special values ---- */

static void multiply_2x2(float alpha, const float *a, const float *b, float beta, float *c) {
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, 2, 2, 2, alpha, a, 2, b, 2, beta, c, 2);
}

static void not_read(void) {
  const float nan[4] = {NAN, NAN, NAN, NAN}, identity[4] = {1, 0, 0, 1}, b[4] = {1, 2, 3, 4};
  float c[4] = {1, 2, 3, 4};
  CHECK(ms_init(NULL, 0) == MS_OK);
  multiply_2x2(0, nan, nan, 1, c);
  CHECK(memcmp(c, b, sizeof c) == 0);
  multiply_2x2(0, NULL, NULL, 2, c);
  CHECK(c[0] == 2 && c[3] == 8);
  cblas_sgemm(CblasColMajor, CblasTrans, CblasTrans, 2, 2, 0, 1, NULL, 1, NULL, 2, 1, c, 2);
  CHECK(c[0] == 2 && c[3] == 8);
  memcpy(c, nan, sizeof c);
  multiply_2x2(1, identity, b, 0, c);
  CHECK(memcmp(c, b, sizeof c) == 0);
  memcpy(c, nan, sizeof c);
  multiply_2x2(0, nan, nan, 0, c);
  CHECK(c[0] == 0 && c[3] == 0 && !signbit(c[0]));
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, 0, 2, 2, 1, NULL, 2, NULL, 2, 0, NULL, 2);
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, 2, 0, 2, 1, NULL, 2, NULL, 1, 0, NULL, 1);
}

/* A NaN in A enters its row of C, one in B its column, an infinity likewise where it meets a zero; with every ISA, at
 * every place of a tile. */
static void not_finite(void) {
  enum { N = 37 };
  static float a[N * N], b[N * N], c[N * N];
  for (size_t isa = 0; isa < ms_isa_count(); ++isa) {
    while (ms_threads() > 0)
      ms_shutdown();
    if (!ms_isa_is_supported(ms_isa_entry(isa)))
      continue;
    CHECK(ms_init(ms_isa_entry(isa)->name, 2) == MS_OK);
    for (int round = 0; round < 200; ++round) {
      const size_t at = test_random_below(N * N), row = at / N, col = at % N;
      const bool in_a = test_random_below(2), infinite = test_random_below(2);
      for (size_t i = 0; i < N * N; ++i) {
        a[i] = in_a ? 1 : 0; /* the infinity meets zeros alone */
        b[i] = in_a ? 0 : 1;
      }
      (in_a ? a : b)[at] = infinite ? HUGE_VALF : NAN;
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, N, N, N, 1, a, N, b, N, 0, c, N);
      for (size_t i = 0; i < N * N; ++i)
        CHECK_MESSAGE(!isnan(c[i]) == !(in_a ? i / N == row : i % N == col), "%s: %zu", ms_isa(), i);
    }
  }
}

/* ---- Wrong arguments ---- */

enum { ROW = CblasRowMajor, COL = CblasColMajor, NO = CblasNoTrans, TR = CblasTrans };

/* In the row-major layout M and N, lda and ldb are exchanged, as the reference's handler expects; the text is not. */
static void wrong_arguments(void) {
  static const struct {
    int expected, layout, trans_a, trans_b, m, n, k, lda, ldb, ldc;
    const char *text;
  } cases[] = {
      {1, 0, NO, NO, 1, 1, 1, 1, 1, 1, "layout is 0"},
      {2, ROW, 0, NO, 1, 1, 1, 1, 1, 1, "trans_a is 0"},
      {2, COL, 114, TR, 1, 1, 1, 1, 1, 1, "trans_a is 114"},
      {3, COL, NO, 110, 1, 1, 1, 1, 1, 1, "trans_b is 110"},
      {4, COL, NO, NO, -1, 1, 1, 1, 1, 1, "m is -1, must be at least 0"},
      {5, ROW, NO, NO, -1, 1, 1, 1, 1, 1, "m is -1"},
      {5, COL, NO, NO, 1, -2, 1, 1, 1, 1, "n is -2"},
      {4, ROW, NO, NO, 1, -2, 1, 1, 1, 1, "n is -2"},
      {6, ROW, NO, NO, 1, 1, -3, 1, 1, 1, "k is -3"},
      {9, COL, NO, NO, 3, 1, 2, 2, 2, 3, "lda is 2, must be at least 3"},
      {9, COL, TR, NO, 3, 1, 2, 1, 2, 3, "lda is 1, must be at least 2"},
      {11, ROW, NO, NO, 3, 1, 2, 1, 1, 1, "lda is 1, must be at least 2"},
      {11, ROW, TR, NO, 3, 1, 2, 2, 1, 1, "lda is 2, must be at least 3"},
      {11, COL, NO, NO, 1, 3, 2, 1, 1, 1, "ldb is 1, must be at least 2"},
      {11, COL, NO, TR, 1, 3, 2, 1, 2, 1, "ldb is 2, must be at least 3"},
      {9, ROW, NO, NO, 1, 3, 2, 2, 2, 3, "ldb is 2, must be at least 3"},
      {14, ROW, NO, NO, 2, 3, 1, 1, 3, 2, "ldc is 2, must be at least 3"},
      {14, COL, NO, NO, 3, 2, 1, 3, 1, 2, "ldc is 2, must be at least 3"},
      {14, COL, NO, NO, 0, 0, 0, 1, 1, 0, "ldc is 0, must be at least 1"},
      {0, ROW, NO, NO, 0, 0, 0, 1, 1, 1, ""},
  };
  const float one = 1;
  float x[16] = {0};
  CHECK(ms_init(NULL, 0) == MS_OK);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
    const int m = cases[i].m, n = cases[i].n, k = cases[i].k;
    const int lda = cases[i].lda, ldb = cases[i].ldb, ldc = cases[i].ldc;
    reported = 0;
    report[0] = '\0';
    cblas_sgemm((CBLAS_LAYOUT)cases[i].layout, (CBLAS_TRANSPOSE)cases[i].trans_a, (CBLAS_TRANSPOSE)cases[i].trans_b, m,
                n, k, 1, x, lda, x, ldb, 1, x, ldc);
    CHECK_MESSAGE(reported == cases[i].expected, "case %zu: %d", i, reported);
    CHECK_MESSAGE(strstr(report, cases[i].text) == report, "case %zu: %s", i, report);
    if (cases[i].layout != COL)
      continue;
    const char a = "xnT"[(cases[i].trans_a == NO) + 2 * (cases[i].trans_a == TR)];
    const char b = "\0Nc"[(cases[i].trans_b == NO) + 2 * (cases[i].trans_b == TR)];
    reported = 0;
    sgemm_(&a, &b, &m, &n, &k, &one, x, &lda, x, &ldb, &one, x, &ldc);
    CHECK_MESSAGE(reported == cases[i].expected - 1, "case %zu, sgemm_: %d", i, reported);
  }
}

/* ---- Start ---- */

enum { CALLERS = 8 };

static void *first_call(void *result) {
  static const float a[4] = {1, 2, 3, 4}, b[4] = {5, 6, 7, 8};
  multiply_2x2(1, a, b, 0, result);
  return NULL;
}

static void first_calls(void) {
  float results[CALLERS][4] = {{0}};
  pthread_t threads[CALLERS];
  CHECK(ms_threads() == 0);
  for (size_t t = 0; t < CALLERS; ++t)
    CHECK(pthread_create(&threads[t], NULL, first_call, results[t]) == 0);
  for (size_t t = 0; t < CALLERS; ++t)
    pthread_join(threads[t], NULL);
  for (size_t t = 0; t < CALLERS; ++t)
    CHECK(results[t][0] == 19 && results[t][1] == 22 && results[t][2] == 43 && results[t][3] == 50);
  CHECK(ms_threads() > 0);
}

/* A case before may have ended what the first call began: the others start the library themselves. */
static const struct test_case cases[] = {
    {"first_calls", first_calls},         {"products", products}, {"not_read", not_read}, {"not_finite", not_finite},
    {"wrong_arguments", wrong_arguments},
};

TEST_MAIN(cases)
