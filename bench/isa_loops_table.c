/* Finds an instruction set's loops by its name. ALL_LOOPS, from CMake, is LOOPS(avx2) LOOPS(avx512) on x86-64. */
#include <string.h>

#include "bench/isa_loops.h"

#define LOOPS(isa) extern const struct bench_loops bench_loops_##isa;
ALL_LOOPS
#undef LOOPS

const struct bench_loops *bench_isa_loops(const char *isa) {
#define LOOPS(name)                                                                                                    \
  if (strcmp(isa, #name) == 0)                                                                                         \
    return &bench_loops_##name;
  ALL_LOOPS
#undef LOOPS
  return NULL;
}
