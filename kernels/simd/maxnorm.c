/* MaxNorm on the columns of a weight matrix. */
#include <assert.h>

#include "simd.h"

void ISA(ms_maxnorm_f32)(size_t m, size_t n, float max_norm, float *w, size_t ldw, float *workspace) {
  assert(ldw >= n);
  float *factor = workspace; /* (n): first the sum of squares, then the factor */
  for (size_t j = 0; j < n; ++j)
    factor[j] = 0.0f;
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; j += LANES) {
      const size_t width = min_size(n - j, LANES);
      const vec v = v_load_first(w + i * ldw + j, width);
      v_store_first(factor + j, width, v_fma(v, v, v_load_first(factor + j, width)));
    }

  const vec limit = v_set1(max_norm);
  for (size_t j = 0; j < n; j += LANES) {
    const size_t width = min_size(n - j, LANES);
    const vec norm = v_sqrt(v_load_first(factor + j, width));
    const vec shrink = v_div(limit, norm);
    v_store_first(factor + j, width, v_blend(v_greater(norm, limit), shrink, v_set1(1.0f)));
  }
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; j += LANES) {
      const size_t width = min_size(n - j, LANES);
      const vec scaled = v_mul(v_load_first(w + i * ldw + j, width), v_load_first(factor + j, width));
      v_store_first(w + i * ldw + j, width, scaled);
    }
}
