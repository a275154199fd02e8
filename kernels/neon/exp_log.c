/* exp and log over arrays, NEON. */
#include "exp_log.h"
#include "neon.h"

void ms_exp_f32_neon(size_t n, const float *x, float *y) {
  for (size_t i = 0; i < n; i += LANES) {
    const size_t width = min_size(n - i, LANES);
    store_first(y + i, width, exp_lanes(load_first(x + i, width)));
  }
}

void ms_log_f32_neon(size_t n, const float *x, float *y) {
  for (size_t i = 0; i < n; i += LANES) {
    const size_t width = min_size(n - i, LANES);
    store_first(y + i, width, log_lanes(load_first(x + i, width)));
  }
}
