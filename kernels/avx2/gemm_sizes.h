/* Micro-tile and blocks of the matrix products, AVX2 + FMA. */
#ifndef MS_KERNELS_AVX2_GEMM_SIZES_H
#define MS_KERNELS_AVX2_GEMM_SIZES_H

/* 6 x 16: 12 accumulators, 2 vectors of B and a broadcast of A fill 15 of 16 registers, and the 12 independent fma
 * chains cover the latency of 4 or 5 cycles on two ports. */
#define MICRO_M 6
#define MICRO_VECTORS 2

/* The block of A, packed or not (480 KiB), and a panel of B (128 KiB) stay in L2, the block of B (4.1 MiB) in L3.
 * Blocks over k are that long because each costs a pass over C; the micro-tile's loads from L2 are hidden behind its
 * fmas. */
enum { BLOCK_M = 60, BLOCK_N = 528, BLOCK_K = 2048 };

/* gemm_skip: columns of C at once, whether values are spread from a register, the density from which gemm is faster. */
#define SKIP_COLUMNS 64
#define SKIP_SPREAD 1
#define SKIP_DENSITY 0.8

#endif
