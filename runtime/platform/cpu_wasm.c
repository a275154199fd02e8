/* What a WebAssembly engine offers. A module that was compiled with relaxed SIMD runs only where there is some; whether
 * its relaxed_madd has one rounding or two is the engine's choice. */
#include <stdio.h>
#include <wasm_simd128.h>

#include "kernels/kernels.h"
#include "reference/fma.h"
#include "runtime/platform/cpu.h"

#if defined(__wasm_relaxed_simd__)
/* Products whose rounding alone would show in the sum; results that are subnormal. */
static bool is_fused(void) {
  static const float cases[][3] = {{0x1.000002p+0f, 0x1.000002p+0f, -0x1.000004p+0f},
                                   {0x1.001p+0f, 0x1.003p+0f, -0x1p-100f},
                                   {-0x1.c9b352p+3f, -0x1.54e5aep-12f, -0x1.792f78p-6f},
                                   {0x1p-70f, 0x1.8p-70f, 0x1p-149f},
                                   {0x1.fffffep-64f, 0x1p-64f, -0x1p-128f}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
    volatile float x = cases[i][0], y = cases[i][1], z = cases[i][2]; /* for the engine to compute */
    const v128_t sums = wasm_f32x4_relaxed_madd(wasm_f32x4_splat(x), wasm_f32x4_splat(y), wasm_f32x4_splat(z));
    if (wasm_i32x4_bitmask(wasm_i32x4_eq(sums, wasm_f32x4_splat(ms_fma_in_double(x, y, z)))) != 0xf)
      return false;
  }
  return true;
}
#else
static bool is_fused(void) {
  return false;
}
#endif

unsigned ms_cpu_features(void) {
  return MS_CPU_SIMD128 | (is_fused() ? MS_CPU_RELAXED_FMA : 0);
}

bool ms_cpu_has_sha(void) {
  return false;
}

void ms_cpu_name(char *name, size_t size) {
  snprintf(name, size, "WebAssembly");
}
