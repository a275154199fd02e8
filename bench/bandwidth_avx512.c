/* Reading and copying with 512-bit vectors: 64 floats a round. */
#include <immintrin.h>

#include "bench/bandwidth.h"

enum { LANES = 16, VECTORS = 64 / LANES };

float bench_read_avx512(size_t n_floats, const float *x) {
  __m512 sum[VECTORS];
#pragma GCC unroll 8
  for (int v = 0; v < VECTORS; ++v)
    sum[v] = _mm512_setzero_ps();
  for (size_t i = 0; i < n_floats; i += 64) {
#pragma GCC unroll 8
    for (int v = 0; v < VECTORS; ++v)
      sum[v] = _mm512_add_ps(sum[v], _mm512_loadu_ps(x + i + LANES * v));
  }
#pragma GCC unroll 8
  for (int v = 1; v < VECTORS; ++v)
    sum[0] = _mm512_add_ps(sum[0], sum[v]);
  float lanes[LANES], total = 0;
  _mm512_storeu_ps(lanes, sum[0]);
  for (int lane = 0; lane < LANES; ++lane)
    total += lanes[lane];
  return total;
}

void bench_copy_avx512(size_t n_floats, const float *x, float *y) {
  const __m512 one = _mm512_set1_ps(1.0f);
  for (size_t i = 0; i < n_floats; i += 64) {
#pragma GCC unroll 8
    for (int v = 0; v < VECTORS; ++v)
      _mm512_storeu_ps(y + i + LANES * v, _mm512_add_ps(_mm512_loadu_ps(x + i + LANES * v), one));
  }
}
