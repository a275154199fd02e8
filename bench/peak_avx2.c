/* Independent chains of multiply-adds in 256-bit registers: 12 cover a latency of 4 cycles on two ports. */
#include <immintrin.h>

#include "bench/peak.h"

float bench_chains_avx2(size_t rounds) {
  __m256 chain[BENCH_CHAINS]; /* in registers, as long as every loop over it is unrolled */
  const __m256 factor = _mm256_set1_ps(0.999f), term = _mm256_set1_ps(0.001f);
#pragma GCC unroll 12
  for (int i = 0; i < BENCH_CHAINS; ++i)
    chain[i] = _mm256_set1_ps((float)i);
  for (size_t round = 0; round < rounds; ++round) {
#pragma GCC unroll 12
    for (int i = 0; i < BENCH_CHAINS; ++i)
      chain[i] = _mm256_fmadd_ps(chain[i], factor, term);
  }
  __m256 sum = _mm256_setzero_ps();
#pragma GCC unroll 12
  for (int i = 0; i < BENCH_CHAINS; ++i)
    sum = _mm256_add_ps(sum, chain[i]);
  float lanes[8], total = 0;
  _mm256_storeu_ps(lanes, sum);
  for (int lane = 0; lane < 8; ++lane)
    total += lanes[lane];
  return total;
}
