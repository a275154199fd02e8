/* The ISAs that a test compares with the reference. */
#ifndef MS_TESTS_ISAS_H
#define MS_TESTS_ISAS_H

#include "kernels/kernels.h"

struct test_isa {
  const char *name;
  struct ms_kernels table;
};

/* Fills isas[] with the ISAs beyond scalar that this build has and this machine runs; returns their number. Prints
 * which run and which are skipped. Fails the case if the environment variable MNIST_SIMD_REQUIRE ("scalar avx2") names
 * an ISA that would be skipped. */
enum { MAX_TEST_ISAS = 8 };
size_t test_isas(struct test_isa isas[MAX_TEST_ISAS]);

#endif
