/* Micro-tile and blocks of the matrix products, SVE of 128, 256 and 512 bits. */
#ifndef MS_KERNELS_SVE_GEMM_SIZES_H
#define MS_KERNELS_SVE_GEMM_SIZES_H

/* 8 x 12, 24 or 48: 24 accumulators, 3 vectors of B and a broadcast of A fill 28 of 32 registers. */
#define MICRO_M 8
#define MICRO_VECTORS 3

/* The block of A, packed or not (256 KiB), stays in L2, a panel of B (48 KiB at 128 bits) in L1, at greater lengths
 * (96 and 192 KiB) in L2, the block of B (2.1 MiB) in L2 or L3. Chosen by these sizes, not measured: no machine was at
 * hand. */
enum { BLOCK_M = 64, BLOCK_N = 528, BLOCK_K = 1024 };

/* gemm_skip: columns of C at once (16 accumulators at 128 and 256 bits, 8 at 512), whether values are spread from a
 * register, the density from which gemm is faster. */
#if __ARM_FEATURE_SVE_BITS == 128
#define SKIP_COLUMNS 64
#else
#define SKIP_COLUMNS 128
#endif
#define SKIP_SPREAD 0
#define SKIP_DENSITY 0.5

#endif
