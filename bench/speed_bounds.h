/* What ci/speed.sh demands: far enough from what is measured that only a real loss of speed gets there. */
#ifndef MS_BENCH_SPEED_BOUNDS_H
#define MS_BENCH_SPEED_BOUNDS_H

/* The dense product 512 x 784 x 1024 on one thread: its share of the measured FMA peak, at least. */
#define BOUND_GEMM_PEAK_AVX2 0.75
#define BOUND_GEMM_PEAK_AVX512 0.70
#define BOUND_GEMM_PEAK_NEON 0.60

/* Its speed by the fastest ISA in OpenBLAS', at least. */
#define BOUND_GEMM_OPENBLAS 0.75

/* The product that leaves out zeros, at 20 % of them left in, in speeds of the dense one, at least. */
#define BOUND_SKIP_DENSE 2.0
/* The same where AVX-512 has twice the peak of AVX2: the dense product is twice as fast there, while this one waits for
 * loads. Measured on such an Intel Xeon: 1.72 to 1.83. */
#define BOUND_SKIP_DENSE_TWO_UNITS 1.5

/* An epoch of the report's final configuration, all threads, in times that its multiply-adds take at the peak if none
 * is left out, at most. */
#define BOUND_EPOCH_LIMIT 1.6

#endif
