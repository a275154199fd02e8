/* oneDNN through dnnl_sgemm, which takes row-major operands. Its threads are OpenMP's. */
#include <stdint.h>
#include <stdio.h>

#include "bench/peers/peers.h"

struct version {
  int major, minor, patch; /* what follows is not read */
};

static int (*sgemm)(char trans_a, char trans_b, int64_t m, int64_t n, int64_t k, float alpha, const float *a,
                    int64_t lda, const float *b, int64_t ldb, float beta, float *c, int64_t ldc);
static void (*set_threads)(int n);

static const char *open_library(void) {
  static char line[64];
  const struct version *(*version)(void);
  void *const library = peer_load(PEER_ONEDNN);
  if (!library || !peer_symbol(library, "dnnl_sgemm", &sgemm) || !peer_symbol(library, "dnnl_version", &version) ||
      !peer_symbol(library, "omp_set_num_threads", &set_threads))
    return NULL;
  snprintf(line, sizeof line, "oneDNN %d.%d.%d", version()->major, version()->minor, version()->patch);
  return line;
}

static void prepare(const struct peer_product *product, size_t threads) {
  (void)product;
  set_threads((int)threads);
}

static void multiply(const struct peer_product *p, const float *a, const float *b, float *c) {
  sgemm(p->trans_a ? 'T' : 'N', p->trans_b ? 'T' : 'N', (int64_t)p->m, (int64_t)p->n, (int64_t)p->k, 1.0f, a,
        (int64_t)p->lda, b, (int64_t)p->ldb, 0.0f, c, (int64_t)p->n);
}

const struct peer peer_onednn = {"onednn", open_library, peer_serves_all, prepare, multiply};
