/* OpenBLAS through cblas_sgemm. */
#include <stdio.h>

#include "bench/peers/peers.h"

enum { ROW_MAJOR = 101, NO_TRANS = 111, TRANS = 112 }; /* CBLAS */

static void (*sgemm)(int order, int trans_a, int trans_b, int m, int n, int k, float alpha, const float *a, int lda,
                     const float *b, int ldb, float beta, float *c, int ldc);
static void (*set_threads)(int n);

static const char *open_library(void) {
  static char line[256];
  char *(*config)(void), *(*core)(void);
  void *const library = peer_load(PEER_OPENBLAS);
  if (!library || !peer_symbol(library, "cblas_sgemm", &sgemm) ||
      !peer_symbol(library, "openblas_set_num_threads", &set_threads) ||
      !peer_symbol(library, "openblas_get_config", &config) || !peer_symbol(library, "openblas_get_corename", &core))
    return NULL;
  snprintf(line, sizeof line, "%.30s, kernels of %s", config(), core());
  return line;
}

static void prepare(const struct peer_product *product, size_t threads) {
  (void)product;
  set_threads((int)threads);
}

static void multiply(const struct peer_product *p, const float *a, const float *b, float *c) {
  sgemm(ROW_MAJOR, p->trans_a ? TRANS : NO_TRANS, p->trans_b ? TRANS : NO_TRANS, (int)p->m, (int)p->n, (int)p->k, 1.0f,
        a, (int)p->lda, b, (int)p->ldb, 0.0f, c, (int)p->n);
}

const struct peer peer_openblas = {"openblas", open_library, peer_serves_all, prepare, multiply};
