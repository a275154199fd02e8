/* How far apart the threads' cores are. */
#ifndef MS_BENCH_ROUND_TRIP_H
#define MS_BENCH_ROUND_TRIP_H

/* Nanoseconds in which the pool's first two threads pass a cache line to and fro: about 50 where their cores share a
 * last-level cache, several times that where they do not, and a virtual machine's can move from one to the other. The
 * best of some batches, 2 ms in all; 0 with one thread. To be called after ms_init. */
double bench_round_trip_ns(void);

#endif
