/* Micro-tile and blocks of the matrix products, VSX. */
#ifndef MS_KERNELS_VSX_GEMM_SIZES_H
#define MS_KERNELS_VSX_GEMM_SIZES_H

/* 6 x 16: 24 accumulators, 4 vectors of B and 6 broadcasts of A fill 34 of 64 registers. Broadcasts and fmas share
 * two pipes, so width counts: 6 broadcasts for 24 fmas. Height does not; gcc 12 copies registers in one of 8. */
#define MICRO_M 6
#define MICRO_VECTORS 4

/* The block of A, packed or not (240 KiB), stays in L2, a panel of B (64 KiB) in L1 if as large, else in L2, the
 * block of B (2.1 MiB) in L3. Chosen by these sizes, not measured: no machine was at hand. */
enum { BLOCK_M = 60, BLOCK_N = 528, BLOCK_K = 1024 };

/* gemm_skip: columns of C at once, whether values are spread from a register, the density from which gemm is faster. */
#define SKIP_COLUMNS 64
#define SKIP_SPREAD 0
#define SKIP_DENSITY 0.5

#endif
