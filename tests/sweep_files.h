/* Sweep files that tests write. */
#ifndef MS_TESTS_SWEEP_FILES_H
#define MS_TESTS_SWEEP_FILES_H

#include "runtime/sweep/sweep.h"

/* Writes the text to sweep.txt in the folder, and returns its path until the next call. */
const char *test_write_sweep(const char *folder, const char *text);

/* What is read from such a file, and its plan; or fails the case. The file goes. */
void test_read_sweep(const char *folder, const char *text, struct ms_sweep_spec *spec, struct ms_sweep_plan *plan);

#endif
