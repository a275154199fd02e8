/* IDX files: what they hold as images and as labels. */
#include <stdlib.h>
#include <string.h>

#include "runtime/data/idx.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes) {
  struct ms_array array, head;
  bool is_gzip;
  const char *path = fuzz_file(data, n_bytes);
  const bool is_whole = ms_idx_parse(path, data, n_bytes, &array) == MS_OK;
  if (ms_idx_read_header(path, &head, &is_gzip) != MS_OK || is_gzip) {
    if (is_whole)
      abort();
    return 0;
  }
  if (!is_whole)
    abort();
  const size_t item_bytes = (size_t)(data + n_bytes - array.elements) / array.size[0];
  uint8_t *item = malloc(item_bytes);
  if (item && (ms_idx_read_item(path, &head, array.size[0] - 1, item) != MS_OK ||
               memcmp(item, data + n_bytes - item_bytes, item_bytes) != 0))
    abort();
  free(item);
  fuzz_array(&array);
  return 0;
}
