/* What the files of test_kernels share. */
#include "tests/kernel_checks.h"

#include "tests/isas.h"

void kernels_on_each_isa(void (*check)(const struct ms_kernels *kernels)) {
  struct test_isa isas[MAX_TEST_ISAS];
  const size_t n = test_isas(isas);
  if (n == 0)
    test_skip("this CPU has no ISA beyond scalar");
  for (size_t i = 0; i < n; ++i) {
    test_subject(isas[i].name);
    check(&isas[i].table);
  }
}

size_t kernels_random_size(size_t max) {
  static const size_t edges[] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  11, 12, 13, 14, 15, 16,  17,  23,
                                 24, 25, 28, 31, 32, 33, 47, 48, 49, 63, 64, 65, 95, 96, 97, 127, 128, 129};
  const size_t size =
      test_random_below(2) == 0 ? edges[test_random_below(sizeof edges / sizeof edges[0])] : test_random_below(max + 1);
  return size < max ? size : max;
}

struct matrix kernels_with_ld(size_t rows, size_t cols, size_t ld, enum values values) {
  struct matrix wide = matrix_new(1, rows == 0 || cols == 0 ? 0 : (rows - 1) * ld + cols, values);
  wide.ld = ld;
  return wide;
}
