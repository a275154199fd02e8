/* The loops of peaks (peak.h) and bandwidths (bandwidth.h), compiled with the vocabulary of each instruction set. */
#include "bench/isa_loops.h"

#include "kernels/simd/simd.h"

static float sum_lanes(vec v) {
  float lanes[LANES], total = 0;
  v_store(lanes, v);
  for (int lane = 0; lane < LANES; ++lane)
    total += lanes[lane];
  return total;
}

/* Twelve chains cover a latency of 4 to 6 cycles on two or three pipes; in registers, as long as every loop over them
 * is unrolled. */
static float chains(size_t rounds) {
  vec chain[BENCH_CHAINS];
  const vec factor = v_set1(0.999f), term = v_set1(0.001f);
#pragma GCC unroll 12
  for (int i = 0; i < BENCH_CHAINS; ++i)
    chain[i] = v_set1((float)i);
  for (size_t round = 0; round < rounds; ++round) {
#pragma GCC unroll 12
    for (int i = 0; i < BENCH_CHAINS; ++i)
      chain[i] = v_fma(chain[i], factor, term);
  }
  vec sum = v_set1(0.0f);
#pragma GCC unroll 12
  for (int i = 0; i < BENCH_CHAINS; ++i)
    sum = v_add(sum, chain[i]);
  return sum_lanes(sum);
}

enum { ROUND_FLOATS = 64, VECTORS = ROUND_FLOATS / LANES };

static float read_floats(size_t n_floats, const float *x) {
  vec sum[VECTORS];
#pragma GCC unroll 16
  for (int v = 0; v < VECTORS; ++v)
    sum[v] = v_set1(0.0f);
  for (size_t i = 0; i < n_floats; i += ROUND_FLOATS) {
#pragma GCC unroll 16
    for (int v = 0; v < VECTORS; ++v)
      sum[v] = v_add(sum[v], v_load(x + i + LANES * v));
  }
#pragma GCC unroll 16
  for (int v = 1; v < VECTORS; ++v)
    sum[0] = v_add(sum[0], sum[v]);
  return sum_lanes(sum[0]);
}

static void copy_floats(size_t n_floats, const float *x, float *y) {
  const vec one = v_set1(1.0f);
  for (size_t i = 0; i < n_floats; i += ROUND_FLOATS) {
#pragma GCC unroll 16
    for (int v = 0; v < VECTORS; ++v)
      v_store(y + i + LANES * v, v_add(v_load(x + i + LANES * v), one));
  }
}

extern const struct bench_loops ISA(bench_loops);
const struct bench_loops ISA(bench_loops) = {chains, read_floats, copy_floats, LANES};
