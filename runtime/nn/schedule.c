/* Learning-rate schedules. Not by libm: its cosine differs between machines. */
#include "runtime/nn/schedule.h"

#include <assert.h>

/* cos(x), 0 <= x <= pi / 2, by its Taylor series: 1 - x^2/(1*2) (1 - x^2/(3*4) (1 - ...)), from the inside. The first
 * term left out is x^24 / 24! < 1e-19. */
static double cosine(double x) {
  const double square = x * x;
  double sum = 1;
  for (int k = 22; k >= 2; k -= 2)
    sum = 1 - square / (double)((k - 1) * k) * sum;
  return sum;
}

double ms_learning_rate(const struct ms_config *config, size_t step, size_t n_steps) {
  assert(step < n_steps);
  if (config->schedule == MS_SCHEDULE_CONSTANT)
    return config->lr;
  /* (1 + cos(pi s)) / 2 = cos(pi s / 2)^2 */
  const double root = cosine(0x1.921fb54442d18p+0 /* pi / 2 */ * ((double)step / (double)n_steps));
  return config->lr * (root * root);
}
