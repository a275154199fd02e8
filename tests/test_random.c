/* Random numbers: Philox's published values, the order of the images, the initial weights. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/philox.h"
#include "runtime/nn/random.h"
#include "tests/harness.h"

/* Known answers of the authors' library (Random123, kat_vectors, philox4x32 10). */
static void known_answers(void) {
  static const struct {
    uint32_t counter[4], key[2], block[4];
  } known[] = {
      {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
       {0xffffffff, 0xffffffff},
       {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       {0xa4093822, 0x299f31d0},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (size_t i = 0; i < 3; ++i) {
    uint32_t block[4];
    ms_philox4x32(known[i].counter, known[i].key, block);
    CHECK_MESSAGE(memcmp(block, known[i].block, sizeof block) == 0, "vector %zu: %08x %08x %08x %08x", i, block[0],
                  block[1], block[2], block[3]);
  }
}

static void permutation(void) {
  static const size_t sizes[] = {0, 1, 2, 3, 100, 60000};
  for (size_t s = 0; s < 6; ++s) {
    const size_t n = sizes[s];
    uint32_t *order = malloc((n + 1) * sizeof *order), *again = malloc((n + 1) * sizeof *again);
    bool *seen = calloc(n + 1, sizeof *seen);
    CHECK(order && again && seen);
    ms_random_order(MS_STREAM_SHUFFLE, 42, 1, n, order);
    for (size_t i = 0; i < n; ++i) {
      CHECK(order[i] < n && !seen[order[i]]);
      seen[order[i]] = true;
    }
    ms_random_order(MS_STREAM_SHUFFLE, 42, 1, n, again);
    CHECK(memcmp(order, again, n * sizeof *order) == 0);
    if (n >= 100) {
      ms_random_order(MS_STREAM_SHUFFLE, 42, 2, n, again);
      CHECK(memcmp(order, again, n * sizeof *order) != 0);
      ms_random_order(MS_STREAM_SHUFFLE, (UINT64_C(1) << 32) + 42, 1, n, again);
      CHECK(memcmp(order, again, n * sizeof *order) != 0);
    }
    free(order);
    free(again);
    free(seen);
  }
}

/* Each of the 24 permutations of four, 24,000 epochs: chi-square with 23 degrees of freedom; 60 has a probability of
 * 4e-5, and the numbers are the same in each run. */
static void permutations_are_uniform(void) {
  size_t counts[256] = {0};
  for (size_t epoch = 1; epoch <= 24000; ++epoch) {
    uint32_t order[4];
    ms_random_order(MS_STREAM_SHUFFLE, 7, epoch, 4, order);
    ++counts[order[0] << 6 | order[1] << 4 | order[2] << 2 | order[3]];
  }
  double chi_square = 0;
  size_t n_seen = 0;
  for (size_t i = 0; i < 256; ++i)
    if (counts[i] > 0) {
      chi_square += ((double)counts[i] - 1000) * ((double)counts[i] - 1000) / 1000;
      ++n_seen;
    }
  CHECK_MESSAGE(n_seen == 24 && chi_square < 60, "%zu permutations, chi-square %g", n_seen, chi_square);
}

static void weights(void) {
  enum { N_IN = 300, N_OUT = 101, N = N_IN * N_OUT };
  static float w[N], other[N];
  const float limit = (float)sqrt(6.0 / (N_IN + N_OUT));
  double sum = 0, square = 0;
  ms_random_weights(42, 1, N_IN, N_OUT, w);
  for (size_t i = 0; i < N; ++i) {
    CHECK(w[i] >= -limit && w[i] < limit);
    sum += (double)w[i];
    square += (double)w[i] * (double)w[i];
  }
  /* Uniform: mean 0, variance limit^2 / 3. Five standard errors of N draws. */
  const double deviation = (double)limit / sqrt(3), mean = sum / N, variance = square / N;
  CHECK_MESSAGE(fabs(mean) < 5 * deviation / sqrt(N), "mean %g", mean);
  CHECK_MESSAGE(fabs(variance / (deviation * deviation) - 1) < 5 * sqrt(0.8 / N), "variance %g", variance);

  /* Element 6 by the formula: word 2 of block 1 of layer 1. */
  const uint32_t counter[4] = {1, 0, 0, 1}, key[2] = {42, 0};
  uint32_t block[4];
  ms_philox4x32(counter, key, block);
  CHECK(w[6] == (float)((double)(block[2] >> 8) / (1 << 23) - 1) * limit);

  ms_random_weights(42, 2, N_IN, N_OUT, other);
  CHECK(memcmp(w, other, sizeof w) != 0);
  ms_random_weights(43, 1, N_IN, N_OUT, other);
  CHECK(memcmp(w, other, sizeof w) != 0);
}

static const struct test_case cases[] = {
    {"known_answers", known_answers},
    {"permutation", permutation},
    {"permutations_are_uniform", permutations_are_uniform},
    {"weights", weights},
};

TEST_MAIN(cases)
