/* What sub-commands print of an evaluation. */
#ifndef MS_CLI_PRINT_H
#define MS_CLI_PRINT_H

#include "runtime/mnist_simd.h"

/* Accuracy and errors, the table of precision, recall and F1 per class, the confusion matrix. */
void print_evaluation(const struct ms_evaluation *evaluation);

/* "784 -> 1024 -> 512 -> 10, 1333770 parameters" */
void print_network(const struct ms_network *network);

/* "1 epoch", "2 epochs": what follows the noun after a number. */
const char *plural_s(size_t n);

/* A loss in a few characters, whatever its size. */
void format_loss(char text[16], double loss);

#endif
