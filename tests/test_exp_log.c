/* exp and log on all 2^32 floats: every ISA against the reference, bit for bit, the reference against what it gave when
 * this version of the contract was made, and its worst error against double precision. Minutes of all cores. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "reference/exp_log.h"
#include "reference/reference.h"
#include "runtime/platform/cores.h"
#include "runtime/platform/threads.h"
#include "tests/harness.h"
#include "tests/isas.h"

enum { CHUNK = 4096, MAX_PARTS = 64 };

typedef void one_argument(size_t n, const float *x, float *y);

struct comparison {
  one_argument *reference, *kernels[MAX_TEST_ISAS];
  size_t n_kernels;
  double (*exact)(double);
  float lowest, highest; /* beyond these, the exact value is no normal float: the contract asks for a special one */
  struct part {
    uint64_t n_inputs, n_differences, checksum;
    float first_difference;
    double worst_ulp;
    float worst_at;
  } parts[MAX_PARTS]; /* one a thread */
};

/* Distance in units in the last place of the exact value's binade; 0 where the contract asks for a special value. */
static double error_ulp(double exact, float found) {
  if (!(fabs(exact) >= (double)FLT_MIN && fabs(exact) <= (double)FLT_MAX) || !isfinite(found))
    return 0;
  uint64_t bits;
  double ulps; /* in 1: 2^(23 - the exponent of exact) */
  memcpy(&bits, &exact, sizeof bits);
  bits = (1023 + FLT_MANT_DIG - 1 + 1023 - (bits >> 52 & 0x7ff)) << 52;
  memcpy(&ulps, &bits, sizeof ulps);
  return fabs((double)found - exact) * ulps;
}

static void compare_chunk(const struct comparison *c, uint64_t first, struct part *part) {
  float x[CHUNK], expected[CHUNK], found[CHUNK];
  for (size_t i = 0; i < CHUNK; ++i)
    x[i] = ms_bits_float((uint32_t)(first + i));
  c->reference(CHUNK, x, expected);
  for (size_t k = 0; k < c->n_kernels; ++k) {
    c->kernels[k](CHUNK, x, found);
    for (size_t i = 0; i < CHUNK && memcmp(found, expected, sizeof found) != 0; ++i)
      if (ms_float_bits(found[i]) != ms_float_bits(expected[i]) && part->n_differences++ == 0)
        part->first_difference = x[i];
  }
  for (size_t i = 0; i < CHUNK; ++i) {
    if (!isnan(expected[i])) /* of NaN the contract promises no bits */
      part->checksum += ms_float_bits(expected[i]) * (2 * (first + i) + 1);
    const bool is_normal = x[i] >= c->lowest && x[i] <= c->highest;
    const double error = is_normal ? error_ulp(c->exact((double)x[i]), expected[i]) : 0;
    if (error > part->worst_ulp) {
      part->worst_ulp = error;
      part->worst_at = x[i];
    }
  }
  part->n_inputs += CHUNK;
}

static void compare_task(void *context, size_t index) {
  struct comparison *c = context;
  for (uint64_t first = index * CHUNK; first < UINT64_C(1) << 32; first += ms_pool_size() * CHUNK)
    compare_chunk(c, first, &c->parts[index]);
}

/* checksum: the sum, modulo 2^64, of each result's bits times twice its input's bits plus 1. Contract version 2; it
 * shows a change of the shared formulas, which all ISAs would follow and few digests of trainings would tell. */
static void compare_all(struct comparison *c, uint64_t checksum, double bound_ulp) {
  const size_t cores = ms_cpu_cores() < MAX_PARTS ? ms_cpu_cores() : MAX_PARTS;
  CHECK(ms_pool_start(cores, 0) == MS_OK);
  ms_pool_run(compare_task, c);
  ms_pool_stop();
  struct part sum = {0};
  for (size_t i = 0; i < cores; ++i) {
    const struct part *part = &c->parts[i];
    sum.n_inputs += part->n_inputs;
    sum.checksum += part->checksum;
    if (part->n_differences > 0)
      sum.first_difference = part->first_difference;
    sum.n_differences += part->n_differences;
    if (part->worst_ulp > sum.worst_ulp) {
      sum.worst_ulp = part->worst_ulp;
      sum.worst_at = part->worst_at;
    }
  }
  printf("        %llu inputs, %zu ISAs beside the reference, worst error %.4f ulp at %a\n",
         (unsigned long long)sum.n_inputs, c->n_kernels, sum.worst_ulp, (double)sum.worst_at);
  CHECK(sum.n_inputs == UINT64_C(1) << 32);
  CHECK_MESSAGE(sum.n_differences == 0, "%llu differ, such as at %a", (unsigned long long)sum.n_differences,
                (double)sum.first_difference);
  CHECK_MESSAGE(sum.checksum == checksum, "checksum %#llx", (unsigned long long)sum.checksum);
  CHECK_MESSAGE(sum.worst_ulp < bound_ulp, "%g ulp", sum.worst_ulp);
}

static void add_kernels(struct comparison *c, bool logarithm) {
  struct test_isa isas[MAX_TEST_ISAS];
  c->n_kernels = test_isas(isas);
  for (size_t i = 0; i < c->n_kernels; ++i)
    c->kernels[i] = logarithm ? isas[i].table.log : isas[i].table.exp;
}

/* The bounds are those that kernels/exp_log.h states. */
static void exp_all(void) {
  static struct comparison c = {.reference = ms_exp_f32_reference, .exact = exp, .lowest = -88, .highest = 89};
  add_kernels(&c, false);
  compare_all(&c, 0x92d7b5b064914a5e, 1.01);
}

static void log_all(void) {
  static struct comparison c = {.reference = ms_log_f32_reference, .exact = log, .lowest = 0, .highest = FLT_MAX};
  add_kernels(&c, true);
  compare_all(&c, 0xeea19453d91ad7b7, 0.802);
}

static const struct test_case cases[] = {
    {"exp_all", exp_all},
    {"log_all", log_all},
};

TEST_MAIN(cases)
