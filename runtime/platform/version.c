/* Which library this is, for programs that were compiled against another one's header. */
#include "kernels/kernels.h"
#include "runtime/mnist_simd.h"

const char *ms_version_string(void) {
  return MS_VERSION;
}

unsigned ms_version_number(void) {
  return MS_VERSION_NUMBER;
}

unsigned ms_numerics_contract(void) {
  return MS_CONTRACT_VERSION;
}
