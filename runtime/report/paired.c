/* Two models on the same images. */
#include "runtime/report/paired.h"

#include <math.h>

/* Twice the probability of at most k heads in n tosses of a coin, at most 1; k <= n / 2. Terms by their logarithms:
 * they are too small for a double where n is large. */
static double two_sided(size_t k, size_t n) {
  const double log_2 = 0x1.62e42fefa39efp-1;
  double sum = 0, log_choose = 0;
  for (size_t i = 0; i <= k; ++i) {
    if (i > 0)
      log_choose += log((double)(n - i + 1) / (double)i);
    sum += exp(log_choose - (double)n * log_2);
  }
  return sum < 0.5 ? 2 * sum : 1;
}

struct ms_paired ms_paired(size_t n, const uint8_t *labels, const uint8_t *a, const uint8_t *b) {
  struct ms_paired t = {.n = n};
  for (size_t i = 0; i < n; ++i) {
    const int right_a = a[i] == labels[i], right_b = b[i] == labels[i];
    t.both += (size_t)(right_a && right_b);
    t.only_a += (size_t)(right_a && !right_b);
    t.only_b += (size_t)(!right_a && right_b);
    t.none += (size_t)(!right_a && !right_b);
  }
  t.p = two_sided(t.only_a < t.only_b ? t.only_a : t.only_b, t.only_a + t.only_b);
  t.difference = ((double)t.only_b - (double)t.only_a) / (double)n;
  /* Half an image is added to each of the four counts. */
  const double z = 1.959963984540054, size = (double)n + 2, gain = (double)t.only_b + 0.5,
               loss = (double)t.only_a + 0.5;
  const double middle = (gain - loss) / size;
  const double half = z * sqrt((gain + loss) / size - middle * middle) / sqrt(size);
  t.low = middle - half > -1 ? middle - half : -1;
  t.high = middle + half < 1 ? middle + half : 1;
  return t;
}
