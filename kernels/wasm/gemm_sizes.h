/* Micro-tile and blocks of the matrix products, WebAssembly. */
#ifndef MS_KERNELS_WASM_GEMM_SIZES_H
#define MS_KERNELS_WASM_GEMM_SIZES_H

/* 6 x 8: 12 accumulators, 2 vectors of B and a broadcast of A fill 15 of the 16 registers that engines have on x86. */
#define MICRO_M 6
#define MICRO_VECTORS 2

/* The block of A (192 KiB) stays in L2, a panel of B (32 KiB) in L1. */
enum { BLOCK_M = 48, BLOCK_N = 512, BLOCK_K = 1024 };

/* gemm_skip: columns of C at once, whether values are spread from a register, the density from which gemm is faster. */
#define SKIP_COLUMNS 64
#define SKIP_SPREAD 0
#define SKIP_DENSITY 0.9

#endif
