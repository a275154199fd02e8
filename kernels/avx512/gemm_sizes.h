/* Micro-tile and blocks of the matrix products, AVX-512. */
#ifndef MS_KERNELS_AVX512_GEMM_SIZES_H
#define MS_KERNELS_AVX512_GEMM_SIZES_H

/* 8 x 48: 24 accumulators, 3 vectors of B and a broadcast of A fill 28 of 32 registers, and 11 loads go with 24
 * fmas. */
#define MICRO_M 8
#define MICRO_VECTORS 3

/* The block of A, packed or not (512 KiB), and a panel of B (384 KiB) stay in L2, the block of B (4.1 MiB) in L3.
 * Blocks over k are that long because each costs a pass over C; the micro-tile's loads from L2 are hidden behind its
 * fmas. */
enum { BLOCK_M = 64, BLOCK_N = 528, BLOCK_K = 2048 };

/* gemm_skip: columns of C at once, whether values are spread from a register, the density from which gemm is faster. */
#define SKIP_COLUMNS 128
#define SKIP_SPREAD 1
#define SKIP_DENSITY 0.8

#endif
