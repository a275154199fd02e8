/* BLAS' names for ms_sgemm. Everything becomes a column-major product, whose arguments are checked in the order of the
 * reference BLAS. */
#include "mnist_simd_cblas.h"

#include <mnist_simd.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PUBLIC __attribute__((visibility("default")))
#define REPLACEABLE PUBLIC __attribute__((weak))

enum { EXIT_ILLEGAL = 255 };

/* Of the call that is checked: its arguments have changed places. */
static _Thread_local bool is_row_major;

REPLACEABLE void cblas_xerbla(int position, const char *routine, const char *format, ...) {
  static const int exchanged[] = {0, 1, 2, 3, 5, 4, 6, 7, 8, 11, 10, 9, 12, 13, 14};
  va_list arguments;
  if (is_row_major && position > 0 && position < (int)(sizeof exchanged / sizeof exchanged[0]))
    position = exchanged[position];
  fprintf(stderr, "%s: parameter %d: ", routine, position);
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  exit(EXIT_ILLEGAL);
}

REPLACEABLE void xerbla_(const char *routine, const int *position, size_t routine_length) {
  int length = routine_length < 32 ? (int)routine_length : 6; /* C programs often leave it out */
  while (length > 0 && routine[length - 1] == ' ')
    --length;
  fprintf(stderr, "%.*s: parameter %d is illegal\n", length, routine, *position);
  exit(EXIT_ILLEGAL);
}

/* ---- Start ---- */

__attribute__((format(printf, 1, 2), noreturn)) static void give_up(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  exit(EXIT_ILLEGAL);
}

static void start(void) {
  const char *isa = getenv("MNIST_SIMD_ISA"), *threads = getenv("MNIST_SIMD_THREADS");
  unsigned long n_threads = 0;
  char *end;
  if (threads && threads[0]) {
    n_threads = strtoul(threads, &end, 10);
    if (*end || n_threads < 1 || n_threads > MS_MAX_THREADS)
      give_up("sgemm: MNIST_SIMD_THREADS: '%.80s' is not a whole number from 1 to %d\n", threads, MS_MAX_THREADS);
  }
  enum ms_status status = ms_init(isa && isa[0] ? isa : NULL, n_threads);
  if (status == MS_ERROR_ARGUMENT && ms_threads() > 0)
    status = ms_init(NULL, 0); /* the program has started it with other kernels or threads */
  if (status != MS_OK)
    give_up("sgemm: %s%s\n", isa && isa[0] && status != MS_ERROR_MEMORY ? "MNIST_SIMD_ISA: " : "", ms_error_message());
}

/* ---- Product ---- */

/* Column-major. */
struct product {
  enum ms_transpose trans_a, trans_b;
  int m, n, k;
  float alpha;
  const float *a;
  int lda;
  const float *b;
  int ldb;
  float beta;
  float *c;
  int ldc;
};

/* The first argument out of its range: its position in sgemm_, 0 if there is none. */
struct illegal {
  int position, found, least;
};

static int at_least_one(int x) {
  return x > 1 ? x : 1;
}

static struct illegal check(const struct product *p) {
  const struct illegal arguments[] = {
      {3, p->m, 0},
      {4, p->n, 0},
      {5, p->k, 0},
      {8, p->lda, at_least_one(p->trans_a == MS_NO_TRANS ? p->m : p->k)},
      {10, p->ldb, at_least_one(p->trans_b == MS_NO_TRANS ? p->k : p->n)},
      {13, p->ldc, at_least_one(p->m)},
  };
  for (size_t i = 0; i < sizeof arguments / sizeof arguments[0]; ++i)
    if (arguments[i].found < arguments[i].least)
      return arguments[i];
  return (struct illegal){0};
}

static void multiply(const struct product *p) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  if (p->m == 0 || p->n == 0 || ((p->alpha == 0.0f || p->k == 0) && p->beta == 1.0f))
    return;
  const bool reads = p->alpha != 0.0f && p->k > 0;
  if (!p->c || (reads && (!p->a || !p->b))) /* ms_sgemm has other names for them, the operands being exchanged */
    give_up("sgemm: a, b and c must not be NULL\n");
  pthread_once(&once, start);
  /* Row-major, C is (n, m) and the product of op(B) and op(A). */
  const enum ms_status status = ms_sgemm(p->trans_b, p->trans_a, (size_t)p->n, (size_t)p->m, (size_t)p->k, p->alpha,
                                         p->b, (size_t)p->ldb, p->a, (size_t)p->lda, p->beta, p->c, (size_t)p->ldc);
  if (status != MS_OK)
    give_up("sgemm: %s\n", ms_error_message());
}

/* ---- C ---- */

static bool from_cblas(CBLAS_TRANSPOSE value, enum ms_transpose *trans) {
  *trans = value == CblasNoTrans ? MS_NO_TRANS : MS_TRANS;
  return value == CblasNoTrans || value == CblasTrans || value == CblasConjTrans;
}

PUBLIC void cblas_sgemm(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE trans_a, CBLAS_TRANSPOSE trans_b, int m, int n, int k,
                        float alpha, const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc) {
  static const char *const names[2][14] = {
      {[3] = "m", [4] = "n", [5] = "k", [8] = "lda", [10] = "ldb", [13] = "ldc"},
      {[3] = "n", [4] = "m", [5] = "k", [8] = "ldb", [10] = "lda", [13] = "ldc"},
  };
  enum ms_transpose op_a, op_b;
  is_row_major = layout == CblasRowMajor;
  if (layout != CblasRowMajor && layout != CblasColMajor) {
    cblas_xerbla(1, "cblas_sgemm", "layout is %d, must be CblasRowMajor or CblasColMajor\n", (int)layout);
    return;
  }
  if (!from_cblas(trans_a, &op_a)) {
    cblas_xerbla(2, "cblas_sgemm", "trans_a is %d, must be CblasNoTrans, CblasTrans or CblasConjTrans\n", (int)trans_a);
    return;
  }
  if (!from_cblas(trans_b, &op_b)) {
    cblas_xerbla(3, "cblas_sgemm", "trans_b is %d, must be CblasNoTrans, CblasTrans or CblasConjTrans\n", (int)trans_b);
    return;
  }
  /* What is row-major is its transpose, column-major. */
  const struct product p = is_row_major ? (struct product){op_b, op_a, n, m, k, alpha, b, ldb, a, lda, beta, c, ldc}
                                        : (struct product){op_a, op_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc};
  const struct illegal illegal = check(&p);
  if (illegal.position > 0)
    cblas_xerbla(illegal.position + 1, "cblas_sgemm", "%s is %d, must be at least %d\n",
                 names[is_row_major][illegal.position], illegal.found, illegal.least);
  else
    multiply(&p);
}

/* ---- Fortran ---- */

static bool from_letter(char letter, enum ms_transpose *trans) {
  *trans = letter == 'N' || letter == 'n' ? MS_NO_TRANS : MS_TRANS;
  return letter && strchr("NnTtCc", letter);
}

PUBLIC void sgemm_(const char *trans_a, const char *trans_b, const int *m, const int *n, const int *k,
                   const float *alpha, const float *a, const int *lda, const float *b, const int *ldb,
                   const float *beta, float *c, const int *ldc) {
  enum ms_transpose op_a, op_b;
  const bool legal_a = from_letter(*trans_a, &op_a), legal_b = from_letter(*trans_b, &op_b);
  const struct product p = {op_a, op_b, *m, *n, *k, *alpha, a, *lda, b, *ldb, *beta, c, *ldc};
  const int position = !legal_a ? 1 : !legal_b ? 2 : check(&p).position;
  if (position > 0)
    xerbla_("SGEMM ", &position, strlen("SGEMM "));
  else
    multiply(&p);
}
