/* Philox4x32-10, the counter-based random number generator: constants and the scalar block function.
 * Source: Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011, section 4.
 *
 * A block is a pure function of counter (4 words) and key (2 words), so any thread can draw any number. In this
 * project the key is the seed, low word first, and the counter names what the number is for:
 *   word 0     element (dropout: row and part of the column, see kernels.h)
 *   word 1     step of the epoch, from 0 (dropout); high half of the element (weights, shuffling)
 *   word 2     epoch, from 1; 0 before the first (weights)
 *   word 3     stream in the high 16 bits, layer in the low 16 bits
 */
#ifndef MS_KERNELS_PHILOX_H
#define MS_KERNELS_PHILOX_H

#include <stdint.h>

#define MS_PHILOX_ROUNDS 10
#define MS_PHILOX_M0 0xD2511F53u
#define MS_PHILOX_M1 0xCD9E8D57u
#define MS_PHILOX_W0 0x9E3779B9u /* golden ratio: added to key word 0 after each round */
#define MS_PHILOX_W1 0xBB67AE85u /* sqrt(3) - 1: added to key word 1 after each round */

static inline void ms_philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
  uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
  uint32_t k0 = key[0], k1 = key[1];
  for (int round = 0; round < MS_PHILOX_ROUNDS; ++round) {
    const uint64_t p0 = (uint64_t)MS_PHILOX_M0 * c0;
    const uint64_t p1 = (uint64_t)MS_PHILOX_M1 * c2;
    c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
    c1 = (uint32_t)p1;
    c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
    c3 = (uint32_t)p0;
    k0 += MS_PHILOX_W0;
    k1 += MS_PHILOX_W1;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

#endif
