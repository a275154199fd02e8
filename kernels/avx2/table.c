/* The AVX2 + FMA kernel table. */
#include "avx2.h"

const struct ms_kernels ms_kernels_avx2 = {
    .gemm = ms_gemm_f32_6x16_avx2,
    .gemm_skip = ms_gemm_skip_f32_avx2,
    .compress = ms_compress_f32_avx2,
    .compress_transposed = ms_compress_transposed_f32_avx2,
    .scale_add = ms_scale_add_f32_avx2,
    .bytes_to_unit = ms_bytes_to_unit_f32_avx2,
    .bias_forward = ms_bias_forward_f32_avx2,
    .bias_backward = ms_bias_backward_f32_avx2,
    .relu_forward = ms_relu_forward_f32_avx2,
    .relu_backward = ms_relu_backward_f32_avx2,
    .dropout = ms_dropout_f32_avx2,
    .softmax_cross_entropy_forward = ms_softmax_cross_entropy_forward_f32_avx2,
    .softmax_cross_entropy_backward = ms_softmax_cross_entropy_backward_f32_avx2,
    .exp = ms_exp_f32_avx2,
    .log = ms_log_f32_avx2,
    .adam = ms_adam_f32_avx2,
    .maxnorm = ms_maxnorm_f32_avx2,
    .gemm_workspace_floats = MS_GEMM_AVX2_WORKSPACE_FLOATS,
    .gemm_skip_columns = MS_GEMM_SKIP_AVX2_COLUMNS,
    .gemm_skip_density = 0.8,
};
