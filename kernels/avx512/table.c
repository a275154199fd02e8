/* The AVX-512 kernel table. */
#include "avx512.h"

const struct ms_kernels ms_kernels_avx512 = {
    .gemm = ms_gemm_f32_8x48_avx512,
    .gemm_skip = ms_gemm_skip_f32_avx512,
    .compress = ms_compress_f32_avx512,
    .compress_transposed = ms_compress_transposed_f32_avx512,
    .scale_add = ms_scale_add_f32_avx512,
    .bytes_to_unit = ms_bytes_to_unit_f32_avx512,
    .bias_forward = ms_bias_forward_f32_avx512,
    .bias_backward = ms_bias_backward_f32_avx512,
    .relu_forward = ms_relu_forward_f32_avx512,
    .relu_backward = ms_relu_backward_f32_avx512,
    .dropout = ms_dropout_f32_avx512,
    .softmax_cross_entropy_forward = ms_softmax_cross_entropy_forward_f32_avx512,
    .softmax_cross_entropy_backward = ms_softmax_cross_entropy_backward_f32_avx512,
    .exp = ms_exp_f32_avx512,
    .log = ms_log_f32_avx512,
    .adam = ms_adam_f32_avx512,
    .maxnorm = ms_maxnorm_f32_avx512,
    .gemm_workspace_floats = MS_GEMM_AVX512_WORKSPACE_FLOATS,
    .gemm_skip_columns = MS_GEMM_SKIP_AVX512_COLUMNS,
    .gemm_skip_density = 0.8,
};
