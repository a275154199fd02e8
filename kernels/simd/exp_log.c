/* exp and log over arrays. */
#include "exp_log.h"

void ISA(ms_exp_f32)(size_t n, const float *x, float *y) {
  for (size_t i = 0; i < n; i += LANES) {
    const size_t width = min_size(n - i, LANES);
    v_store_first(y + i, width, exp_lanes(v_load_first(x + i, width)));
  }
}

void ISA(ms_log_f32)(size_t n, const float *x, float *y) {
  for (size_t i = 0; i < n; i += LANES) {
    const size_t width = min_size(n - i, LANES);
    v_store_first(y + i, width, log_lanes(v_load_first(x + i, width)));
  }
}
