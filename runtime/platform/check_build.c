/* What flags of the compiler can break in the code of this library, without a trace in the preprocessor. Operands are
 * volatile, so that the program computes and not the compiler; results are compared as bits, which no flag touches. */
#include "runtime/platform/check_build.h"

#include <math.h>

#include "reference/exp_log.h"
#include "reference/fma.h"
#include "runtime/platform/error.h"
#include "runtime/platform/fpenv.h"

static bool keeps_subnormals(void) {
  volatile float tiny = 0x1p-100f, small = 0x1p-40f, large = 0x1p+100f, subnormal = 0x1p-140f;
  const float x = subnormal;
  const float flushed = fabsf(x) < FLT_MIN ? 1.0f : x; /* clang turns it into x == 0 where it may take x for 0 */
  return ms_float_bits(tiny * small) == 0x200 && ms_float_bits(x * large) == ms_float_bits(0x1p-40f) && x > 0.0f &&
         ms_float_bits(flushed) == ms_float_bits(1.0f);
}

/* (1 + 2^-12)^2 = 1 + 2^-11 + 2^-24, of which the product, rounded to float, loses the last bit. */
static bool rounds_products(void) {
  volatile float factor = 1.0f + 0x1p-12f, minus_rounded = -(1.0f + 0x1p-11f);
  const float x = factor;
  return ms_float_bits(x * x + minus_rounded) == 0;
}

static bool keeps_order(void) {
  volatile float large = 0x1p+24f, one = 1.0f;
  const float x = large;
  return ms_float_bits((x + one) - x) == 0;
}

static bool keeps_signs_of_zeros(void) {
  volatile float minus_zero = -0.0f;
  return ms_float_bits(minus_zero + 0.0f) == 0 && ms_float_bits(0.0f - minus_zero) == 0;
}

static bool knows_nan(void) {
  volatile float nan = NAN, infinity = INFINITY;
  const float x = nan, y = infinity;
  return x != x && !(y <= FLT_MAX);
}

static bool keeps_double_constants(void) {
  volatile double tenth = 0.1, tenth_as_float = (double)0.1f;
  return tenth != tenth_as_float;
}

enum { N_OPERANDS = 64 };

/* Quotients by one divisor and by many, in loops that are vectorised. */
static bool divides_exactly(void) {
  static volatile float divisor = 49.0f;
  float x[N_OPERANDS], one[N_OPERANDS], many[N_OPERANDS];
  const float y = divisor;
  for (int i = 0; i < N_OPERANDS; ++i)
    x[i] = (float)(2 * i) + y;
  for (int i = 0; i < N_OPERANDS; ++i)
    one[i] = x[i] / y;
  for (int i = 0; i < N_OPERANDS; ++i)
    many[i] = y / x[i];
  uint32_t sum = 0;
  for (uint32_t i = 0; i < N_OPERANDS; ++i)
    sum += (2 * i + 1) * ms_float_bits(one[i]) + (2 * i + 129) * ms_float_bits(many[i]);
  return sum == 0x4aa6368f;
}

static bool takes_roots_exactly(void) {
  static volatile float first = 1.25f;
  float x[N_OPERANDS], root[N_OPERANDS];
  for (int i = 0; i < N_OPERANDS; ++i)
    x[i] = first + (float)i;
  for (int i = 0; i < N_OPERANDS; ++i)
    root[i] = sqrtf(x[i]);
  uint32_t sum = 0;
  for (uint32_t i = 0; i < N_OPERANDS; ++i)
    sum += (2 * i + 1) * ms_float_bits(root[i]);
  return sum == 0xd594fdec;
}

/* A case that mingw-w64's fmaf gets wrong; a product half-way between two floats, and an addend that breaks the tie. */
static bool fuses_exactly(void) {
  volatile float a = -0x1.c9b352p+3f, b = -0x1.54e5aep-12f, c = -0x1.792f78p-6f;
  volatile float x = 0x1.001p+0f, y = 0x1.003p+0f, tiny = -0x1p-100f;
  return ms_float_bits(ms_fma(a, b, c)) == ms_float_bits(-0x1.2cffde0000000p-6f) &&
         ms_float_bits(ms_fma(x, y, tiny)) == ms_float_bits(0x1.0040020000000p+0f);
}

static const struct {
  bool (*holds)(void);
  const char *broken;
} properties[] = {
    {keeps_subnormals, "takes subnormal numbers for zero"},
    {rounds_products, "fuses products with sums"},
    {keeps_order, "changes the order of sums"},
    {keeps_signs_of_zeros, "ignores the signs of zeros"},
    {knows_nan, "does not know NaN and infinity"},
    {keeps_double_constants, "holds constants of double as float"},
    {divides_exactly, "divides by estimates"},
    {takes_roots_exactly, "takes square roots by estimates"},
    {fuses_exactly, "rounds fused multiply-adds wrongly"},
};

enum ms_status ms_check_build(const struct ms_kernels *kernels, const char *isa, float *workspace) {
  static const char remedy[] = "compile without flags that change arithmetic (-ffast-math and its kind)";
  const uint64_t caller = ms_fpenv_enter();
  const char *broken = NULL;
  for (size_t i = 0; i < sizeof properties / sizeof properties[0] && !broken; ++i)
    if (!properties[i].holds())
      broken = properties[i].broken;
  const char *kernel = broken ? NULL : ms_kernel_check(kernels, workspace);
  ms_fpenv_restore(caller);
  if (broken)
    return ms_fail(MS_ERROR_BUILD, "this build %s: %s", broken, remedy);
  if (kernel)
    return ms_fail(MS_ERROR_BUILD, "this build's kernel %s (%s) gives other bits than numerics contract %d: %s", kernel,
                   isa, MS_CONTRACT_VERSION, remedy);
  return MS_OK;
}
