/* Sweep files, and the plan and configurations made of them. */
#include <stdlib.h>

#include "runtime/sweep/sweep.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes) {
  struct ms_sweep_spec spec;
  struct ms_sweep_plan plan;
  struct ms_text problems = {0};
  const enum ms_status status = ms_sweep_spec_read(fuzz_file(data, n_bytes), &spec, &problems);
  if ((status == MS_ERROR_ARGUMENT) != (problems.data != NULL))
    abort();
  ms_text_free(&problems);
  if (status != MS_OK)
    return 0;
  if (ms_sweep_plan_make(&spec, &plan) == MS_OK)
    ms_sweep_plan_free(&plan);
  ms_sweep_spec_free(&spec);
  return 0;
}
