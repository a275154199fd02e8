/* What a fuzz target uses: LLVMFuzzerTestOneInput gets bytes that may be anything, gives them to one reader, and frees
 * what it made of them. A crash, a leak, a hang or a finding of a sanitizer is a fault of the reader.
 * A new reader needs a file fuzz_<name>.c and its name in tests/fuzz/CMakeLists.txt; seeds come from make_seeds.sh. */
#ifndef MS_TESTS_FUZZ_H
#define MS_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes);

/* The path of a file in memory that holds the bytes; valid until the next call. */
const char *fuzz_file(const uint8_t *data, size_t n_bytes);

/* Takes what a reader made of them for images and for labels, and reads all of it. */
struct ms_array;
void fuzz_array(const struct ms_array *array);

#endif
