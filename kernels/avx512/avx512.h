/* The AVX-512 kernels. Contracts, shapes and aliasing rules stand in kernels.h. */
#ifndef MS_KERNELS_AVX512_AVX512_H
#define MS_KERNELS_AVX512_AVX512_H

#include "kernels/kernels.h"

/* The GEMM's blocks, in elements (why these: gemm.c), and its workspace: a packed block of A, with a cache
 * line behind each panel, and one of B. */
enum {
  MS_GEMM_AVX512_BLOCK_M = 64,
  MS_GEMM_AVX512_BLOCK_N = 528,
  MS_GEMM_AVX512_BLOCK_K = 2048,
  MS_GEMM_AVX512_PACKED_A_FLOATS = MS_GEMM_AVX512_BLOCK_M * MS_GEMM_AVX512_BLOCK_K + MS_GEMM_AVX512_BLOCK_M / 8 * 16,
  MS_GEMM_AVX512_WORKSPACE_FLOATS = MS_GEMM_AVX512_PACKED_A_FLOATS + MS_GEMM_AVX512_BLOCK_K * MS_GEMM_AVX512_BLOCK_N
};

/* Columns of C that gemm_skip computes at once; its packed block of B fits into the same workspace. */
enum { MS_GEMM_SKIP_AVX512_COLUMNS = 128 };
_Static_assert(MS_TILE *MS_GEMM_SKIP_AVX512_COLUMNS <= MS_GEMM_AVX512_WORKSPACE_FLOATS, "too small for gemm_skip");

void ms_gemm_f32_8x48_avx512(size_t m, size_t n, size_t k, const float *a, size_t a_row_stride, size_t a_col_stride,
                             const float *b, size_t b_row_stride, size_t b_col_stride, float *c, size_t ldc,
                             float *workspace);
void ms_gemm_skip_f32_avx512(size_t m, size_t n, size_t k, const struct ms_nonzeros *a, const struct ms_tiled *b,
                             float *c, size_t ldc, size_t c_tile, float *workspace);
size_t ms_compress_f32_avx512(size_t m, size_t n, const float *x, size_t ldx, uint64_t *masks, float *values);
size_t ms_compress_transposed_f32_avx512(size_t m, size_t n, const float *x, size_t ldx, uint64_t *masks,
                                         float *values);
void ms_scale_add_f32_avx512(size_t m, size_t n, float alpha, const float *x, size_t ldx, float beta, float *y,
                             size_t ldy);
void ms_bytes_to_unit_f32_avx512(size_t n, const uint8_t *x, float *y);
void ms_bias_forward_f32_avx512(size_t m, size_t n, const float *bias, const float *x, size_t ldx, float *y,
                                size_t ldy);
void ms_bias_backward_f32_avx512(size_t m, size_t n, const float *dy, size_t lddy, float *dbias);
void ms_relu_forward_f32_avx512(size_t m, size_t n, const float *x, size_t ldx, float *y, size_t ldy);
void ms_relu_backward_f32_avx512(size_t m, size_t n, const float *y, size_t ldy, float scale, const float *dy,
                                 size_t lddy, float *dx, size_t lddx);
void ms_dropout_f32_avx512(size_t m, size_t n, const struct ms_dropout *dropout, size_t row0, size_t col0,
                           const float *x, size_t ldx, float *y, size_t ldy);
void ms_softmax_cross_entropy_forward_f32_avx512(size_t m, size_t n, const float *logits, size_t ldl,
                                                 const uint8_t *labels, float *probs, size_t ldp, float *loss);
void ms_softmax_cross_entropy_backward_f32_avx512(size_t m, size_t n, const float *probs, size_t ldp,
                                                  const uint8_t *labels, float scale, float *dlogits, size_t ldd);
void ms_exp_f32_avx512(size_t n, const float *x, float *y);
void ms_log_f32_avx512(size_t n, const float *x, float *y);
void ms_adam_f32_avx512(size_t rows, size_t cols, const struct ms_adam *adam, const float *g, size_t ldg, float *w,
                        float *m, float *v, size_t ld);
void ms_maxnorm_f32_avx512(size_t m, size_t n, float max_norm, float *w, size_t ldw, float *workspace);

#endif
