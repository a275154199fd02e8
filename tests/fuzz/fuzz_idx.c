/* IDX files, as images and as labels. */
#include <stdlib.h>

#include "runtime/data/idx.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes) {
  const char *path = fuzz_file(data, n_bytes);
  for (size_t dimensions = 1; dimensions <= 3; dimensions += 2) {
    struct ms_idx idx;
    if (ms_idx_read(path, dimensions, &idx) == MS_OK)
      free(idx.file);
  }
  return 0;
}
