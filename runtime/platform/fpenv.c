/* The floating-point environment: the control register of each architecture. <fenv.h> does not know about flushing. */
#include "runtime/platform/fpenv.h"

/* get_control and set_control, the bits that must be 0 (flushing, rounding, traps) and those that must be 1. */
#if defined(__SSE2_MATH__) /* MXCSR, of x86-64 and of 32-bit x86 that computes by SSE: a set bit masks its trap */
#include <xmmintrin.h>
enum { MUST_CLEAR = 1 << 15 | 1 << 6 | 3 << 13, MUST_SET = 0x3f << 7 };

static uint64_t get_control(void) {
  return _mm_getcsr();
}

static void set_control(uint64_t control) {
  _mm_setcsr((unsigned)control);
}
#elif defined(__aarch64__)                     /* FPCR: FZ and FIZ, RMode, the trap enables */
enum { MUST_CLEAR = 1 << 24 | 1 << 0 | 3 << 22 | 0x9f00, MUST_SET = 0 };

static uint64_t get_control(void) {
  uint64_t control;
  __asm__ volatile("mrs %0, fpcr" : "=r"(control));
  return control;
}

static void set_control(uint64_t control) {
  __asm__ volatile("msr fpcr, %0" : : "r"(control));
}
#elif defined(__arm__) && !defined(__SOFTFP__) /* FPSCR: as FPCR, with vectors of one element (Len, Stride) */
enum { MUST_CLEAR = 1 << 24 | 3 << 22 | 0x37 << 16 | 0x9f00, MUST_SET = 0 };

static uint64_t get_control(void) {
  uint32_t control;
  __asm__ volatile("vmrs %0, fpscr" : "=r"(control));
  return control;
}

static void set_control(uint64_t control) {
  __asm__ volatile("vmsr fpscr, %0" : : "r"((uint32_t)control));
}
#elif defined(__riscv_flen)                    /* frm. RISC-V flushes nothing and has no traps */
enum { MUST_CLEAR = 7, MUST_SET = 0 };

static uint64_t get_control(void) {
  unsigned long control;
  __asm__ volatile("frrm %0" : "=r"(control));
  return control;
}

static void set_control(uint64_t control) {
  __asm__ volatile("fsrm %0" : : "r"((unsigned long)control));
}
#elif defined(__powerpc64__)                   /* the low word of FPSCR: trap enables, NI (which flushes), RN */
#include <string.h>
enum { MUST_CLEAR = 0xff, MUST_SET = 0 };

static uint64_t get_control(void) {
  double control;
  uint64_t bits;
  __asm__ volatile("mffs %0" : "=d"(control));
  memcpy(&bits, &control, sizeof bits);
  return bits;
}

static void set_control(uint64_t bits) {
  double control;
  memcpy(&control, &bits, sizeof bits);
  __asm__ volatile("mtfsf 0xff, %0" : : "d"(control));
}
#elif defined(__s390x__) /* FPC: trap masks, rounding of binary numbers. z/Architecture flushes nothing */
#define MUST_CLEAR (0xf8000000U | 7U)
enum { MUST_SET = 0 };

static uint64_t get_control(void) {
  uint32_t control;
  __asm__ volatile("efpc %0" : "=d"(control));
  return control;
}

static void set_control(uint64_t control) {
  __asm__ volatile("sfpc %0" : : "d"((uint32_t)control));
}
#elif defined(__wasm__) /* there is none: WebAssembly rounds to nearest and keeps subnormals */
enum { MUST_CLEAR = 0, MUST_SET = 0 };

static uint64_t get_control(void) {
  return 0;
}

static void set_control(uint64_t control) {
  (void)control;
}
#else
#error "this processor's floating-point control register is not known here: REPRODUCIBILITY.md names those that are"
#endif

uint64_t ms_fpenv_enter(void) {
  const uint64_t saved = get_control();
  set_control((saved & ~(uint64_t)MUST_CLEAR) | MUST_SET);
  return saved;
}

void ms_fpenv_restore(uint64_t saved) {
  set_control(saved);
}
