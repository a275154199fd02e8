/* Bytes to floats in [0, 1]. */
#include "simd.h"

void ISA(ms_bytes_to_unit_f32)(size_t n, const uint8_t *x, float *y) {
  const vec full = v_set1(255.0f);
  for (size_t i = 0; i < n; i += LANES) {
    const size_t width = min_size(n - i, LANES);
    v_store_first(y + i, width, v_div(v_to_floats(v_load_bytes(x + i, width)), full));
  }
}
