/* Reading and copying with 256-bit vectors: 64 floats a round. */
#include <immintrin.h>

#include "bench/bandwidth.h"

enum { LANES = 8, VECTORS = 64 / LANES };

float bench_read_avx2(size_t n_floats, const float *x) {
  __m256 sum[VECTORS];
#pragma GCC unroll 8
  for (int v = 0; v < VECTORS; ++v)
    sum[v] = _mm256_setzero_ps();
  for (size_t i = 0; i < n_floats; i += 64) {
#pragma GCC unroll 8
    for (int v = 0; v < VECTORS; ++v)
      sum[v] = _mm256_add_ps(sum[v], _mm256_loadu_ps(x + i + LANES * v));
  }
#pragma GCC unroll 8
  for (int v = 1; v < VECTORS; ++v)
    sum[0] = _mm256_add_ps(sum[0], sum[v]);
  float lanes[LANES], total = 0;
  _mm256_storeu_ps(lanes, sum[0]);
  for (int lane = 0; lane < LANES; ++lane)
    total += lanes[lane];
  return total;
}

void bench_copy_avx2(size_t n_floats, const float *x, float *y) {
  const __m256 one = _mm256_set1_ps(1.0f);
  for (size_t i = 0; i < n_floats; i += 64) {
#pragma GCC unroll 8
    for (int v = 0; v < VECTORS; ++v)
      _mm256_storeu_ps(y + i + LANES * v, _mm256_add_ps(_mm256_loadu_ps(x + i + LANES * v), one));
  }
}
