/* Two models on the same images. */
#ifndef MS_REPORT_PAIRED_H
#define MS_REPORT_PAIRED_H

#include <stddef.h>
#include <stdint.h>

struct ms_paired {
  size_t n;                          /* images */
  size_t both, only_a, only_b, none; /* images that are classified right: by both, by one, by none */
  /* Probability of so unequal counts only_a and only_b, or more unequal ones, if both models were equally good: the
   * exact two-sided test. Source: McNemar, Psychometrika 12 (1947). */
  double p;
  /* Accuracy of b less that of a, and the bounds of a 95 % confidence interval: the adjusted Wald interval for matched
   * pairs. Source: Agresti & Min, Statistics in Medicine 24 (2005). */
  double difference, low, high;
};

/* a, b: predicted classes (n); labels: (n). n at least 1. */
struct ms_paired ms_paired(size_t n, const uint8_t *labels, const uint8_t *a, const uint8_t *b);

#endif
