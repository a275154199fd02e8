/* A kernel alone: 1000 steps of Adam on the squared distance of w from a point. ms_kernels() gives the table of this
 * CPU's kernels, <mnist_simd_kernels.h> says what each computes. */
#include <math.h>
#include <mnist_simd.h>
#include <mnist_simd_kernels.h>
#include <stdio.h>

enum { N = 5, STEPS = 1000 };

int main(void) {
  const float point[N] = {-2, -1, 0, 1, 2};
  float w[N] = {0}, m[N] = {0}, v[N] = {0}, gradient[N];
  if (ms_init(NULL, 1) != MS_OK) {
    fprintf(stderr, "%s\n", ms_error_message());
    return 1;
  }
  for (int t = 1; t <= STEPS; ++t) {
    const double rate = 0.01 * sqrt(1 - pow(0.999, t)) / (1 - pow(0.9, t));
    const struct ms_adam adam = {.beta1 = 0.9f,
                                 .one_minus_beta1 = 0.1f,
                                 .beta2 = 0.999f,
                                 .one_minus_beta2 = 0.001f,
                                 .epsilon = 1e-7f,
                                 .step_size = (float)rate};
    for (int i = 0; i < N; ++i)
      gradient[i] = 2 * (w[i] - point[i]);
    ms_kernels()->adam(1, N, &adam, gradient, N, w, m, v, N);
  }
  for (int i = 0; i < N; ++i)
    printf("%.3f%c", (double)w[i], i + 1 < N ? ' ' : '\n');
  ms_shutdown();
  return 0;
}
