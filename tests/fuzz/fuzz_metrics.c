/* metrics.csv. */
#include "runtime/run/run_read.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes) {
  struct ms_run run = {0};
  run.result.epochs_run = 2;
  ms_run_parse_metrics("input", (const char *)data, n_bytes, &run);
  ms_run_free(&run);
  return 0;
}
