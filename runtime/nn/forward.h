/* The forward pass, for training and evaluation, and the memory that it fills. */
#ifndef MS_NN_FORWARD_H
#define MS_NN_FORWARD_H

#include "kernels/kernels.h"
#include "runtime/nn/network.h"

/* One batch on its way through a network: everything has `capacity` rows, of which a pass uses the first n. */
struct ms_pass {
  size_t capacity, n_layers;
  float *x;        /* (n, inputs) */
  uint8_t *labels; /* (n) */
  float **outputs; /* one per layer, (n, n_out): after ReLU and dropout; the last holds the logits */
  float *probs;    /* (n, classes) */
  float *loss;     /* (n) */
};

enum ms_status ms_pass_create(const struct ms_network *network, size_t capacity, struct ms_pass *pass);
void ms_pass_free(struct ms_pass *pass);

/* Runs rows 0 .. n-1 of pass->x through all layers, into outputs, probs and loss. dropout: one per hidden layer, a
 * threshold of 0 meaning none; NULL for evaluation. */
void ms_forward(const struct ms_network *network, const struct ms_dropout *dropout, size_t n, struct ms_pass *pass);

/* The class of the largest of n_classes logits, the first of equals. */
size_t ms_argmax(const float *logits, size_t n_classes);

#endif
