/* The list of peers, and how a library is loaded. */
#define _GNU_SOURCE /* RTLD_DEEPBIND */
#include "bench/peers/peers.h"

#include <dlfcn.h>
#include <string.h>

static const struct peer *const peers[] = {
#if defined(PEER_OPENBLAS)
    &peer_openblas,
#endif
#if defined(PEER_BLIS)
    &peer_blis,
#endif
#if defined(PEER_ONEDNN)
    &peer_onednn,
#endif
#if defined(PEER_EIGEN)
    &peer_eigen,
#endif
#if defined(PEER_LIBXSMM)
    &peer_libxsmm,
#endif
    NULL,
};

size_t peer_count(void) {
  return sizeof peers / sizeof peers[0] - 1;
}

const struct peer *peer_get(size_t index) {
  return peers[index];
}

void *peer_load(const char *path) {
  int flags = RTLD_NOW | RTLD_LOCAL;
#if defined(RTLD_DEEPBIND)
  flags |= RTLD_DEEPBIND; /* it finds its own functions first */
#endif
  return dlopen(path, flags);
}

bool peer_symbol(void *library, const char *name, void *function) {
  void *const address = dlsym(library, name);
  memcpy(function, &address, sizeof address); /* C has no cast from an object's address to a function's */
  return address != NULL;
}

bool peer_serves_all(const struct peer_product *product, size_t threads) {
  (void)product;
  (void)threads;
  return true;
}
