/* CSV files of images. */
#include <stdlib.h>

#include "runtime/data/csv.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes) {
  struct ms_array images, labels;
  void *memory[2];
  if (ms_csv_parse("input", (const char *)data, n_bytes, &images, &labels, memory) == MS_OK && memory[0]) {
    fuzz_array(&images);
    fuzz_array(&labels);
  }
  free(memory[0]);
  free(memory[1]);
  return 0;
}
