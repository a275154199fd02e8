/* Sweep files, and the plan and configurations made of them. */
#include "runtime/sweep/sweep.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes) {
  struct ms_sweep_spec spec;
  struct ms_sweep_plan plan;
  if (ms_sweep_spec_read(fuzz_file(data, n_bytes), &spec, NULL) != MS_OK)
    return 0;
  if (ms_sweep_plan_make(&spec, &plan) == MS_OK)
    ms_sweep_plan_free(&plan);
  ms_sweep_spec_free(&spec);
  return 0;
}
