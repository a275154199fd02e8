/* NPZ archives, and the arrays in them. */
#include <stdlib.h>

#include "runtime/data/npz.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes) {
  static const char *const names[][3] = {{"x_train", "a"}, {"y_train", "b"}, {"x_test"}, {"y_test"}};
  char text[64];
  ms_npz_names(data, n_bytes, text, sizeof text);
  for (size_t i = 0; i < sizeof names / sizeof names[0]; ++i) {
    struct ms_array array;
    void *memory;
    if (ms_npz_read("input", data, n_bytes, names[i], &array, &memory) == MS_OK && memory)
      fuzz_array(&array);
    free(memory);
  }
  return 0;
}
