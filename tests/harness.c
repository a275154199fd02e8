/* The test harness: cases, their messages, random numbers. */
#include "tests/harness.h"

#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/philox.h"
#include "runtime/mnist_simd.h"
#include "runtime/platform/system.h"
#include "tests/harness_system.h"

static const struct test_case *running;
static char message[2048], context[1024];
static const char *subject;
static uint64_t seed = 1;
static uint64_t n_drawn;

void test_fail(const char *file, int line, const char *condition, const char *format, ...) {
  const int length = snprintf(message, sizeof message, "%s:%d: %s ", file, line, condition);
  va_list args;
  va_start(args, format);
  if (length > 0 && (size_t)length < sizeof message)
    vsnprintf(message + length, sizeof message - (size_t)length, format, args);
  va_end(args);
  test_leave(TEST_FAILED);
}

void test_skip(const char *format, ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(message, sizeof message, format, args);
  va_end(args);
  test_leave(TEST_LEFT_OUT);
}

void test_subject(const char *name) {
  subject = name;
  context[0] = '\0';
}

void test_context(const char *format, ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(context, sizeof context, format, args);
  va_end(args);
}

/* " [avx2: m 3, n 4]", as far as it is known. */
static void print_where(void) {
  if (subject || context[0])
    printf(" [%s%s%s]", subject ? subject : "", subject && context[0] ? ": " : "", context);
}

void test_print_outcome(enum test_outcome outcome) {
  static const char *const words[] = {"ok", "FAILED", "skipped"};
  printf("%-8s%s", words[outcome], running->name);
  if (outcome != TEST_PASSED) {
    printf(": %s", message);
    print_where();
  }
  putchar('\n');
  fflush(stdout);
}

void test_crashed(const char *what) {
  snprintf(message, sizeof message, "crashed%s", what);
}

uint32_t test_random(void) {
  const uint32_t counter[4] = {(uint32_t)n_drawn, (uint32_t)(n_drawn >> 32), 0, 0};
  const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
  uint32_t block[4];
  ms_philox4x32(counter, key, block);
  ++n_drawn;
  return block[0];
}

size_t test_random_below(size_t n) {
  return (size_t)(((uint64_t)test_random() * n) >> 32);
}

float test_random_float(float min, float max) {
  return min + (max - min) * ((float)(test_random() >> 8) * 0x1p-24f);
}

void test_golden(const char *name, char hex[65]) {
  char path[1024];
  snprintf(path, sizeof path, "%s/%s.sha256", MS_GOLDEN_FOLDER, name);
  FILE *file = fopen(path, "r");
  CHECK_MESSAGE(file, "%s", path);
  const int n = fscanf(file, "%64[0-9a-f]", hex);
  fclose(file);
  CHECK_MESSAGE(n == 1 && strlen(hex) == 64, "%s", path);
}

uint64_t test_get_64(const uint8_t bytes[8]) {
  uint64_t number = 0;
  for (int i = 7; i >= 0; --i)
    number = number << 8 | bytes[i];
  return number;
}

void test_put_64(uint8_t bytes[8], uint64_t number) {
  for (int i = 0; i < 8; ++i, number >>= 8)
    bytes[i] = (uint8_t)number;
}

void test_put_float(uint8_t bytes[4], float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  for (int i = 0; i < 4; ++i, bits >>= 8)
    bytes[i] = (uint8_t)bits;
}

void test_check_floats(const uint8_t *bytes, const float *values, size_t n) {
  for (size_t i = 0; i < n; ++i) {
    uint8_t expected[4];
    test_put_float(expected, values[i]);
    CHECK_MESSAGE(memcmp(bytes + 4 * i, expected, sizeof expected) == 0, "float %zu is not %a", i, (double)values[i]);
  }
}

void test_write_file(const char *path, const void *data, size_t n_bytes) {
  ms_os_remove(path);
  const int file = ms_os_open(path, MS_OS_NEW);
  CHECK_MESSAGE(file >= 0, "%s", path);
  const bool written = ms_write_all(file, data, n_bytes);
  CHECK(ms_os_close(file) && written);
}

static enum test_outcome run_case(const struct test_case *test) {
  n_drawn = 0;
  running = test;
  message[0] = context[0] = '\0';
  subject = NULL;
  const enum test_outcome outcome = test_run(test->run);
  ms_shutdown();
  test_release();
  test_remove_folders();
  test_print_outcome(outcome);
  return outcome;
}

/* A locale of this name, with a decimal comma: for tests that must not see it. */
static bool choose_comma(const char *name) {
  return setlocale(LC_ALL, name) && strcmp(localeconv()->decimal_point, ",") == 0;
}

/* Reads the seed and the locale, and returns the part of a name that selects cases, "" for all; NULL if the arguments
 * are wrong. */
static const char *read_arguments(int argc, char **argv) {
  const char *selected = "", *given = getenv("MS_TEST_SEED");
  for (int i = 1; i < argc; ++i) {
    if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
      given = argv[++i];
    else if (strcmp(argv[i], "--locale") == 0 && i + 1 < argc && choose_comma(argv[i + 1]))
      ++i;
    else if (argv[i][0] != '-')
      selected = argv[i];
    else
      selected = NULL;
    if (!selected)
      break;
  }
  char *end = "";
  if (given)
    seed = strtoull(given, &end, 10);
  if (selected && *end == '\0')
    return selected;
  fprintf(stderr, "usage: %s [--seed N] [--locale NAME OF ONE WITH A DECIMAL COMMA] [PART OF A CASE'S NAME]\n",
          argv[0]);
  return NULL;
}

int test_main(int argc, char **argv, const struct test_case *cases, size_t n_cases) {
  const char *selected = read_arguments(argc, argv);
  if (!selected)
    return 2;
  printf("MS_TEST_SEED=%llu\n", (unsigned long long)seed);
  test_catch_crashes();
  size_t counts[3] = {0};
  for (size_t i = 0; i < n_cases; ++i)
    if (strstr(cases[i].name, selected))
      ++counts[run_case(&cases[i])];
  printf("%zu passed, %zu failed, %zu skipped\n", counts[TEST_PASSED], counts[TEST_FAILED], counts[TEST_LEFT_OUT]);
  if (counts[TEST_FAILED] > 0 || counts[TEST_PASSED] + counts[TEST_LEFT_OUT] == 0)
    return EXIT_FAILURE;
  return counts[TEST_PASSED] > 0 ? EXIT_SUCCESS : TEST_SKIPPED;
}
