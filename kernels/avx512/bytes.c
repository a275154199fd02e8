/* Bytes to floats in [0, 1], AVX-512. */
#include "avx512.h"
#include "vec.h"

void ms_bytes_to_unit_f32_avx512(size_t n, const uint8_t *x, float *y) {
  const __m512 full = _mm512_set1_ps(255.0f);
  for (size_t i = 0; i < n; i += LANES) {
    const size_t width = min_size(n - i, LANES);
    const __m128i bytes = _mm_maskz_loadu_epi8(mask_first(width), x + i);
    store_first(y + i, width, _mm512_div_ps(_mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(bytes)), full));
  }
}
