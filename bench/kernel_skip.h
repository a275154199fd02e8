/* The product that leaves out zeros, at several densities, beside the dense one on the same operands, as slots of the
 * table on one thread: GFLOP/s as if nothing were left out, and percent of the measured peak, which skipping may
 * exceed. */
#ifndef MS_BENCH_KERNEL_SKIP_H
#define MS_BENCH_KERNEL_SKIP_H

#include "kernels/kernels.h"

/* Operands of C (m, n) = A (m, k) B (k, n), with a share `density` of A's elements not 0, at random places. */
struct skip_work {
  size_t m, k, n;
  float *a, *b, *c, *workspace;
  struct ms_nonzeros nonzeros; /* of a */
};
struct skip_work skip_work_new(const struct ms_kernels *kernels, size_t m, size_t k, size_t n, double density);
void skip_work_free(struct skip_work *work);

/* The product by the slot gemm_skip, the compression of A included, or by the slot gemm. */
void skip_work_multiply(const struct ms_kernels *kernels, const struct skip_work *work, int skip);

/* Registers its benchmarks for an ISA. */
void kernel_skip_register(const char *isa);

#endif
