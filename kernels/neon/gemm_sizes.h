/* Micro-tile and blocks of the matrix products, NEON. */
#ifndef MS_KERNELS_NEON_GEMM_SIZES_H
#define MS_KERNELS_NEON_GEMM_SIZES_H

/* 8 x 12: 24 accumulators, 3 vectors of B and a broadcast of A fill 28 of 32 registers. */
#define MICRO_M 8
#define MICRO_VECTORS 3

/* The block of A, packed or not (256 KiB), stays in L2, a panel of B (48 KiB) in L1 where that has 64 KiB, the block of
 * B (2.1 MiB) in L2 or L3. Chosen by these sizes, not measured: no machine was at hand. */
enum { BLOCK_M = 64, BLOCK_N = 528, BLOCK_K = 1024 };

/* gemm_skip: columns of C at once, whether values are spread from a register, the density from which gemm is faster. */
#define SKIP_COLUMNS 64
#define SKIP_SPREAD 0
#define SKIP_DENSITY 0.5

#endif
