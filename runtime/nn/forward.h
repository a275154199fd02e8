/* The forward pass, for training and evaluation, and the memory that it fills. */
#ifndef MS_NN_FORWARD_H
#define MS_NN_FORWARD_H

#include "runtime/nn/activations.h"
#include "runtime/nn/network.h"

/* A layer as products take it. */
struct ms_layer_weights {
  size_t n_in, n_out;
  struct ms_tiled weight; /* (n_in, n_out) */
  const float *bias;      /* (n_out) */
};

/* One batch on its way through a network: everything has `capacity` rows, of which a pass uses the first n. */
struct ms_pass {
  size_t capacity, n_layers;
  struct ms_layer_weights *layers; /* (n_layers) */
  struct ms_activations *inputs;   /* (n_layers): of each layer; images, then hidden outputs after ReLU and dropout */
  uint8_t *labels;                 /* (n) */
  float *logits;                   /* (n, classes) */
  float *probs;                    /* (n, classes) */
  float *loss;                     /* (n) */
};

/* A pass through network, whose memory pass->layers refers to. for_training: with what the weights' gradients need. */
enum ms_status ms_pass_create(const struct ms_network *network, size_t capacity, bool for_training,
                              struct ms_pass *pass);
void ms_pass_free(struct ms_pass *pass);

static inline size_t ms_pass_classes(const struct ms_pass *pass) {
  return pass->layers[pass->n_layers - 1].n_out;
}

/* Images order[0 .. n-1] of data, or first .. first+n-1 where order is NULL, to inputs[0] and labels, through dropout
 * unless that is NULL. inputs[0].dense is filled only where a dense product is to read it. */
void ms_pass_load(struct ms_pass *pass, const struct ms_dataset *data, const uint32_t *order, size_t first, size_t n,
                  const struct ms_dropout *dropout);

/* The hidden layers: inputs[0] to all others. dropout: one per hidden layer, a threshold of 0 meaning none; NULL for
 * evaluation. */
void ms_forward_hidden(struct ms_pass *pass, const struct ms_dropout *dropout, size_t n);

/* The output layer for some of n rows, on thread `index`: logits, probs and loss. */
void ms_forward_output(struct ms_pass *pass, struct ms_range rows, size_t n, size_t index);

/* Both, for evaluation. */
void ms_forward(struct ms_pass *pass, size_t n);

/* The class of the largest of n_classes logits, the first of equals. */
size_t ms_argmax(const float *logits, size_t n_classes);

#endif
