/* The kernel table of an instruction set. */
#include "simd.h"
#include "workspace.h"

const struct ms_kernels ISA(ms_kernels) = {
    .gemm = ISA(ms_gemm_f32),
    .gemm_skip = ISA(ms_gemm_skip_f32),
    .compress = ISA(ms_compress_f32),
    .compress_transposed = ISA(ms_compress_transposed_f32),
    .scale_add = ISA(ms_scale_add_f32),
    .bytes_to_unit = ISA(ms_bytes_to_unit_f32),
    .bias_forward = ISA(ms_bias_forward_f32),
    .bias_backward = ISA(ms_bias_backward_f32),
    .relu_forward = ISA(ms_relu_forward_f32),
    .relu_backward = ISA(ms_relu_backward_f32),
    .dropout = ISA(ms_dropout_f32),
    .softmax_cross_entropy_forward = ISA(ms_softmax_cross_entropy_forward_f32),
    .softmax_cross_entropy_backward = ISA(ms_softmax_cross_entropy_backward_f32),
    .exp = ISA(ms_exp_f32),
    .log = ISA(ms_log_f32),
    .adam = ISA(ms_adam_f32),
    .maxnorm = ISA(ms_maxnorm_f32),
    .gemm_workspace_floats = GEMM_WORKSPACE_FLOATS,
    .gemm_skip_columns = SKIP_COLUMNS,
    .gemm_skip_density = SKIP_DENSITY,
    .gemm_skip_min_columns = 32, /* fewer leave too few accumulators to hide the latency of the additions */
};
