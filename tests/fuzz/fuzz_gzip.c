/* gzip files, and deflate streams within archives. */
#include <stdlib.h>

#include "runtime/data/unfold.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes) {
  static volatile unsigned sum;
  uint8_t *unfolded, out[256];
  size_t n_unfolded;
  bool is_gzip;
  if (ms_file_unfold(fuzz_file(data, n_bytes), &unfolded, &n_unfolded, &is_gzip) == MS_OK)
    for (size_t i = 0; i < n_unfolded; i += 4096)
      sum += unfolded[i];
  else if (unfolded)
    abort();
  free(unfolded);
  if (n_bytes > 0 && ms_inflate("input", data + 1, n_bytes - 1, out, data[0]) == MS_OK)
    for (size_t i = 0; i < data[0]; ++i)
      sum += out[i];
  return 0;
}
