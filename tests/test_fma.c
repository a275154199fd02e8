/* The reference's fma against exact integer arithmetic: by way of double, which targets with the instruction do not use
 * otherwise, and as the target has it. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "reference/exp_log.h"
#include "tests/harness.h"

/* An integer in units of 2^-298, the smallest product of two floats: limbs, lowest first, in two's complement. */
enum { LIMBS = 18, UNIT = -298, N = 256, ROUNDS = 500 };

/* |x| = significand * 2^exponent */
static uint32_t significand(float x, int *exponent) {
  const uint32_t field = ms_float_bits(x) >> 23 & 0xff, fraction = ms_float_bits(x) & 0x7fffff;
  *exponent = (field > 0 ? (int)field : 1) - 150;
  return field > 0 ? fraction | 0x800000 : fraction;
}

static void negate(uint32_t sum[LIMBS]) {
  uint64_t carry = 1;
  for (size_t i = 0; i < LIMBS; ++i) {
    carry += (uint32_t)~sum[i];
    sum[i] = (uint32_t)carry;
    carry >>= 32;
  }
}

/* sum += value * 2^exponent, bit by bit. */
static void add(uint32_t sum[LIMBS], uint64_t value, int exponent) {
  for (int i = exponent - UNIT; value > 0; value >>= 1, ++i) {
    uint32_t carry = (uint32_t)(value & 1) << i % 32;
    for (int limb = i / 32; limb < LIMBS && carry > 0; ++limb) {
      sum[limb] += carry;
      carry = sum[limb] < carry;
    }
  }
}

static unsigned bit(const uint32_t sum[LIMBS], int i) {
  return i < 0 ? 0 : sum[i / 32] >> (i % 32) & 1;
}

/* The magnitude, rounded to nearest even: 24 bits from the highest on, but none below 2^-149. */
static float rounded(const uint32_t sum[LIMBS]) {
  int top = 32 * LIMBS - 1;
  while (top > 0 && !bit(sum, top))
    --top;
  const int last = top - 23 > -149 - UNIT ? top - 23 : -149 - UNIT;
  uint32_t kept = 0;
  for (int i = top; i >= last; --i)
    kept = 2 * kept + bit(sum, i);
  bool below_half = false;
  for (int i = 0; i < last - 1; ++i)
    below_half |= bit(sum, i);
  if (bit(sum, last - 1) && (below_half || kept % 2 == 1))
    ++kept;
  return ldexpf((float)kept, last + UNIT);
}

static float exact_fma(float a, float b, float c) {
  const bool minus = (signbit(a) != 0) != (signbit(b) != 0);
  if (!isfinite(a) || !isfinite(b) || !isfinite(c)) {
    if (isnan(a) || isnan(b) || isnan(c) || (isinf(a) && b == 0.0f) || (isinf(b) && a == 0.0f))
      return NAN;
    const bool infinite = isinf(a) || isinf(b);
    if (infinite && isinf(c) && minus != (signbit(c) != 0))
      return NAN;
    return infinite ? (minus ? -INFINITY : INFINITY) : c;
  }
  int ea, eb, ec;
  const uint64_t product = (uint64_t)significand(a, &ea) * significand(b, &eb);
  const uint32_t addend = significand(c, &ec);
  uint32_t sum[LIMBS] = {0};
  add(sum, product, ea + eb);
  if (minus)
    negate(sum);
  if (signbit(c))
    negate(sum);
  add(sum, addend, ec);
  if (signbit(c))
    negate(sum);
  bool zero = true;
  for (size_t i = 0; i < LIMBS; ++i)
    zero &= sum[i] == 0;
  if (zero)
    return product == 0 && minus && signbit(c) ? -0.0f : 0.0f;
  const bool negative = bit(sum, 32 * LIMBS - 1);
  if (negative)
    negate(sum);
  return negative ? -rounded(sum) : rounded(sum);
}

static bool same(float x, float y) {
  return ms_float_bits(x) == ms_float_bits(y) || (isnan(x) && isnan(y));
}

/* Returns how many a sum in double that is rounded to nearest gets wrong: such cases are what the test is about. */
static size_t check(const float a[N], const float b[N], const float c[N]) {
  float in_double[N], chosen[N];
  size_t n_rounded_twice = 0;
  for (size_t i = 0; i < N; ++i) /* vectorised where the kernels' loops are */
    in_double[i] = ms_fma_in_double(a[i], b[i], c[i]);
  for (size_t i = 0; i < N; ++i)
    chosen[i] = ms_fma(a[i], b[i], c[i]);
  for (size_t i = 0; i < N; ++i) {
    const float exact = exact_fma(a[i], b[i], c[i]);
    CHECK_MESSAGE(same(in_double[i], exact), "in double: fma(%a, %a, %a) = %a, not %a", (double)a[i], (double)b[i],
                  (double)c[i], (double)exact, (double)in_double[i]);
    CHECK_MESSAGE(same(chosen[i], exact), "fma(%a, %a, %a) = %a, not %a", (double)a[i], (double)b[i], (double)c[i],
                  (double)exact, (double)chosen[i]);
#if defined(__GLIBC__)
    CHECK_MESSAGE(same(fmaf(a[i], b[i], c[i]), exact), "the test itself: fma(%a, %a, %a)", (double)a[i], (double)b[i],
                  (double)c[i]);
#endif
    n_rounded_twice += !same((float)((double)a[i] * (double)b[i] + (double)c[i]), exact);
  }
  return n_rounded_twice;
}

static void run(void (*draw)(float *a, float *b, float *c), size_t min_rounded_twice) {
  static float a[N], b[N], c[N];
  size_t n_rounded_twice = 0;
  for (size_t round = 0; round < ROUNDS; ++round) {
    for (size_t i = 0; i < N; ++i)
      draw(&a[i], &b[i], &c[i]);
    n_rounded_twice += check(a, b, c);
  }
  printf("        %d cases, %zu that two roundings get wrong\n", ROUNDS * N, n_rounded_twice);
  CHECK(n_rounded_twice >= min_rounded_twice);
}

static float random_bits(void) {
  return ms_bits_float(test_random());
}

/* significand * 2^exponent with a random sign. */
static float scaled(uint32_t value, int exponent) {
  return ldexpf(test_random() % 2 ? (float)value : -(float)value, exponent);
}

static int random_exponent(int min, int max) {
  return min + (int)test_random_below((size_t)max - (size_t)min + 1);
}

static void draw_any(float *a, float *b, float *c) {
  *a = random_bits();
  *b = random_bits();
  *c = random_bits();
}

static void any(void) {
  run(draw_any, 0);
}

/* Sums of ordinary size, in which product and addend overlap. */
static void draw_near(float *a, float *b, float *c) {
  *a = scaled(0x800000 | test_random() >> 9, -23);
  *b = scaled(0x800000 | test_random() >> 9, -23);
  *c = scaled(0x800000 | test_random() >> 9, random_exponent(-60, 30));
}

static void near_each_other(void) {
  run(draw_near, 0);
}

/* A product of 25 bits, half-way between two floats if its last bit is 1, and an addend that may tip the balance. */
static void draw_halfway(float *a, float *b, float *c) {
  *a = scaled(0x1000 | test_random() >> 20 | 1, random_exponent(-40, 40));
  *b = scaled(0x1000 | test_random() >> 20 | 1, random_exponent(-40, 40));
  *c = test_random() % 8 == 0 ? scaled(0, 0) : scaled(1 + (test_random() >> 9), random_exponent(-149, -110));
}

static void halfway(void) {
  run(draw_halfway, ROUNDS * N / 8);
}

/* An addend to which the product adds half a unit in its last place, a little more or less. */
static void draw_halfway_addend(float *a, float *b, float *c) {
  const int exponent = random_exponent(-60, 60);
  *a = scaled(0x800000 + (uint32_t)test_random_below(3) - 1, exponent);
  *b = scaled(0x800000 + (uint32_t)test_random_below(3) - 1, -exponent - 47);
  *c = scaled(0x800000 | test_random() >> 9, 0);
}

static void halfway_addend(void) {
  run(draw_halfway_addend, ROUNDS * N / 16);
}

/* Subnormal sums: of any two terms, and of an addend and half of the smallest number, less a little. */
static void draw_subnormal(float *a, float *b, float *c) {
  const int exponent = random_exponent(-100, -70);
  if (test_random() % 2 == 0) {
    *a = scaled(0x800000 | test_random() >> 9, exponent);
    *b = scaled(0x800000 | test_random() >> 9, random_exponent(-200, -170) - exponent);
    *c = scaled(test_random() >> random_exponent(9, 31), -149);
  } else {
    const uint32_t i = test_random() >> 23;
    *a = scaled(0x800000 + i, exponent);
    *b = scaled(0x800000 - i, -150 - 46 - exponent);
    *c = scaled(0x700000 | test_random() >> 12, -149);
  }
}

static void subnormal(void) {
  run(draw_subnormal, ROUNDS * N / 16);
}

/* Sums around the largest number. */
static void draw_huge(float *a, float *b, float *c) {
  const int exponent = random_exponent(0, 50);
  *a = scaled(0xffffff - (test_random() >> 30), exponent);
  *b = scaled(0xffffff - (test_random() >> 30), random_exponent(78, 82) - exponent);
  *c = scaled(0xffffff - (test_random() >> random_exponent(8, 31)), random_exponent(70, 104));
}

static void huge(void) {
  run(draw_huge, 0);
}

/* All triples of what is special, infinite and NaN included, and a case that mingw-w64's fmaf gets wrong. */
static void special(void) {
  static const float values[] = {0.0f,      -0.0f,      1.0f,     -1.0f,       0x1p-149f,   -0x1p-149f,
                                 0x1p-126f, -0x1p-126f, 0x1p-75f, 0x1p-74f,    0x1.8p-75f,  1.0f + 0x1p-23f,
                                 0x1p127f,  -0x1p127f,  INFINITY, -INFINITY,   NAN,         0x1.fffffep+127f,
                                 0x1p+64f,  0x1p+63f,   0x1p-24f, -0x1.8p-24f, -0x1.fcp-2f, -0x1.fffffep+127f};
  enum { N_VALUES = sizeof values / sizeof values[0] };
  static float a[N], b[N], c[N];
  size_t n = 0;
  for (size_t i = 0; i < N_VALUES; ++i)
    for (size_t j = 0; j < N_VALUES; ++j)
      for (size_t l = 0; l < N_VALUES; ++l) {
        a[n] = values[i];
        b[n] = values[j];
        c[n] = values[l];
        n = (n + 1) % N;
        if (n == 0)
          check(a, b, c);
      }
  check(a, b, c);
  CHECK(ms_fma_in_double(-0x1.c9b352p+3f, -0x1.54e5aep-12f, -0x1.792f78p-6f) ==
        exact_fma(-0x1.c9b352p+3f, -0x1.54e5aep-12f, -0x1.792f78p-6f));
}

static const struct test_case cases[] = {
    {"any", any},
    {"near_each_other", near_each_other},
    {"halfway", halfway},
    {"halfway_addend", halfway_addend},
    {"subnormal", subnormal},
    {"huge", huge},
    {"special", special},
};

TEST_MAIN(cases)
