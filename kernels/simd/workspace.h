/* The workspace of the matrix products, from the block sizes of an ISA folder. */
#ifndef MS_KERNELS_SIMD_WORKSPACE_H
#define MS_KERNELS_SIMD_WORKSPACE_H

#include "gemm_sizes.h"
#include "kernels/kernels.h"

enum { LINE = 16 /* floats of a cache line */ };

/* gemm: a packed block of A, with a cache line behind each panel, and one of B. gemm_skip: a block of B. */
enum {
  PACKED_A_FLOATS = BLOCK_M * BLOCK_K + BLOCK_M / MICRO_M * LINE,
  GEMM_WORKSPACE_FLOATS = PACKED_A_FLOATS + BLOCK_K * BLOCK_N
};
_Static_assert(BLOCK_M % MICRO_M == 0, "a block of A is whole panels");
_Static_assert(MS_TILE *SKIP_COLUMNS <= GEMM_WORKSPACE_FLOATS, "gemm_skip packs its block of B into the workspace");

#endif
