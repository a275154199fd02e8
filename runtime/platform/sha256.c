/* SHA-256, after FIPS 180-4, sections 5 and 6.2. */
#include "runtime/platform/sha256.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "runtime/platform/cpu.h"
#include "runtime/platform/endian.h"
#include "runtime/platform/sha256_blocks.h"

/* First 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, section 4.2.2). */
const uint32_t ms_sha256_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotate_right(uint32_t x, int n) {
  return x >> n | x << (32 - n);
}

static void compress(uint32_t state[8], const uint8_t block[64]) {
  uint32_t w[64];
  for (int t = 0; t < 16; ++t)
    w[t] = (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16 | (uint32_t)block[4 * t + 2] << 8 |
           block[4 * t + 3];
  for (int t = 16; t < 64; ++t) {
    const uint32_t s0 = rotate_right(w[t - 15], 7) ^ rotate_right(w[t - 15], 18) ^ w[t - 15] >> 3;
    const uint32_t s1 = rotate_right(w[t - 2], 17) ^ rotate_right(w[t - 2], 19) ^ w[t - 2] >> 10;
    w[t] = w[t - 16] + s0 + w[t - 7] + s1;
  }
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
  uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
  for (int t = 0; t < 64; ++t) {
    const uint32_t sum1 = rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25);
    const uint32_t t1 = h + sum1 + ((e & f) ^ (~e & g)) + ms_sha256_constants[t] + w[t];
    const uint32_t sum0 = rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22);
    const uint32_t t2 = sum0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

void ms_sha256_blocks_portable(uint32_t state[8], const uint8_t *data, size_t n_blocks) {
  for (size_t i = 0; i < n_blocks; ++i)
    compress(state, data + 64 * i);
}

static void blocks(uint32_t state[8], const uint8_t *data, size_t n_blocks) {
#if defined(__x86_64__)
  static atomic_int has_sha = -1; /* not asked yet; asking is slow in a virtual machine */
  if (has_sha < 0)
    has_sha = ms_cpu_has_sha();
  if (has_sha) {
    ms_sha256_blocks_x86(state, data, n_blocks);
    return;
  }
#endif
  ms_sha256_blocks_portable(state, data, n_blocks);
}

void ms_sha256_init(struct ms_sha256 *sha) {
  static const uint32_t initial[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  memcpy(sha->state, initial, sizeof initial);
  sha->n_bytes = 0;
}

void ms_sha256_update(struct ms_sha256 *sha, const void *data, size_t n_bytes) {
  const uint8_t *bytes = data;
  const size_t filled = sha->n_bytes % sizeof sha->block;
  sha->n_bytes += n_bytes;
  if (filled > 0) {
    const size_t room = sizeof sha->block - filled, taken = n_bytes < room ? n_bytes : room;
    memcpy(sha->block + filled, bytes, taken);
    bytes += taken;
    n_bytes -= taken;
    if (taken < room)
      return;
    blocks(sha->state, sha->block, 1);
  }
  const size_t n_blocks = n_bytes / sizeof sha->block;
  blocks(sha->state, bytes, n_blocks);
  memcpy(sha->block, bytes + n_blocks * sizeof sha->block, n_bytes % sizeof sha->block);
}

void ms_sha256_floats(struct ms_sha256 *sha, const float *values, size_t n) {
  if (MS_LITTLE_ENDIAN) {
    ms_sha256_update(sha, values, n * sizeof(float));
    return;
  }
  float part[1024];
  for (size_t first = 0, n_part; first < n; first += n_part) {
    n_part = n - first < 1024 ? n - first : 1024;
    memcpy(part, values + first, n_part * sizeof(float));
    ms_little_endian(part, n_part, sizeof(float));
    ms_sha256_update(sha, part, n_part * sizeof(float));
  }
}

void ms_sha256_finish(struct ms_sha256 *sha, char hex[65]) {
  const uint64_t n_bits = sha->n_bytes * 8;
  static const uint8_t padding[64] = {0x80};
  const size_t filled = sha->n_bytes % sizeof sha->block;
  ms_sha256_update(sha, padding, (filled < 56 ? 56 : 120) - filled);
  uint8_t length[8];
  for (int i = 0; i < 8; ++i)
    length[i] = (uint8_t)(n_bits >> (56 - 8 * i));
  ms_sha256_update(sha, length, sizeof length);
  for (int i = 0; i < 8; ++i)
    snprintf(hex + 8 * i, 9, "%08x", sha->state[i]);
}
