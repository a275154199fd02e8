/* What the benchmarks share: which ISAs to run, kernels and threads of a run, operands warm or cold, medians. */
#ifndef MS_BENCH_COMMON_H
#define MS_BENCH_COMMON_H

#include "kernels/kernels.h"
#include "runtime/mnist_simd.h"

/* Ends the program with one line: its name and the message. */
_Noreturn void bench_fail(const char *message);

/* The name of ISA number index of this build, or NULL where this CPU cannot run it. Number 0 is the reference. */
const char *bench_isa(size_t index);

/* The last, which is the fastest, of those that this CPU can run. */
const char *bench_fastest_isa(void);

/* ms_init with this ISA and number of threads, unless that is what runs already. isa must stay. Returns the peak in
 * GFLOP/s of that ISA on all these threads (peak.h): measured whenever the choice changes, the best so far. */
double bench_select(const char *isa, size_t threads);

/* Zeroed, aligned to a cache line; ends the program if there is no memory. */
void *bench_allocate(size_t n_bytes);

/* Floats in -0.5 .. 0.5, none of them 0. */
float *bench_floats(size_t n_floats);

/* Bytes of the largest cache, as the system reports it; 32 MiB where it does not. */
size_t bench_cache_bytes(void);

/* Of n > 0 values, which are sorted by it. share is 0.5 for the median. */
double bench_quantile(double *values, size_t n, double share);

/* The day, as 2024-02-29, for reports. */
void bench_date(char date[11]);

#endif
