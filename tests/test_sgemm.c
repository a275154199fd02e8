/* ms_sgemm: CBLAS' semantics against double precision and to the bit, bits that do not depend on threads, wrong
 * arguments. */
#include <math.h>
#include <string.h>

#include "reference/fma.h"
#include "runtime/platform/dispatch.h"
#include "tests/harness.h"
#include "tests/matrix.h"

static float element(const struct matrix *x, enum ms_transpose trans, size_t i, size_t j) {
  return trans == MS_TRANS ? x->data[j * x->ld + i] : x->data[i * x->ld + j];
}

struct problem {
  enum ms_transpose trans_a, trans_b;
  size_t m, n, k;
  float alpha, beta;
  struct matrix a, b, c;
};

static struct problem random_problem(size_t max) {
  static const float factors[] = {0, 1, -1, 0.75f};
  struct problem p = {
      .trans_a = test_random_below(2) ? MS_TRANS : MS_NO_TRANS,
      .trans_b = test_random_below(2) ? MS_TRANS : MS_NO_TRANS,
      .m = test_random_below(max),
      .n = test_random_below(max),
      .k = test_random_below(max),
      .alpha = factors[test_random_below(4)],
      .beta = factors[test_random_below(4)],
  };
  if (test_random_below(2) == 0) { /* the products of training, which take a path of their own */
    p.alpha = 1;
    p.beta = 0;
  }
  p.a = p.trans_a == MS_TRANS ? matrix_new(p.k, p.m, ORDINARY) : matrix_new(p.m, p.k, ORDINARY);
  p.b = p.trans_b == MS_TRANS ? matrix_new(p.n, p.k, ORDINARY) : matrix_new(p.k, p.n, ORDINARY);
  p.c = matrix_new(p.m, p.n, ORDINARY);
  test_context("m %zu, n %zu, k %zu, trans %d %d, alpha %g, beta %g", p.m, p.n, p.k, p.trans_a, p.trans_b,
               (double)p.alpha, (double)p.beta);
  return p;
}

static size_t at_least_one(size_t ld) {
  return ld > 0 ? ld : 1;
}

static void solve(const struct problem *p, const struct matrix *c) {
  CHECK(ms_sgemm(p->trans_a, p->trans_b, p->m, p->n, p->k, p->alpha, p->a.data, at_least_one(p->a.ld), p->b.data,
                 at_least_one(p->b.ld), p->beta, c->data, at_least_one(c->ld)) == MS_OK);
}

/* An element as mnist_simd.h defines it: one fma chain over ascending k, the last addition fused. */
static float defined_element(const struct problem *p, size_t i, size_t j) {
  const float scaled = p->beta == 0.0f ? 0.0f : p->beta * p->c.data[i * p->c.ld + j];
  if (p->alpha == 0.0f || p->k == 0)
    return scaled;
  float sum = 0.0f;
  for (size_t q = 0; q < p->k; ++q)
    sum = ms_fma(element(&p->a, p->trans_a, i, q), element(&p->b, p->trans_b, q, j), sum);
  return p->beta == 0.0f ? p->alpha * sum : ms_fma(p->alpha, sum, scaled);
}

static void check_problem(size_t max) {
  const struct problem p = random_problem(max);
  const struct matrix c = matrix_copy(&p.c);
  solve(&p, &c);
  for (size_t i = 0; i < p.m; ++i)
    for (size_t j = 0; j < p.n; ++j) {
      double sum = 0;
      for (size_t q = 0; q < p.k; ++q)
        sum += (double)element(&p.a, p.trans_a, i, q) * (double)element(&p.b, p.trans_b, q, j);
      const double expected = (double)p.alpha * sum + (double)p.beta * (double)p.c.data[i * p.c.ld + j];
      const double error = fabs((double)c.data[i * c.ld + j] - expected);
      CHECK_MESSAGE(error <= ((double)p.k + 4) * 0x1p-24 * ((double)p.k + 1), "(%zu, %zu): error %g", i, j, error);
      const float bits = defined_element(&p, i, j);
      CHECK_MESSAGE(memcmp(&bits, &c.data[i * c.ld + j], sizeof bits) == 0, "%s (%zu, %zu): %a, by the definition %a",
                    ms_isa(), i, j, (double)c.data[i * c.ld + j], (double)bits);
    }
  /* The gaps between the rows of C are not ours. */
  for (size_t i = 0; p.n > 0 && i + 1 < p.m; ++i)
    CHECK(memcmp(c.data + i * c.ld + p.n, p.c.data + i * c.ld + p.n, (c.ld - p.n) * sizeof(float)) == 0);
  CHECK(test_guards_intact(c.data));
  test_release();
}

static void semantics(void) {
  for (size_t isa = 0; isa < ms_isa_count(); ++isa) {
    const enum ms_status status = ms_init(ms_isa_entry(isa)->name, 2);
    if (status == MS_ERROR_UNSUPPORTED)
      continue;
    CHECK(status == MS_OK);
    for (int round = 0; round < 100; ++round)
      check_problem(70);
    for (int round = 0; round < 5; ++round)
      check_problem(700);
    ms_shutdown();
  }
}

/* One digest of bits for 1, 2, 3 and 7 threads and every ISA. */
static void threads_and_isas(void) {
  for (int round = 0; round < 6; ++round) {
    const struct problem p = random_problem(300);
    struct matrix first = {0};
    for (size_t isa = 0; isa < ms_isa_count(); ++isa)
      for (size_t threads = 1; threads <= 7; threads += threads < 3 ? 1 : 4) {
        const enum ms_status status = ms_init(ms_isa_entry(isa)->name, threads);
        if (status == MS_ERROR_UNSUPPORTED)
          continue;
        CHECK(status == MS_OK);
        const struct matrix c = matrix_copy(&p.c);
        solve(&p, &c);
        if (first.data)
          matrix_check_same(&first, &c, "C");
        else
          first = c;
        ms_shutdown();
      }
    test_release();
  }
}

/* With beta 0, what C held does not matter; with alpha 0 or k 0, A and B are not read. */
static void not_read(void) {
  CHECK(ms_init(NULL, 2) == MS_OK);
  float a = NAN, b = NAN, c = NAN;
  CHECK(ms_sgemm(MS_NO_TRANS, MS_NO_TRANS, 1, 1, 1, 0, &a, 1, &b, 1, 0, &c, 1) == MS_OK);
  CHECK(c == 0.0f && !signbit(c));
  c = 3;
  CHECK(ms_sgemm(MS_NO_TRANS, MS_NO_TRANS, 1, 1, 0, 1, NULL, 1, NULL, 1, 2, &c, 1) == MS_OK);
  CHECK(c == 6.0f);
  a = 2;
  b = 5;
  c = NAN;
  CHECK(ms_sgemm(MS_NO_TRANS, MS_TRANS, 1, 1, 1, 3, &a, 1, &b, 1, 0, &c, 1) == MS_OK);
  CHECK(c == 30.0f);
  ms_shutdown();
}

static void wrong_arguments(void) {
  float x[16] = {0};
  CHECK(ms_sgemm(MS_NO_TRANS, MS_NO_TRANS, 2, 2, 2, 1, x, 2, x, 2, 0, x, 2) == MS_ERROR_ARGUMENT);
  CHECK(strstr(ms_error_message(), "ms_init"));
  CHECK(ms_init(NULL, 1) == MS_OK);
  CHECK(ms_init(NULL, 2) == MS_ERROR_ARGUMENT);
  CHECK(ms_sgemm(MS_NO_TRANS, MS_NO_TRANS, 2, 2, 3, 1, x, 2, x, 2, 0, x, 2) == MS_ERROR_ARGUMENT);
  CHECK(strstr(ms_error_message(), "lda is 2, must be at least 3"));
  CHECK(ms_sgemm(MS_TRANS, MS_TRANS, 2, 2, 3, 1, x, 2, x, 2, 0, x, 2) == MS_ERROR_ARGUMENT);
  CHECK(strstr(ms_error_message(), "ldb is 2, must be at least 3"));
  CHECK(ms_sgemm(MS_NO_TRANS, MS_NO_TRANS, 2, 2, 2, 1, x, 2, x, 2, 0, x, 1) == MS_ERROR_ARGUMENT);
  CHECK(strstr(ms_error_message(), "ldc is 1, must be at least 2"));
  CHECK(ms_sgemm((enum ms_transpose)113, MS_NO_TRANS, 2, 2, 2, 1, x, 2, x, 2, 0, x, 2) == MS_ERROR_ARGUMENT);
  CHECK(strstr(ms_error_message(), "113"));
  ms_shutdown();
}

static const struct test_case cases[] = {
    {"semantics", semantics},
    {"threads_and_isas", threads_and_isas},
    {"not_read", not_read},
    {"wrong_arguments", wrong_arguments},
};

TEST_MAIN(cases)
