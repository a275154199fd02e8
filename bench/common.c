/* What the benchmarks share. */
#include "bench/common.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench/peak.h"
#include "runtime/platform/cpu.h"
#include "runtime/platform/dispatch.h"
#include "runtime/platform/memory.h"

_Noreturn void bench_fail(const char *message) {
  fprintf(stderr, "bench: %s\n", message);
  exit(EXIT_FAILURE);
}

const char *bench_isa(size_t index) {
  const struct ms_isa_entry *isa = ms_isa_entry(index);
  return (ms_cpu_features() & isa->required) == isa->required ? isa->name : NULL;
}

const char *bench_fastest_isa(void) {
  const char *fastest = NULL;
  for (size_t i = 0; i < ms_isa_count(); ++i)
    fastest = bench_isa(i) ? bench_isa(i) : fastest;
  return fastest;
}

double bench_select(const char *isa, size_t threads) {
  enum { MAX_KEPT = 64 };
  static struct {
    const char *isa;
    size_t threads;
    double peak;
  } kept[MAX_KEPT];
  static size_t current;
  if (ms_threads() > 0 && ms_threads() == threads && strcmp(ms_isa(), isa) == 0)
    return kept[current].peak;
  ms_shutdown();
  if (ms_init(isa, threads) != MS_OK)
    bench_fail(ms_error_message());
  for (current = 0; current < MAX_KEPT - 1 && kept[current].isa; ++current)
    if (strcmp(kept[current].isa, isa) == 0 && kept[current].threads == threads)
      break;
  const double peak = bench_peak_gflops(isa);
  if (!kept[current].isa || kept[current].peak < peak)
    kept[current].peak = peak;
  kept[current].isa = isa;
  kept[current].threads = threads;
  return kept[current].peak;
}

void *bench_allocate(size_t n_bytes) {
  void *p;
  if (ms_allocate(n_bytes, 1, "benchmark", &p) != MS_OK)
    bench_fail(ms_error_message());
  return p;
}

float *bench_floats(size_t n_floats) {
  float *x = bench_allocate(n_floats * sizeof *x);
  for (size_t i = 0; i < n_floats; ++i)
    x[i] = (float)(i * 7 % 63) / 62.0f - 0.49f;
  return x;
}

size_t bench_cache_bytes(void) {
  long bytes = 0;
#if defined(_SC_LEVEL3_CACHE_SIZE) /* of glibc */
  bytes = sysconf(_SC_LEVEL3_CACHE_SIZE);
#endif
  return bytes > 0 ? (size_t)bytes : (size_t)32 << 20;
}

static int compare(const void *x, const void *y) {
  const double a = *(const double *)x, b = *(const double *)y;
  return (a > b) - (a < b);
}

double bench_quantile(double *values, size_t n, double share) {
  qsort(values, n, sizeof *values, compare);
  const double at = share * (double)(n - 1);
  const size_t below = (size_t)at, above = below + 1 < n ? below + 1 : below;
  return values[below] + (at - (double)below) * (values[above] - values[below]);
}

void bench_date(char date[11]) {
  const time_t now = time(NULL);
  strftime(date, 11, "%Y-%m-%d", gmtime(&now));
}
