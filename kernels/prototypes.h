/* The functions behind the slots of one table, with the suffix MS_ISA: ms_adam_f32_avx2 for one. Contracts, shapes and
 * aliasing rules: kernels.h. */
#ifndef MS_KERNELS_PROTOTYPES_H
#define MS_KERNELS_PROTOTYPES_H

#include "kernels/kernels.h"

/* ISA(name) is name_<MS_ISA>. */
#define MS_JOIN_EXPANDED(name, isa) name##_##isa
#define MS_JOIN(name, isa) MS_JOIN_EXPANDED(name, isa)
#define ISA(name) MS_JOIN(name, MS_ISA)

void ISA(ms_gemm_f32)(size_t m, size_t n, size_t k, const float *a, size_t a_row_stride, size_t a_col_stride,
                      const float *b, size_t b_row_stride, size_t b_col_stride, float *c, size_t ldc, float *workspace);
void ISA(ms_gemm_skip_f32)(size_t m, size_t n, size_t k, const struct ms_nonzeros *a, const struct ms_tiled *b,
                           float *c, size_t ldc, size_t c_tile_stride, float *workspace);
size_t ISA(ms_compress_f32)(size_t m, size_t n, const float *x, size_t ldx, uint64_t *masks, float *values);
size_t ISA(ms_compress_transposed_f32)(size_t m, size_t n, const float *x, size_t ldx, uint64_t *masks, float *values);
void ISA(ms_scale_add_f32)(size_t m, size_t n, float alpha, const float *x, size_t ldx, float beta, float *y,
                           size_t ldy);
void ISA(ms_bytes_to_unit_f32)(size_t n, const uint8_t *x, float *y);
void ISA(ms_bias_forward_f32)(size_t m, size_t n, const float *bias, const float *x, size_t ldx, float *y, size_t ldy);
void ISA(ms_bias_backward_f32)(size_t m, size_t n, const float *dy, size_t lddy, float *dbias);
void ISA(ms_relu_forward_f32)(size_t m, size_t n, const float *x, size_t ldx, float *y, size_t ldy);
void ISA(ms_relu_backward_f32)(size_t m, size_t n, const float *y, size_t ldy, float scale, const float *dy,
                               size_t lddy, float *dx, size_t lddx);
void ISA(ms_dropout_f32)(size_t m, size_t n, const struct ms_dropout *dropout, size_t row0, size_t col0, const float *x,
                         size_t ldx, float *y, size_t ldy);
void ISA(ms_softmax_cross_entropy_forward_f32)(size_t m, size_t n, const float *logits, size_t ldl,
                                               const uint8_t *labels, float *probs, size_t ldp, float *loss);
void ISA(ms_softmax_cross_entropy_backward_f32)(size_t m, size_t n, const float *probs, size_t ldp,
                                                const uint8_t *labels, float scale, float *dlogits, size_t ldd);
void ISA(ms_exp_f32)(size_t n, const float *x, float *y);
void ISA(ms_log_f32)(size_t n, const float *x, float *y);
void ISA(ms_adam_f32)(size_t rows, size_t cols, const struct ms_adam *adam, const float *g, size_t ldg, float *w,
                      float *m, float *v, size_t ld);
void ISA(ms_maxnorm_f32)(size_t m, size_t n, float max_norm, float *w, size_t ldw, float *workspace);

#endif
