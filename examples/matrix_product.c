/* A matrix product: C = A B, by the best kernels of this CPU, with the same bits on every other one. */
#include <mnist_simd.h>
#include <stdio.h>

int main(void) {
  const float a[2 * 3] = {1, 2, 3, 4, 5, 6};    /* (2, 3) */
  const float b[3 * 2] = {7, 8, 9, 10, 11, 12}; /* (3, 2) */
  float c[2 * 2];
  if (ms_init(NULL, 0) != MS_OK || ms_sgemm(MS_NO_TRANS, MS_NO_TRANS, 2, 2, 3, 1.0f, a, 3, b, 2, 0.0f, c, 2) != MS_OK) {
    fprintf(stderr, "%s\n", ms_error_message());
    return 1;
  }
  for (int i = 0; i < 2; ++i)
    printf("%g %g\n", (double)c[2 * i], (double)c[2 * i + 1]);
  ms_shutdown();
  return 0;
}
