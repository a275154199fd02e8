/* Models of other programs: safetensors files and NPZ archives. */
#include "runtime/exchange/exchange.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes) {
  const char *path = fuzz_file(data, n_bytes);
  for (enum ms_weight_layout layout = MS_BY_NAMES; layout <= MS_OUT_IN; ++layout) {
    enum ms_weight_layout found = layout;
    struct ms_network *network;
    if (ms_import(path, &found, &network) == MS_OK)
      ms_network_free(network);
  }
  return 0;
}
