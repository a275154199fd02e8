/* Independent chains of multiply-adds in 128-bit registers: 12 cover a latency of 2 cycles from addend to addend,
 * which is what Arm's wide cores have, on four ports. */
#include <arm_neon.h>

#include "bench/peak.h"

float bench_chains_neon(size_t rounds) {
  float32x4_t chain[BENCH_CHAINS]; /* in registers, as long as every loop over it is unrolled */
  const float32x4_t factor = vdupq_n_f32(0.999f), term = vdupq_n_f32(0.001f);
#pragma GCC unroll 12
  for (int i = 0; i < BENCH_CHAINS; ++i)
    chain[i] = vdupq_n_f32((float)i);
  for (size_t round = 0; round < rounds; ++round) {
#pragma GCC unroll 12
    for (int i = 0; i < BENCH_CHAINS; ++i)
      chain[i] = vfmaq_f32(chain[i], factor, term);
  }
  float32x4_t sum = vdupq_n_f32(0);
#pragma GCC unroll 12
  for (int i = 0; i < BENCH_CHAINS; ++i)
    sum = vaddq_f32(sum, chain[i]);
  return vaddvq_f32(sum);
}
