/* Initial weights and the order of the images. */
#include "runtime/nn/random.h"

#include <math.h>

#include "kernels/philox.h"

uint32_t ms_stream_layer(enum ms_stream stream, size_t layer) {
  return (uint32_t)stream << 16 | (uint32_t)layer;
}

void ms_seed_key(uint64_t seed, uint32_t key[2]) {
  key[0] = (uint32_t)seed;
  key[1] = (uint32_t)(seed >> 32);
}

void ms_random_weights(uint64_t seed, size_t layer, size_t n_in, size_t n_out, float *weight) {
  const float limit = (float)sqrt(6.0 / (double)(n_in + n_out));
  const size_t n = n_in * n_out;
  uint32_t key[2];
  ms_seed_key(seed, key);
  for (uint64_t block = 0; block * 4 < n; ++block) {
    const uint32_t counter[4] = {(uint32_t)block, (uint32_t)(block >> 32), 0,
                                 ms_stream_layer(MS_STREAM_WEIGHTS, layer)};
    uint32_t words[4];
    ms_philox4x32(counter, key, words);
    for (size_t i = 0; i < 4 && block * 4 + i < n; ++i) {
      /* Exact up to the multiplication: 24 bits, scaled by a power of two, minus one. */
      const float symmetric = (float)(words[i] >> 8) * 0x1p-23f - 1.0f;
      weight[(size_t)block * 4 + i] = symmetric * limit;
    }
  }
}

/* One 32-bit word after the other of the blocks of one epoch of a stream. */
struct words {
  uint32_t key[2], block[4];
  uint64_t used;
  uint32_t epoch;
  enum ms_stream stream;
};

static uint32_t next_word(struct words *w) {
  if (w->used % 4 == 0) {
    const uint64_t block = w->used / 4;
    const uint32_t counter[4] = {(uint32_t)block, (uint32_t)(block >> 32), w->epoch, ms_stream_layer(w->stream, 0)};
    ms_philox4x32(counter, w->key, w->block);
  }
  return w->block[w->used++ % 4];
}

/* Uniform in 0 .. range-1, range > 0. */
static uint32_t next_below(struct words *w, uint32_t range) {
  uint64_t product = (uint64_t)next_word(w) * range;
  if ((uint32_t)product < range) {
    const uint32_t rejected = (0u - range) % range; /* 2^32 mod range */
    while ((uint32_t)product < rejected)
      product = (uint64_t)next_word(w) * range;
  }
  return (uint32_t)(product >> 32);
}

void ms_random_order(enum ms_stream stream, uint64_t seed, size_t epoch, size_t n, uint32_t *order) {
  struct words w = {.epoch = (uint32_t)epoch, .stream = stream};
  ms_seed_key(seed, w.key);
  for (size_t i = 0; i < n; ++i)
    order[i] = (uint32_t)i;
  for (size_t i = n; i > 1; --i) {
    const uint32_t j = next_below(&w, (uint32_t)i);
    const uint32_t swapped = order[i - 1];
    order[i - 1] = order[j];
    order[j] = swapped;
  }
}
