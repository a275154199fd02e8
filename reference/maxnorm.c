/* MaxNorm on the columns of a weight matrix, scalar. */
#include <assert.h>
#include <math.h>

#include "reference/fma.h"
#include "reference/reference.h"

void ms_maxnorm_f32_reference(size_t m, size_t n, float max_norm, float *w, size_t ldw, float *workspace) {
  assert(ldw >= n);
  float *factor = workspace; /* (n): first the sum of squares, then the factor */
  for (size_t j = 0; j < n; ++j)
    factor[j] = 0.0f;
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; ++j)
      factor[j] = ms_fma(w[i * ldw + j], w[i * ldw + j], factor[j]);
  for (size_t j = 0; j < n; ++j) {
    const float norm = sqrtf(factor[j]);
    factor[j] = norm > max_norm ? max_norm / norm : 1.0f;
  }
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; ++j)
      w[i * ldw + j] = w[i * ldw + j] * factor[j];
}
