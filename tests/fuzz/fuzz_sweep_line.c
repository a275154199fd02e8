/* Lines of the results of a sweep. */
#include "runtime/sweep/result_line.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes) {
  struct ms_sweep_result *run;
  if (ms_sweep_result_parse("input", (const char *)data, n_bytes, &run) == MS_OK) {
    ms_sweep_time_parse("input", (const char *)data, n_bytes, run);
    ms_sweep_result_free(run);
  }
  return 0;
}
