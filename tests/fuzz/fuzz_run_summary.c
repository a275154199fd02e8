/* run.json. */
#include "runtime/run/run_read.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes) {
  struct ms_run run = {0};
  ms_run_parse_summary("input", (const char *)data, n_bytes, &run);
  ms_run_free(&run);
  return 0;
}
