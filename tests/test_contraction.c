/* The compiler flags of the kernels: a multiplication and an addition that are written apart stay apart. This file is
 * compiled with the flags of the whole project and, on x86-64, with those of the ISA folders that could fuse. No kernel
 * of today would show it: they fuse all that can be fused themselves. */
#include "tests/harness.h"

/* (1 + 2^-12)^2 = 1 + 2^-11 + 2^-24, of which the product, rounded to float, loses the last bit. */
static void scalars(void) {
  volatile float x = 1.0f + 0x1p-12f, minus_rounded = -(1.0f + 0x1p-11f);
  CHECK(x * x + minus_rounded == 0.0f);
}

static void vectorised_loop(void) {
  enum { N = 64 };
  static volatile float source = 1.0f + 0x1p-12f;
  float x[N], y[N];
  for (int i = 0; i < N; ++i) {
    x[i] = source;
    y[i] = -(1.0f + 0x1p-11f);
  }
  for (int i = 0; i < N; ++i)
    y[i] = x[i] * x[i] + y[i];
  for (int i = 0; i < N; ++i)
    CHECK(y[i] == 0.0f);
}

static const struct test_case cases[] = {
    {"scalars", scalars},
    {"vectorised_loop", vectorised_loop},
};

#if defined(__x86_64__) && !defined(__FMA__)
#error "to be compiled with -mfma: without it nothing can be fused, and the test cannot fail"
#endif

int main(int argc, char **argv) {
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("fma"))
    return TEST_SKIPPED;
#endif
  return test_main(argc, argv, cases, sizeof cases / sizeof cases[0]);
}
