/* Random numbers of training: what is drawn from which Philox counters (kernels/philox.h). Dropout draws in its
 * kernel. */
#ifndef MS_NN_RANDOM_H
#define MS_NN_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* The high half of counter word 3. */
enum ms_stream {
  MS_STREAM_WEIGHTS = 0,
  MS_STREAM_SHUFFLE = 1,
  MS_STREAM_DROPOUT = 2,
  MS_STREAM_INPUT_DROPOUT = 3,
  MS_STREAM_VALIDATION = 4
};

/* Counter word 3 of a stream and a layer. */
uint32_t ms_stream_layer(enum ms_stream stream, size_t layer);

void ms_seed_key(uint64_t seed, uint32_t key[2]);

/* Glorot-uniform weights (n_in, n_out): limit = (float)sqrt(6 / (n_in + n_out)), and element e is
 * (2 u - 1) * limit with u = (word e % 4 of block e / 4, shifted right by 8) / 2^24.
 * Source: Glorot & Bengio, AISTATS 2010, formula 16. */
void ms_random_weights(uint64_t seed, size_t layer, size_t n_in, size_t n_out, float *weight);

/* order = a permutation of 0 .. n-1 that depends on stream, seed and epoch alone: Fisher-Yates from the back (Knuth,
 * TAOCP 2, 3.4.2, algorithm P) with unbiased bounded integers (Lemire, ACM TOMACS 29(1), 2019, algorithm 5).
 * n < 2^32. */
void ms_random_order(enum ms_stream stream, uint64_t seed, size_t epoch, size_t n, uint32_t *order);

#endif
