// Google Benchmark behind a C header.
#include "bench/gbench.h"

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

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
  std::vector<std::string> arguments{argv[0], "--benchmark_min_time=0.1"};
  for (int i = 1; i < argc; ++i) {
    if (std::string(argv[i]) == "--json" && i + 1 < argc) {
      arguments.push_back("--benchmark_out_format=json");
      arguments.push_back(std::string("--benchmark_out=") + argv[++i]);
    } else {
      arguments.push_back(argv[i]);
    }
  }
  std::vector<char *> pointers;
  for (std::string &argument : arguments)
    pointers.push_back(&argument[0]);
  int n = static_cast<int>(pointers.size());
  pointers.push_back(nullptr);
  benchmark::Initialize(&n, pointers.data());
  if (benchmark::ReportUnrecognizedArguments(n, pointers.data()))
    return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
