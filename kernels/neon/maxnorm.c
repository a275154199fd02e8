/* MaxNorm on the columns of a weight matrix, NEON. */
#include <assert.h>

#include "neon.h"
#include "vec.h"

void ms_maxnorm_f32_neon(size_t m, size_t n, float max_norm, float *w, size_t ldw, float *workspace) {
  assert(ldw >= n);
  float *factor = workspace; /* (n): first the sum of squares, then the factor */
  for (size_t j = 0; j < n; ++j)
    factor[j] = 0.0f;
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; j += LANES) {
      const size_t width = min_size(n - j, LANES);
      const float32x4_t v = load_first(w + i * ldw + j, width);
      store_first(factor + j, width, fma_lanes(v, v, load_first(factor + j, width)));
    }

  const float32x4_t limit = vdupq_n_f32(max_norm);
  for (size_t j = 0; j < n; j += LANES) {
    const size_t width = min_size(n - j, LANES);
    const float32x4_t norm = vsqrtq_f32(load_first(factor + j, width));
    const float32x4_t shrink = vdivq_f32(limit, norm);
    store_first(factor + j, width, blend(greater(norm, limit), shrink, vdupq_n_f32(1.0f)));
  }
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; j += LANES) {
      const size_t width = min_size(n - j, LANES);
      const float32x4_t scaled = vmulq_f32(load_first(w + i * ldw + j, width), load_first(factor + j, width));
      store_first(w + i * ldw + j, width, scaled);
    }
}
