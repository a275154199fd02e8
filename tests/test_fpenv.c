/* Results do not depend on the floating-point environment that the caller happens to have: flushing of subnormals and
 * rounding, as a fast-math library or a careless program sets them, before or after the threads were started. */
#define _GNU_SOURCE /* feenableexcept */
#include <fenv.h>
#include <stdio.h>
#include <string.h>

#include "runtime/platform/dispatch.h"
#include "runtime/platform/fpenv.h"
#include "tests/harness.h"
#include "tests/matrix.h"

/* Flushing of subnormals, where the processor can do that, and rounding upwards. On x86 by SSE alone: the x87 unit,
 * which is all that fegetround sees, stays as it was. */
#if defined(__SSE2_MATH__)
#include <xmmintrin.h>
enum { FLUSHES = true, DISTURBED = 1 << 15 | 1 << 6 | 2 << 13 };

static unsigned get(void) {
  return _mm_getcsr();
}

static void set(unsigned control) {
  _mm_setcsr(control);
}
#elif defined(__aarch64__) || defined(__arm__)
enum { FLUSHES = true, DISTURBED = 1 << 24 | 1 << 22 };

#if defined(__aarch64__)
static unsigned get(void) {
  uint64_t control;
  __asm__ volatile("mrs %0, fpcr" : "=r"(control));
  return (unsigned)control;
}

static void set(unsigned control) {
  __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)control));
}
#else
static unsigned get(void) {
  unsigned control;
  __asm__ volatile("vmrs %0, fpscr" : "=r"(control));
  return control;
}

static void set(unsigned control) {
  __asm__ volatile("vmsr fpscr, %0" : : "r"(control));
}
#endif
#else
enum { FLUSHES = false, DISTURBED = FE_UPWARD };
_Static_assert(FE_TONEAREST == 0, "settle() clears the bits of DISTURBED");

static unsigned get(void) {
  return (unsigned)fegetround();
}

static void set(unsigned control) {
  fesetround((int)control);
}
#endif

static void disturb(void) {
  set(get() | DISTURBED);
}

static bool is_disturbed(void) {
  return (get() & DISTURBED) == DISTURBED;
}

static void settle(void) {
  set(get() & ~(unsigned)DISTURBED);
}

/* Traps that programs set to find their faults (inexact is none: about every operation is). An extension of glibc;
 * false without it, and on the processors that have no traps. */
enum { TRAPS = FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW };

static bool set_traps(void) {
#if defined(__GLIBC__)
  return feenableexcept(TRAPS) != -1;
#else
  return false;
#endif
}

static bool clear_traps(void) {
#if defined(__GLIBC__)
  return fedisableexcept(FE_ALL_EXCEPT) == TRAPS;
#else
  return false;
#endif
}

enum { SIZE = 70 };

/* Sums of products that are subnormal on their way, and sums that rounding upwards would change. */
static void multiply(const struct matrix *a, const struct matrix *b, const struct matrix *c) {
  CHECK(ms_sgemm(MS_NO_TRANS, MS_NO_TRANS, SIZE, SIZE, SIZE, 1, a->data, a->ld, b->data, b->ld, 0, c->data, c->ld) ==
        MS_OK);
}

static char checkpoint_path[256];

static enum ms_status keep(void *context, enum ms_moment moment, const struct ms_train_state *state) {
  (void)context;
  (void)moment;
  return ms_checkpoint_save(state, NULL, checkpoint_path);
}

/* A network's weights from a few steps on made-up images, numbers being written and read on the way. */
static void train(char hex[65]) {
  static uint8_t images[100 * 25], labels[100];
  for (size_t i = 0; i < sizeof images; ++i)
    images[i] = (uint8_t)(i * 7919 >> 3);
  for (size_t i = 0; i < sizeof labels; ++i)
    labels[i] = (uint8_t)(i % 3);
  const struct ms_dataset data = {100, 5, 5, 3, images, labels, NULL};
  struct ms_config *config;
  struct ms_network *network;
  struct ms_train_result result;
  const struct ms_observer observer = {.keep = keep};
  CHECK(ms_config_preset("final", &config) == MS_OK);
  CHECK(ms_config_set(config, "lr", "0.00025") == MS_OK && config->lr == 0.00025);
  config->schedule = MS_SCHEDULE_COSINE;
  config->epochs = 5;
  config->batch = 32;
  config->hidden[0].units = 40;
  config->hidden[1].units = 30;
  CHECK(ms_train(config, &data, NULL, &observer, &network, &result) == MS_OK);
  ms_network_sha256(network, hex);
  ms_network_free(network);
  struct ms_checkpoint *checkpoint;
  CHECK_MESSAGE(ms_checkpoint_load(checkpoint_path, &checkpoint) == MS_OK, "%s", ms_error_message());
  CHECK(ms_config_difference(ms_checkpoint_config(checkpoint), config) == NULL);
  ms_checkpoint_free(checkpoint);
  ms_config_free(config);
}

static void same_bits(void) {
  const struct matrix a = matrix_new(SIZE, SIZE, EXTREME), b = matrix_new(SIZE, SIZE, EXTREME);
  for (size_t i = 0; i < a.n_bytes / sizeof(float); ++i)
    a.data[i] *= 0x1p-70f;
  for (size_t i = 0; i < b.n_bytes / sizeof(float); ++i)
    b.data[i] *= 0x1p-70f;
  const struct matrix expected = matrix_new(SIZE, SIZE, ORDINARY), found = matrix_copy(&expected);
  snprintf(checkpoint_path, sizeof checkpoint_path, "%s/checkpoint", test_folder());
  for (size_t i = 0; i < ms_isa_count(); ++i) {
    char expected_digest[65], digest[65];
    const enum ms_status status = ms_init(ms_isa_entry(i)->name, 3);
    if (status == MS_ERROR_UNSUPPORTED)
      continue;
    CHECK(status == MS_OK);
    multiply(&a, &b, &expected);
    train(expected_digest);
    ms_shutdown();

    disturb(); /* before the threads start, which would inherit it */
    CHECK(ms_init(ms_isa_entry(i)->name, 3) == MS_OK);
    multiply(&a, &b, &found);
    train(digest);
    CHECK_MESSAGE(is_disturbed(), "the caller's own settings were not given back");
    settle();
    matrix_check_same(&expected, &found, "C");
    CHECK_MESSAGE(strcmp(expected_digest, digest) == 0, "%s: %s, %s", ms_isa(), expected_digest, digest);

    /* By the C library, which sets the x87 unit as well. */
    CHECK(fesetround(FE_UPWARD) == 0);
    const bool traps = set_traps();
    train(digest);
    CHECK_MESSAGE(fegetround() == FE_UPWARD, "the caller's own rounding was not given back");
    CHECK_MESSAGE(clear_traps() == traps, "the caller's own traps were not given back");
    fesetround(FE_TONEAREST);
    CHECK_MESSAGE(strcmp(expected_digest, digest) == 0, "%s: %s, %s", ms_isa(), expected_digest, digest);
    ms_shutdown();
  }
}

/* The disturbance is one that shows where nothing is done about it. */
static void disturbance_shows(void) {
  /* volatile: computed where it is written, between the two calls */
  volatile float tiny = 0x1p-100f, small = 0x1p-40f, one = 1.0f, large = 25.0f; /* 1 / 25 rounds down */
  volatile float product = tiny * small, quotient = one / large, flushed, rounded_up;
  disturb();
  flushed = tiny * small;
  rounded_up = one / large;
  settle();
  CHECK(product != 0.0f && (flushed == 0.0f) == FLUSHES);
  CHECK(rounded_up > quotient);
}

static const struct test_case cases[] = {
    {"disturbance_shows", disturbance_shows},
    {"same_bits", same_bits},
};

TEST_MAIN(cases)
