/* Whether this build computes by the numerics contract, which a flag of the compiler may have broken unseen. */
#ifndef MS_PLATFORM_CHECK_BUILD_H
#define MS_PLATFORM_CHECK_BUILD_H

#include "kernels/kernels.h"
#include "runtime/mnist_simd.h"

/* The arithmetic of this library's own files, then every slot of the table on a few hundred values against the bits
 * that the contract gives: some 20 microseconds, 110 with the scalar table. workspace: as the table's gemm takes it;
 * isa: the table's name, for the message. MS_ERROR_BUILD names the property, or the kernel, that is broken. */
enum ms_status ms_check_build(const struct ms_kernels *kernels, const char *isa, float *workspace);

/* The name of the first slot that gives other bits; NULL if none does. */
const char *ms_kernel_check(const struct ms_kernels *kernels, float *workspace);

#endif
