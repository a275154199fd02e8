/* libxsmm's generated kernels: small products, one thread, nothing transposed, which is what they are made for. It is
 * column-major, so that C^T = B^T A^T is what it is asked for. */
#include <libxsmm.h>

#include "bench/peers/peers.h"

/* Multiply-adds up to which a product is small: the skinny one of the report's network is among them. */
enum { SMALL = 512 * 512 * 10 };

static libxsmm_smmfunction kernel;

static const char *open_library(void) {
  libxsmm_init();
  return "libxsmm " LIBXSMM_VERSION;
}

static bool serves(const struct peer_product *p, size_t threads) {
  return threads == 1 && !p->trans_a && !p->trans_b && p->m * p->n * p->k <= SMALL;
}

static void prepare(const struct peer_product *p, size_t threads) {
  const libxsmm_blasint lda = (libxsmm_blasint)p->n, ldb = (libxsmm_blasint)p->k, ldc = (libxsmm_blasint)p->n;
  const float one = 1.0f, zero = 0.0f;
  (void)threads;
  kernel = libxsmm_smmdispatch((libxsmm_blasint)p->n, (libxsmm_blasint)p->m, (libxsmm_blasint)p->k, &lda, &ldb, &ldc,
                               &one, &zero, NULL, NULL);
}

static void multiply(const struct peer_product *p, const float *a, const float *b, float *c) {
  (void)p;
  kernel(b, a, c);
}

const struct peer peer_libxsmm = {"libxsmm", open_library, serves, prepare, multiply};
