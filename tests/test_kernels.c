/* Every kernel of every ISA that this machine runs against the reference, bit for bit: sizes around the tile
 * boundaries, leading dimensions above the width, misaligned pointers, extreme values, guard pages right behind every
 * operand. */
#include "tests/kernel_checks.h"

static const struct test_case cases[] = {
    {"gemm", kernels_gemm},
    {"gemm_skip", kernels_gemm_skip},
    {"compress", kernels_compress},
    {"scale_add", kernels_scale_add},
    {"bytes_to_unit", kernels_bytes_to_unit},
    {"bias", kernels_bias},
    {"relu", kernels_relu},
    {"dropout", kernels_dropout},
    {"softmax_cross_entropy", kernels_softmax_cross_entropy},
    {"exp_log", kernels_exp_log},
    {"adam", kernels_adam},
    {"maxnorm", kernels_maxnorm},
};

TEST_MAIN(cases)
