/* Other libraries' sgemm, to compare with. Never linked into the program or the library: C libraries are loaded at
 * run time, each with its symbols to itself (OpenBLAS and BLIS export the same names); header-only and static ones
 * are compiled in. */
#ifndef MS_BENCH_PEERS_H
#define MS_BENCH_PEERS_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* C (m, n) = op(A) (m, k) op(B) (k, n), row-major, packed rows; op(X) is X or its transpose. */
struct peer_product {
  size_t m, n, k;
  bool trans_a, trans_b;
  size_t lda, ldb; /* of the operands as they are stored */
};

struct peer {
  const char *name;
  /* Loads the library; a line about its version and choice of kernels, or NULL if it cannot be had. To be called before
   * the others. */
  const char *(*open)(void);
  /* False if the library is not meant for such a product, or not with so many threads. */
  bool (*serves)(const struct peer_product *product, size_t threads);
  /* Sets up for a product, then multiplies any number of times. */
  void (*prepare)(const struct peer_product *product, size_t threads);
  void (*multiply)(const struct peer_product *product, const float *a, const float *b, float *c);
};

/* Those that the build has found. */
size_t peer_count(void);
const struct peer *peer_get(size_t index);

extern const struct peer peer_openblas, peer_blis, peer_onednn, peer_eigen, peer_libxsmm;

/* For the peers' own use. A library with its symbols to itself, or NULL. */
void *peer_load(const char *path);
/* Stores the address of a function of that library (or of one that it needs) at function; false if there is none. */
bool peer_symbol(void *library, const char *name, void *function);
bool peer_serves_all(const struct peer_product *product, size_t threads);

#ifdef __cplusplus
}
#endif

#endif
