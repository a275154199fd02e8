/* MaxNorm on the columns of a weight matrix. */
#include <assert.h>

#include "simd.h"

static inline void add_squares(const float *w, float *sum, size_t width) {
  const vec v = v_load_first(w, width);
  v_store_first(sum, width, v_fma(v, v, v_load_first(sum, width)));
}

static inline void scale(float *w, const float *factor, size_t width) {
  v_store_first(w, width, v_mul(v_load_first(w, width), v_load_first(factor, width)));
}

void ISA(ms_maxnorm_f32)(size_t m, size_t n, float max_norm, float *w, size_t ldw, float *workspace) {
  assert(ldw >= n);
  float *factor = workspace; /* (n): first the sum of squares, then the factor */
  for (size_t j = 0; j < n; ++j)
    factor[j] = 0.0f;
  for (size_t i = 0; i < m; ++i) {
    size_t j = 0;
    for (; n - j >= LANES; j += LANES)
      add_squares(w + i * ldw + j, factor + j, LANES);
    if (j < n)
      add_squares(w + i * ldw + j, factor + j, n - j);
  }

  const vec limit = v_set1(max_norm);
  for (size_t j = 0; j < n; j += LANES) {
    const size_t width = min_size(n - j, LANES);
    const vec norm = v_sqrt(v_load_first(factor + j, width));
    const vec shrink = v_div(limit, norm);
    v_store_first(factor + j, width, v_blend(v_greater(norm, limit), shrink, v_set1(1.0f)));
  }
  for (size_t i = 0; i < m; ++i) {
    size_t j = 0;
    for (; n - j >= LANES; j += LANES)
      scale(w + i * ldw + j, factor + j, LANES);
    if (j < n)
      scale(w + i * ldw + j, factor + j, n - j);
  }
}
