/* exp and log over arrays, scalar. */
#include "reference/exp_log.h"
#include "reference/reference.h"

void ms_exp_f32_reference(size_t n, const float *x, float *y) {
  for (size_t i = 0; i < n; ++i)
    y[i] = ms_exp_scalar(x[i]);
}

void ms_log_f32_reference(size_t n, const float *x, float *y) {
  for (size_t i = 0; i < n; ++i)
    y[i] = ms_log_scalar(x[i]);
}
