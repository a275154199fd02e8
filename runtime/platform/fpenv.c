/* The floating-point environment: MXCSR on x86-64, FPCR on AArch64. */
#include "runtime/platform/fpenv.h"

#if defined(__x86_64__)
#include <xmmintrin.h>

uint64_t ms_fpenv_enter(void) {
  const unsigned flush_to_zero = 1u << 15, denormals_are_zero = 1u << 6, rounding = 3u << 13, no_traps = 0x3fu << 7;
  const unsigned saved = _mm_getcsr();
  _mm_setcsr((saved & ~(flush_to_zero | denormals_are_zero | rounding)) | no_traps);
  return saved;
}

void ms_fpenv_restore(uint64_t saved) {
  _mm_setcsr((unsigned)saved);
}
#elif defined(__aarch64__)
uint64_t ms_fpenv_enter(void) {
  const uint64_t flush_to_zero = 1u << 24, flush_inputs = 1u << 0, rounding = 3u << 22, traps = 0x9f00;
  uint64_t saved;
  __asm__ volatile("mrs %0, fpcr" : "=r"(saved));
  __asm__ volatile("msr fpcr, %0" : : "r"(saved & ~(flush_to_zero | flush_inputs | rounding | traps)));
  return saved;
}

void ms_fpenv_restore(uint64_t saved) {
  __asm__ volatile("msr fpcr, %0" : : "r"(saved));
}
#else
#error "set rounding to nearest and keep subnormals here for this architecture"
#endif
