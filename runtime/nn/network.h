/* Networks of dense layers: memory, initial weights, digest. Training keeps weights and moments in panels
 * (trainer.h). */
#ifndef MS_NN_NETWORK_H
#define MS_NN_NETWORK_H

#include "runtime/mnist_simd.h"

struct ms_dense {
  size_t n_in, n_out;
  float *weight; /* (n_in, n_out), row-major */
  float *bias;   /* (n_out) */
};

struct ms_network {
  size_t n_layers;
  struct ms_dense *layers; /* (n_layers); the last gives logits, the others end in a ReLU */
  float *memory;           /* all parameters in layer order, weights then bias, each aligned to MS_ALIGNMENT */
  size_t memory_floats;
  bool is_rewritten;                     /* its file is no longer as this program wrote it, its weights are */
  char data_sha256[65], test_sha256[65]; /* of the training and test images of its run; "": not known */
};

/* units: the widths from the input to the output, n_layers + 1 of them. All parameters are 0. */
enum ms_status ms_network_create(size_t n_layers, const size_t *units, struct ms_network **network);

/* One of the same shape, all 0. */
enum ms_status ms_network_like(const struct ms_network *shape, struct ms_network **network);

/* to = from, of the same shape. */
void ms_network_copy(struct ms_network *to, const struct ms_network *from);

/* Glorot-uniform weights, biases 0. */
void ms_network_initialise(struct ms_network *network, uint64_t seed);

/* False if a parameter is infinite or NaN. */
bool ms_network_is_finite(const struct ms_network *network);

#endif
