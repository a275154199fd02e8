/* The machine's peak of fused multiply-adds, measured: what a matrix product is held against. */
#ifndef MS_BENCH_PEAK_H
#define MS_BENCH_PEAK_H

#include <stddef.h>

/* GFLOP/s (two flop a multiply-add and lane) of independent chains in registers, on all threads of the pool at once,
 * with the instructions of an ISA. About 0.05 s. 0 if there is no loop for this ISA. To be called after ms_init. */
double bench_peak_gflops(const char *isa);

/* The same, of about 1 ms alone. */
double bench_peak_once(const char *isa);

#endif
