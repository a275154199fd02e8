/* The block function of SHA-256 with the SHA instructions of x86 (Intel SDM vol. 2, SHA256RNDS2, SHA256MSG1,
 * SHA256MSG2). */
#include <immintrin.h>

#include "runtime/platform/sha256_blocks.h"

/* Words of the message schedule, four a vector: 16 of the block, 48 made of them. */
static inline void schedule(const uint8_t *block, __m128i w[16]) {
  const __m128i to_big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  for (int g = 0; g < 4; ++g)
    w[g] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(block + 16 * g)), to_big_endian);
  for (int g = 4; g < 16; ++g) {
    const __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(w[g - 4], w[g - 3]), _mm_alignr_epi8(w[g - 1], w[g - 2], 4));
    w[g] = _mm_sha256msg2_epu32(sum, w[g - 1]);
  }
}

/* The instructions hold the state as the vectors (a, b, e, f) and (c, d, g, h), the first in the highest lane. */
void ms_sha256_blocks_x86(uint32_t state[8], const uint8_t *data, size_t n_blocks) {
  const __m128i cdab = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0xb1);
  const __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state + 4)), 0x1b);
  __m128i abef = _mm_alignr_epi8(cdab, efgh, 8);
  __m128i cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);
  for (; n_blocks > 0; --n_blocks, data += 64) {
    const __m128i abef_before = abef, cdgh_before = cdgh;
    __m128i w[16];
    schedule(data, w);
    for (int g = 0; g < 16; ++g) {
      const __m128i k = _mm_loadu_si128((const __m128i *)(ms_sha256_constants + 4 * g));
      const __m128i four = _mm_add_epi32(w[g], k);
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, four);
      abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(four, 0x0e));
    }
    abef = _mm_add_epi32(abef, abef_before);
    cdgh = _mm_add_epi32(cdgh, cdgh_before);
  }
  const __m128i feba = _mm_shuffle_epi32(abef, 0x1b), dchg = _mm_shuffle_epi32(cdgh, 0xb1);
  _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(feba, dchg, 0xf0));
  _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}
