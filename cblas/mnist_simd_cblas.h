/* The product of mnist_simd under the names of BLAS: cblas_sgemm for C and sgemm_ for Fortran, in libmnist_simd_cblas.
 * A program written for another BLAS takes this library in its place, or before it for the other routines. Take this
 * header instead of another <cblas.h>, not beside it.
 *
 * Arguments and quick returns are those of the reference BLAS: with beta 0, C is not read; with alpha 0 or K 0, neither
 * A nor B is. Results are those of ms_sgemm (mnist_simd.h): for finite A and B the same bits on every CPU and number of
 * threads. A NaN in A or B, or an infinity times 0, makes NaN every element of C that it enters; which NaN is not
 * promised.
 *
 * The first call starts mnist_simd, unless the program has: with the kernels that MNIST_SIMD_ISA names (default: the
 * best of this CPU) on MNIST_SIMD_THREADS threads (default: all cores). Several threads may call, and take turns. A
 * variable that is wrong, NULL for a matrix that is read or written, or a lack of memory ends the program with a
 * message and exit status 255; of other wrong arguments, see cblas_xerbla. */
#ifndef MS_MNIST_SIMD_CBLAS_H
#define MS_MNIST_SIMD_CBLAS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum CBLAS_LAYOUT { CblasRowMajor = 101, CblasColMajor = 102 } CBLAS_LAYOUT;
typedef enum CBLAS_TRANSPOSE { CblasNoTrans = 111, CblasTrans = 112, CblasConjTrans = 113 } CBLAS_TRANSPOSE;
typedef CBLAS_LAYOUT CBLAS_ORDER; /* its older name */

/* C = alpha op(A) op(B) + beta C; op(A) is (m, k), op(B) (k, n), C (m, n). A leading dimension is the distance in
 * elements between rows, or between columns in CblasColMajor. ConjTrans is Trans: the elements are real. */
void cblas_sgemm(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE trans_a, CBLAS_TRANSPOSE trans_b, int m, int n, int k,
                 float alpha, const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc);

/* The same for Fortran, column-major: trans 'N', 'T' or 'C', of either case. */
void sgemm_(const char *trans_a, const char *trans_b, const int *m, const int *n, const int *k, const float *alpha,
            const float *a, const int *lda, const float *b, const int *ldb, const float *beta, float *c,
            const int *ldc);

/* Called with the position, from 1, of the first wrong argument; C is untouched. Both print a line to stderr and end
 * the program with exit status 255 (the reference's xerbla_ with 0, which a script takes for success). A program's own
 * take their place; when they return, so does the routine.
 * As in the reference, cblas_xerbla gets the positions of the column-major product: in CblasRowMajor those of M and N
 * and those of lda and ldb are exchanged. `format` names the argument as it was passed. */
void cblas_xerbla(int position, const char *routine, const char *format, ...);
void xerbla_(const char *routine, const int *position, size_t routine_length);

#ifdef __cplusplus
}
#endif

#endif
