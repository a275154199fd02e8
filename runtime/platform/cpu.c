/* CPU detection. On x86-64 CPUID has the CPU's part and XGETBV the operating system's; elsewhere Linux reports both. */
#include "runtime/platform/cpu.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "kernels/kernels.h"

#if defined(__linux__) && !defined(__x86_64__)
#include <sys/auxv.h>
#endif
#if defined(__linux__) && defined(__aarch64__)
#include <sys/prctl.h>
#endif

#if defined(__x86_64__)
#include <cpuid.h>

/* Intel SDM vol. 1, section 14.3 (AVX), 14.5 (FMA), 14.7 (AVX2), 15.2 to 15.4 (AVX-512): OSXSAVE first, then XCR0, then
 * the feature bits. */
static uint64_t enabled_state(void) {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (uint64_t)high << 32 | low;
}

unsigned ms_cpu_features(void) {
  const unsigned osxsave = 1u << 27, avx = 1u << 28, fma = 1u << 12, popcnt = 1u << 23, avx2 = 1u << 5;
  const unsigned f = 1u << 16, dq = 1u << 17, bw = 1u << 30, vl = 1u << 31, avx512 = f | dq | bw | vl;
  const uint64_t xmm_ymm = 0x6, mask_zmm = 0xe0;
  unsigned eax, ebx, ecx, edx;
  if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx & osxsave) || !(ecx & avx) || !(ecx & fma) ||
      !(ecx & popcnt)) /* which -mavx2 lets compilers use */
    return 0;
  const uint64_t enabled = enabled_state();
  if ((enabled & xmm_ymm) != xmm_ymm)
    return 0;
  if (!__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) || !(ebx & avx2))
    return 0;
  const bool has_avx512 = (ebx & avx512) == avx512 && (enabled & mask_zmm) == mask_zmm;
  return MS_CPU_AVX2_FMA | (has_avx512 ? MS_CPU_AVX512 : 0);
}

bool ms_cpu_has_sha(void) {
  const unsigned ssse3 = 1u << 9, sse41 = 1u << 19, sha = 1u << 29;
  unsigned eax, ebx, ecx, edx;
  return __get_cpuid(1, &eax, &ebx, &ecx, &edx) && (ecx & ssse3) && (ecx & sse41) &&
         __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) && (ebx & sha);
}

void ms_cpu_name(char *name, size_t size) {
  unsigned registers[12];
  for (unsigned i = 0; i < 3; ++i)
    if (!__get_cpuid(0x80000002u + i, &registers[4 * i], &registers[4 * i + 1], &registers[4 * i + 2],
                     &registers[4 * i + 3])) {
      snprintf(name, size, "unknown");
      return;
    }
  char brand[sizeof registers + 1] = {0};
  memcpy(brand, registers, sizeof registers);
  const char *text = brand + strspn(brand, " ");
  snprintf(name, size, "%s", text);
  for (size_t end = strlen(name); end > 0 && name[end - 1] == ' '; --end)
    name[end - 1] = '\0';
}
#else
bool ms_cpu_has_sha(void) {
  return false;
}

#if defined(__aarch64__) && !defined(__linux__)
unsigned ms_cpu_features(void) {
  return MS_CPU_NEON;
}
#elif defined(__aarch64__)
/* Linux, Documentation/arm64/sve.rst: a process may run with shorter vectors than the CPU has; threads inherit it. */
unsigned ms_cpu_features(void) {
  const int sve = getauxval(AT_HWCAP) & HWCAP_SVE ? prctl(PR_SVE_GET_VL) : -1;
  const int vector_bytes = sve < 0 ? 0 : sve & PR_SVE_VL_LEN_MASK;
  return MS_CPU_NEON | (vector_bytes == 16   ? MS_CPU_SVE128
                        : vector_bytes == 32 ? MS_CPU_SVE256
                        : vector_bytes == 64 ? MS_CPU_SVE512
                                             : 0);
}
#elif defined(MS_WITH_RVV128) && defined(__linux__)
/* Linux reports V where the CPU has it and this process may use it. Vendors' kernels report it for the draft 0.7.1 too,
 * to which this vtype is illegal. In V 1.0 it gives as many elements of a byte as a register has. */
unsigned ms_cpu_features(void) {
  const unsigned long v = 1ul << ('V' - 'A'), illegal = 1ul << 63;
  if (!(getauxval(AT_HWCAP) & v))
    return 0;
  unsigned long register_bytes, vtype;
  __asm__ volatile(".option push\n"
                   ".option arch, +v\n"
                   "vsetvli %0, zero, e8, m1, ta, ma\n"
                   "csrr %1, vtype\n"
                   ".option pop"
                   : "=r"(register_bytes), "=r"(vtype));
  if (vtype & illegal)
    return 0;
  return register_bytes == 16   ? MS_CPU_RVV128
         : register_bytes == 32 ? MS_CPU_RVV256
         : register_bytes == 64 ? MS_CPU_RVV512
                                : 0;
}
#elif defined(__powerpc64__) && defined(__linux__)
/* The kernel reports VSX only if it saves its registers. */
unsigned ms_cpu_features(void) {
  const bool power8 = getauxval(AT_HWCAP2) & PPC_FEATURE2_ARCH_2_07;
  return power8 && (getauxval(AT_HWCAP) & PPC_FEATURE_HAS_VSX) ? MS_CPU_VSX : 0;
}
#else
unsigned ms_cpu_features(void) {
  return 0;
}
#endif

void ms_cpu_name(char *name, size_t size) {
  snprintf(name, size, "unknown");
}
#endif
