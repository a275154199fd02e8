/* Model files. */
#include "runtime/mnist_simd.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes) {
  struct ms_network *network;
  if (ms_network_load(fuzz_file(data, n_bytes), &network) == MS_OK)
    ms_network_free(network);
  return 0;
}
