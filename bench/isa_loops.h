/* Loops that show what a CPU can do with the registers of one instruction set. */
#ifndef MS_BENCH_ISA_LOOPS_H
#define MS_BENCH_ISA_LOOPS_H

#include <stddef.h>

#define BENCH_CHAINS 12

struct bench_loops {
  /* `rounds` rounds of BENCH_CHAINS independent multiply-adds. The sum is returned so that no compiler leaves them
   * out. */
  float (*chains)(size_t rounds);
  /* n_floats is a multiple of 64. The sum is returned so that no compiler leaves out the reading. */
  float (*read)(size_t n_floats, const float *x);
  /* y = x + 1: a plain copy would be handed to memcpy. x and y may be the same. */
  void (*copy)(size_t n_floats, const float *x, float *y);
  size_t lanes;
};

/* Of an ISA of dispatch.h; NULL if it has none of its own. */
const struct bench_loops *bench_isa_loops(const char *isa);

#endif
