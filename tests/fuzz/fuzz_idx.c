/* IDX files, as images and as labels. */
#include <stdlib.h>
#include <string.h>

#include "runtime/data/idx.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes) {
  const char *path = fuzz_file(data, n_bytes);
  for (size_t dimensions = 1; dimensions <= 3; dimensions += 2) {
    struct ms_idx idx, head;
    const bool is_whole = ms_idx_read(path, dimensions, &idx) == MS_OK;
    if (is_whole != (ms_idx_read_header(path, dimensions, &head) == MS_OK))
      abort();
    if (!is_whole)
      continue;
    const size_t n = idx.size[0], item_bytes = dimensions == 1 ? 1 : idx.size[1] * idx.size[2];
    uint8_t *item = malloc(item_bytes);
    if (item && (ms_idx_read_item(path, &head, n - 1, item) != MS_OK ||
                 memcmp(item, idx.elements + (n - 1) * item_bytes, item_bytes) != 0))
      abort();
    free(item);
    free(idx.file);
  }
  return 0;
}
