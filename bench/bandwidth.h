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

#endif
