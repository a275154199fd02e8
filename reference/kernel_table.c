/* The reference's kernel table: every slot is filled. */
#include "reference/reference.h"

const struct ms_kernels ms_kernels_reference = {
    .gemm = ms_gemm_f32_reference,
    .gemm_skip = ms_gemm_skip_f32_reference,
    .compress = ms_compress_f32_reference,
    .compress_transposed = ms_compress_transposed_f32_reference,
    .scale_add = ms_scale_add_f32_reference,
    .bytes_to_unit = ms_bytes_to_unit_f32_reference,
    .bias_forward = ms_bias_forward_f32_reference,
    .bias_backward = ms_bias_backward_f32_reference,
    .relu_forward = ms_relu_forward_f32_reference,
    .relu_backward = ms_relu_backward_f32_reference,
    .dropout = ms_dropout_f32_reference,
    .softmax_cross_entropy_forward = ms_softmax_cross_entropy_forward_f32_reference,
    .softmax_cross_entropy_backward = ms_softmax_cross_entropy_backward_f32_reference,
    .exp = ms_exp_f32_reference,
    .log = ms_log_f32_reference,
    .adam = ms_adam_f32_reference,
    .maxnorm = ms_maxnorm_f32_reference,
    .gemm_workspace_floats = 0,
    .gemm_skip_columns = MS_TILE,
    .gemm_skip_min_columns = 0,
    .gemm_skip_density = 1.0, /* the work shrinks with the density, and nothing is lost */
};
