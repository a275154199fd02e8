/* fmaf with its one rounding on every machine, where some libms round wrongly (mingw-w64's does). ms_fma is the
 * instruction if the target has one, else ms_fma_in_double. */
#ifndef MS_REFERENCE_FMA_H
#define MS_REFERENCE_FMA_H

#include <stdint.h>
#include <string.h>

/* The product of two floats is exact in double, and no operation below underflows or overflows. The sum is rounded to
 * odd: of the two doubles next to an inexact sum, the one whose last bit is 1. Rounding that to float gives what one
 * rounding of the exact sum gives, because a float, subnormal or not, is at least two bits shorter (Boldo & Melquiond,
 * IEEE Transactions on Computers 57 (2008), 462-471). Without branches, loops over it are vectorised. */
static inline float ms_fma_in_double(float a, float b, float c) {
  const double product = (double)a * (double)b, addend = (double)c;
  const double sum = product + addend;
  /* product + addend = sum + error exactly (Knuth, TAOCP vol. 2, section 4.2.2, theorem B). */
  const double rounded_addend = sum - product;
  const double error = (product - (sum - rounded_addend)) + (addend - rounded_addend);

  uint64_t bits, error_bits;
  memcpy(&bits, &sum, sizeof bits);
  memcpy(&error_bits, &error, sizeof error_bits);
  const uint64_t magnitude = error_bits << 1;
  const uint64_t not_finite = bits >> 62 & bits >> 61; /* bit 0: finite sums are below 2^258 */
  const uint64_t inexact = (magnitude | (0 - magnitude)) >> 63 & ~not_finite;
  bits -= (bits ^ error_bits) >> 63 & inexact; /* rounded away from zero: back to the neighbour towards zero */
  bits |= inexact;
  double odd;
  memcpy(&odd, &bits, sizeof odd);
  return (float)odd;
}

static inline float ms_fma(float a, float b, float c) {
#if defined(__FMA__) || defined(__aarch64__) || defined(__ARM_FEATURE_FMA) || defined(__powerpc__) ||                  \
    defined(__s390x__) || (defined(__riscv_flen) && __riscv_flen >= 32)
  return __builtin_fmaf(a, b, c); /* the instruction, with -O0 too */
#else
  return ms_fma_in_double(a, b, c);
#endif
}

#endif
