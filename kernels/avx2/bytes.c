/* Bytes to floats in [0, 1], AVX2. */
#include <string.h>

#include "avx2.h"
#include "vec.h"

void ms_bytes_to_unit_f32_avx2(size_t n, const uint8_t *x, float *y) {
  const __m256 full = _mm256_set1_ps(255.0f);
  for (size_t i = 0; i < n; i += LANES) {
    const size_t width = min_size(n - i, LANES);
    uint64_t eight = 0; /* eight bytes, read without passing the end of x */
    memcpy(&eight, x + i, width == LANES ? LANES : width);
    const __m256i ints = _mm256_cvtepu8_epi32(_mm_cvtsi64_si128((long long)eight));
    store_first(y + i, width, _mm256_div_ps(_mm256_cvtepi32_ps(ints), full));
  }
}
