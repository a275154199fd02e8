/* Micro-tile and blocks of the matrix products, RISC-V V. */
#ifndef MS_KERNELS_RVV_GEMM_SIZES_H
#define MS_KERNELS_RVV_GEMM_SIZES_H

/* 8 x 3 vectors: 24 accumulators and 3 vectors of B fill 27 of 32 registers; A's elements are scalar operands. */
#define MICRO_M 8
#define MICRO_VECTORS 3

/* The block of A, packed or not (128 KiB), and a panel of B (24, 48 or 96 KiB for registers of 128, 256, 512 bits) stay
 * in an L2 of 256 KiB, the block of B (1 MiB) in that of larger cores. Chosen by these sizes, not measured: no machine
 * was at hand. */
enum { BLOCK_M = 64, BLOCK_N = 528, BLOCK_K = 512 };

/* gemm_skip: columns of C at once, whether values are spread from a register, the density from which gemm is faster. */
#define SKIP_COLUMNS (__riscv_v_fixed_vlen == 128 ? 64 : 128)
#define SKIP_SPREAD 0
#define SKIP_DENSITY 0.5

#endif
