/* What memory and caches deliver, measured: what a kernel that does little arithmetic is held against. */
#ifndef MS_BENCH_BANDWIDTH_H
#define MS_BENCH_BANDWIDTH_H

#include <stddef.h>

enum bench_traffic { BENCH_READ, BENCH_COPY, BENCH_UPDATE };

/* GB/s (of 10^9 bytes; a byte copied or updated in place counts twice, once read and once written) of plain loops
 * over n_bytes in total per thread, on all threads of the pool at once, each on memory of its own. Few bytes are in a
 * cache, many in memory. The best of several repetitions, kept, so that a second call with the same arguments costs
 * nothing. To be called after ms_init. */
double bench_bandwidth(enum bench_traffic traffic, size_t n_bytes);

/* The loops, with the widest vectors: a SIMD kernel of a narrower ISA is bound by the same memory. n is a multiple of
 * 64. The sum is returned so that no compiler leaves out the reading. */
float bench_read_generic(size_t n_floats, const float *x);
float bench_read_avx2(size_t n_floats, const float *x);
float bench_read_avx512(size_t n_floats, const float *x);
/* x and y may be the same. */
void bench_copy_generic(size_t n_floats, const float *x, float *y);
void bench_copy_avx2(size_t n_floats, const float *x, float *y);
void bench_copy_avx512(size_t n_floats, const float *x, float *y);

#endif
