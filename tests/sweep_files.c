/* Sweep files that tests write. */
#define _POSIX_C_SOURCE 200809L /* unlink */
#include "tests/sweep_files.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "runtime/platform/files.h"
#include "tests/harness.h"

const char *test_write_sweep(const char *folder, const char *text) {
  static char path[MS_PATH_SIZE];
  snprintf(path, sizeof path, "%s/sweep.txt", folder);
  test_write_file(path, text, strlen(text));
  return path;
}

void test_read_sweep(const char *folder, const char *text, struct ms_sweep_spec *spec, struct ms_sweep_plan *plan) {
  const char *path = test_write_sweep(folder, text);
  CHECK_MESSAGE(ms_sweep_spec_read(path, spec, NULL) == MS_OK, "%s", ms_error_message());
  CHECK_MESSAGE(ms_sweep_plan_make(spec, plan) == MS_OK, "%s", ms_error_message());
  unlink(path);
}
