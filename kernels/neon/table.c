/* The NEON kernel table. */
#include "neon.h"

const struct ms_kernels ms_kernels_neon = {
    .gemm = ms_gemm_f32_8x12_neon,
    .gemm_skip = ms_gemm_skip_f32_neon,
    .compress = ms_compress_f32_neon,
    .compress_transposed = ms_compress_transposed_f32_neon,
    .scale_add = ms_scale_add_f32_neon,
    .bytes_to_unit = ms_bytes_to_unit_f32_neon,
    .bias_forward = ms_bias_forward_f32_neon,
    .bias_backward = ms_bias_backward_f32_neon,
    .relu_forward = ms_relu_forward_f32_neon,
    .relu_backward = ms_relu_backward_f32_neon,
    .dropout = ms_dropout_f32_neon,
    .softmax_cross_entropy_forward = ms_softmax_cross_entropy_forward_f32_neon,
    .softmax_cross_entropy_backward = ms_softmax_cross_entropy_backward_f32_neon,
    .exp = ms_exp_f32_neon,
    .log = ms_log_f32_neon,
    .adam = ms_adam_f32_neon,
    .maxnorm = ms_maxnorm_f32_neon,
    .gemm_workspace_floats = MS_GEMM_NEON_WORKSPACE_FLOATS,
    .gemm_skip_columns = MS_GEMM_SKIP_NEON_COLUMNS,
    .gemm_skip_density = 0.5,
};
