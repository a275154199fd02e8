/* BLIS through its own typed interface, whose strides say what is transposed. */
#define _POSIX_C_SOURCE 200809L /* setenv */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/peers/peers.h"
#include "kernels/kernels.h"
#include "runtime/platform/cpu.h"

enum { NO_TRANSPOSE = 0, MAX_ARCHITECTURES = 20 };

static void (*sgemm)(int trans_a, int trans_b, int64_t m, int64_t n, int64_t k, const float *alpha, const float *a,
                     int64_t a_row_stride, int64_t a_col_stride, const float *b, int64_t b_row_stride,
                     int64_t b_col_stride, const float *beta, float *c, int64_t c_row_stride, int64_t c_col_stride);
static void (*set_threads)(int64_t n);

/* A CPU younger than the library gets its generic kernels, plain C. Its AVX-512 kernels suit all that have AVX-512. */
static void choose_kernels(const char *(*architecture)(int id)) {
  if (!(ms_cpu_features() & MS_CPU_AVX512))
    return;
  for (int id = 0; id < MAX_ARCHITECTURES; ++id) {
    char text[8];
    snprintf(text, sizeof text, "%d", id);
    if (strcmp(architecture(id), "skx") == 0)
      setenv("BLIS_ARCH_TYPE", text, 0);
  }
}

static const char *open_library(void) {
  static char line[256];
  const char *(*version)(void), *(*architecture)(int id);
  int (*query)(void), (*init)(void);
  void *const library = peer_load(PEER_BLIS);
  if (!library || !peer_symbol(library, "bli_sgemm", &sgemm) ||
      !peer_symbol(library, "bli_thread_set_num_threads", &set_threads) ||
      !peer_symbol(library, "bli_info_get_version_str", &version) || !peer_symbol(library, "bli_init", &init) ||
      !peer_symbol(library, "bli_arch_string", &architecture) || !peer_symbol(library, "bli_arch_query_id", &query))
    return NULL;
  choose_kernels(architecture);
  init();
  snprintf(line, sizeof line, "BLIS %s, kernels of %s", version(), architecture(query()));
  return line;
}

static void prepare(const struct peer_product *product, size_t threads) {
  (void)product;
  set_threads((int64_t)threads);
}

static void multiply(const struct peer_product *p, const float *a, const float *b, float *c) {
  const float one = 1.0f, zero = 0.0f;
  const int64_t lda = (int64_t)p->lda, ldb = (int64_t)p->ldb;
  sgemm(NO_TRANSPOSE, NO_TRANSPOSE, (int64_t)p->m, (int64_t)p->n, (int64_t)p->k, &one, a, p->trans_a ? 1 : lda,
        p->trans_a ? lda : 1, b, p->trans_b ? 1 : ldb, p->trans_b ? ldb : 1, &zero, c, (int64_t)p->n, 1);
}

const struct peer peer_blis = {"blis", open_library, peer_serves_all, prepare, multiply};
