/* The test harness. */
#define _GNU_SOURCE /* nftw, mkdtemp, MAP_ANONYMOUS */
#include "tests/harness.h"

#include <ftw.h>
#include <locale.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kernels/philox.h"
#include "runtime/mnist_simd.h"

enum outcome { PASSED, FAILED, SKIPPED };
enum { MAX_BUFFERS = 64, GUARD_BYTES = 256, GUARD_BYTE = 0xA5, MAX_FOLDERS = 64 };

struct buffer {
  uint8_t *mapping, *data;
  size_t mapping_bytes, n_bytes, skew;
};

static sigjmp_buf back;
static pthread_t main_thread;
static const struct test_case *running;
static char message[2048], context[1024];
static const char *subject;
static struct buffer buffers[MAX_BUFFERS];
static size_t n_buffers;
static char folders[MAX_FOLDERS][64];
static size_t n_folders;
static uint64_t seed = 1;
static uint64_t n_drawn;

void test_fail(const char *file, int line, const char *condition, const char *format, ...) {
  const int length = snprintf(message, sizeof message, "%s:%d: %s ", file, line, condition);
  va_list args;
  va_start(args, format);
  if (length > 0 && (size_t)length < sizeof message)
    vsnprintf(message + length, sizeof message - (size_t)length, format, args);
  va_end(args);
  siglongjmp(back, FAILED);
}

void test_skip(const char *format, ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(message, sizeof message, format, args);
  va_end(args);
  siglongjmp(back, SKIPPED);
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

/* Only the main thread can go on with the next case. */
static void on_crash(int number) {
  if (!pthread_equal(pthread_self(), main_thread)) {
    printf("FAILED  %s: crashed in another thread: %s", running->name, strsignal(number));
    print_where();
    putchar('\n');
    fflush(stdout);
    _exit(EXIT_FAILURE);
  }
  snprintf(message, sizeof message, "crashed: %s", strsignal(number));
  siglongjmp(back, FAILED);
}

static void catch_crashes(void) {
  static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
  struct sigaction action = {.sa_handler = on_crash, .sa_flags = SA_NODEFER};
  sigemptyset(&action.sa_mask);
  for (size_t i = 0; i < sizeof signals / sizeof signals[0]; ++i)
    sigaction(signals[i], &action, NULL);
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

void *test_buffer(size_t n_bytes, size_t skew) {
  CHECK(n_buffers < MAX_BUFFERS);
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  const size_t used = GUARD_BYTES + n_bytes + skew;
  struct buffer *b = &buffers[n_buffers];
  const size_t accessible = (used + page - 1) / page * page;
  b->mapping_bytes = accessible + page;
  b->mapping = mmap(NULL, b->mapping_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(b->mapping != MAP_FAILED);
  CHECK(mprotect(b->mapping + accessible, page, PROT_NONE) == 0);
  ++n_buffers;
  b->data = b->mapping + accessible - skew - n_bytes;
  b->n_bytes = n_bytes;
  b->skew = skew;
  memset(b->mapping, GUARD_BYTE, accessible);
  return b->data;
}

static bool filled(const uint8_t *bytes, size_t n) {
  for (size_t i = 0; i < n; ++i)
    if (bytes[i] != GUARD_BYTE)
      return false;
  return true;
}

bool test_guards_intact(const void *data) {
  for (size_t i = 0; i < n_buffers; ++i) {
    const struct buffer *b = &buffers[i];
    if (b->data == data)
      return filled(b->mapping, (size_t)(b->data - b->mapping)) && filled(b->data + b->n_bytes, b->skew);
  }
  return false;
}

const char *test_folder(void) {
  CHECK(n_folders < MAX_FOLDERS);
  char *folder = folders[n_folders];
  snprintf(folder, sizeof folders[0], "/tmp/mnist_simd_test.XXXXXX");
  CHECK(mkdtemp(folder));
  ++n_folders;
  return folder;
}

char *test_printed(void (*print)(const void *what), const void *what) {
  FILE *file = tmpfile();
  fflush(stdout);
  const int terminal = dup(STDOUT_FILENO);
  CHECK(file && terminal >= 0 && dup2(fileno(file), STDOUT_FILENO) >= 0);
  print(what);
  fflush(stdout);
  CHECK(dup2(terminal, STDOUT_FILENO) >= 0 && close(terminal) == 0);
  const long n_bytes = ftell(file);
  char *text = calloc((size_t)n_bytes + 1, 1);
  rewind(file);
  CHECK(n_bytes >= 0 && text && fread(text, 1, (size_t)n_bytes, file) == (size_t)n_bytes);
  fclose(file);
  return text;
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
  FILE *file = fopen(path, "wb");
  CHECK_MESSAGE(file, "%s", path);
  const bool written = fwrite(data, 1, n_bytes, file) == n_bytes;
  CHECK(fclose(file) == 0 && written);
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *walk) {
  (void)info;
  (void)type;
  (void)walk;
  return remove(path);
}

void test_release(void) {
  while (n_buffers > 0) {
    const struct buffer *b = &buffers[--n_buffers];
    munmap(b->mapping, b->mapping_bytes);
  }
}

static void release_all(void) {
  ms_shutdown();
  test_release();
  while (n_folders > 0)
    nftw(folders[--n_folders], remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static enum outcome run_case(const struct test_case *test) {
  n_drawn = 0;
  running = test;
  message[0] = context[0] = '\0';
  subject = NULL;
  const enum outcome outcome = (enum outcome)sigsetjmp(back, 1);
  if (outcome == PASSED)
    test->run();
  release_all();
  static const char *const words[] = {"ok", "FAILED", "skipped"};
  printf("%-8s%s", words[outcome], test->name);
  if (outcome != PASSED) {
    printf(": %s", message);
    print_where();
  }
  putchar('\n');
  fflush(stdout);
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
  main_thread = pthread_self();
  catch_crashes();
  size_t counts[3] = {0};
  for (size_t i = 0; i < n_cases; ++i)
    if (strstr(cases[i].name, selected))
      ++counts[run_case(&cases[i])];
  printf("%zu passed, %zu failed, %zu skipped\n", counts[PASSED], counts[FAILED], counts[SKIPPED]);
  if (counts[FAILED] > 0 || counts[PASSED] + counts[SKIPPED] == 0)
    return EXIT_FAILURE;
  return counts[PASSED] > 0 ? EXIT_SUCCESS : TEST_SKIPPED;
}
