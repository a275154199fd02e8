/* Independent chains of multiply-adds in 512-bit registers: 12 cover a latency of 4 cycles on two ports. */
#include <immintrin.h>

#include "bench/peak.h"

float bench_chains_avx512(size_t rounds) {
  __m512 chain[BENCH_CHAINS]; /* in registers, as long as every loop over it is unrolled */
  const __m512 factor = _mm512_set1_ps(0.999f), term = _mm512_set1_ps(0.001f);
#pragma GCC unroll 12
  for (int i = 0; i < BENCH_CHAINS; ++i)
    chain[i] = _mm512_set1_ps((float)i);
  for (size_t round = 0; round < rounds; ++round) {
#pragma GCC unroll 12
    for (int i = 0; i < BENCH_CHAINS; ++i)
      chain[i] = _mm512_fmadd_ps(chain[i], factor, term);
  }
  __m512 sum = _mm512_setzero_ps();
#pragma GCC unroll 12
  for (int i = 0; i < BENCH_CHAINS; ++i)
    sum = _mm512_add_ps(sum, chain[i]);
  float lanes[16], total = 0;
  _mm512_storeu_ps(lanes, sum);
  for (int lane = 0; lane < 16; ++lane)
    total += lanes[lane];
  return total;
}
