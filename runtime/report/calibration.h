/* How far the probability that a network gives to its prediction is to be believed. */
#ifndef MS_REPORT_CALIBRATION_H
#define MS_REPORT_CALIBRATION_H

#include "runtime/mnist_simd.h"

enum { MS_CALIBRATION_BINS = 15 };

/* Bin b holds the predictions of confidence above b / 15, up to (b + 1) / 15. */
struct ms_calibration {
  size_t n[MS_CALIBRATION_BINS];
  double confidence[MS_CALIBRATION_BINS], accuracy[MS_CALIBRATION_BINS]; /* means; 0 in an empty bin */
  double error; /* expected calibration error: mean of |accuracy - confidence| over the images (Guo et al. 2017) */
};
void ms_calibration_make(const struct ms_evaluation *evaluation, const uint8_t *labels,
                         struct ms_calibration *calibration);

/* The share of images whose class is one of the two with the largest probabilities; of equal ones, the first class. */
enum ms_status ms_top2_accuracy(const struct ms_network *network, const struct ms_dataset *images, double *accuracy);

#endif
