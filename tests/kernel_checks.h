/* What the files of test_kernels share, and their cases. */
#ifndef MS_TESTS_KERNEL_CHECKS_H
#define MS_TESTS_KERNEL_CHECKS_H

#include "kernels/kernels.h"
#include "tests/harness.h"
#include "tests/matrix.h"

enum { ROUNDS = 150 };

#define ROUND_VALUES(round) ((round) % 2 == 0 ? ORDINARY : EXTREME)

/* Runs check(kernels) for each ISA but the reference, or skips the case if this machine runs none. */
void kernels_on_each_isa(void (*check)(const struct ms_kernels *kernels));

/* Sizes around the tiles of 4 to 48 and the dropout groups of 16 and 128, then random ones. */
size_t kernels_random_size(size_t max);

/* A matrix whose rows are ld floats apart. */
struct matrix kernels_with_ld(size_t rows, size_t cols, size_t ld, enum values values);

void kernels_gemm(void);
void kernels_gemm_skip(void);
void kernels_compress(void);
void kernels_scale_add(void);
void kernels_bytes_to_unit(void);
void kernels_bias(void);
void kernels_relu(void);
void kernels_dropout(void);
void kernels_softmax_cross_entropy(void);
void kernels_exp_log(void);
void kernels_adam(void);
void kernels_maxnorm(void);

#endif
