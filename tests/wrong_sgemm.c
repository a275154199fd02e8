/* A program without handlers of its own: its wrong call meets those of libmnist_simd_cblas. For test_blas.sh.
 * Usage: wrong_sgemm row|column|fortran|null|none; none is a legal call. */
#include <stdio.h>
#include <string.h>

#include "cblas/mnist_simd_cblas.h"

int main(int argc, char **argv) {
  const char *call = argc > 1 ? argv[1] : "none";
  const float one = 1;
  const int two = 2, ldb = 1;
  float x[4] = {1, 0, 0, 1};
  if (strcmp(call, "row") == 0)
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, 2, 2, 2, 1, x, 2, x, ldb, 1, x, 2);
  else if (strcmp(call, "column") == 0)
    cblas_sgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, 2, 2, 2, 1, x, 2, x, ldb, 1, x, 2);
  else if (strcmp(call, "fortran") == 0)
    sgemm_("N", "N", &two, &two, &two, &one, x, &two, x, &ldb, &one, x, &two);
  else if (strcmp(call, "null") == 0)
    cblas_sgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, 2, 2, 2, 1, NULL, 2, x, 2, 0, (float[4]){0}, 2);
  else
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, 2, 2, 2, 1, x, 2, x, 2, 0, (float[4]){0}, 2);
  puts("returned");
  return 0;
}
