/* Google Benchmark for C: registers functions, runs them with its command line (--benchmark_filter,
 * --benchmark_repetitions, ...), --json FILE being short for its two options that write JSON. */
#ifndef MS_BENCH_GBENCH_H
#define MS_BENCH_GBENCH_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

struct gbench_state;

/* Sets up, then loops while gbench_keep_running(), then sets its counters. */
typedef void gbench_function(struct gbench_state *state, const void *context);

/* name and context must stay. Time is wall-clock time. */
void gbench_register(const char *name, gbench_function *function, const void *context);

bool gbench_keep_running(struct gbench_state *state);

/* A figure of this benchmark's own, beside the time. */
void gbench_counter(struct gbench_state *state, const char *name, double value);

/* A line for the head of the output and the JSON's context. */
void gbench_context(const char *key, const char *value);

/* Runs what matches the command line, each for 0.1 s unless that says otherwise; returns the program's exit code. */
int gbench_run(int argc, char **argv);

#ifdef __cplusplus
}
#endif

#endif
