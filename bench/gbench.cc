// Google Benchmark behind a C header: the only C++ of the project.
#include "bench/gbench.h"

#include <benchmark/benchmark.h>

static benchmark::State &unwrap(struct gbench_state *state) {
  return *reinterpret_cast<benchmark::State *>(state);
}

void gbench_register(const char *name, gbench_function *function, const void *context) {
  benchmark::RegisterBenchmark(name,
                               [function, context](benchmark::State &state) {
                                 function(reinterpret_cast<struct gbench_state *>(&state), context);
                               })
      ->UseRealTime()
      ->Unit(benchmark::kMicrosecond);
}

bool gbench_keep_running(struct gbench_state *state) {
  return unwrap(state).KeepRunning();
}

void gbench_counter(struct gbench_state *state, const char *name, double value) {
  unwrap(state).counters[name] = value;
}

void gbench_context(const char *key, const char *value) {
  benchmark::AddCustomContext(key, value);
}

int gbench_run(int argc, char **argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
