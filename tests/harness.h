/* A small test harness: named cases, checks that say where they failed, crashes turned into failures of the case that
 * crashed, seeded random numbers, and buffers that reveal an access outside them. The library is shut down after each
 * case. */
#ifndef MS_TESTS_HARNESS_H
#define MS_TESTS_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct test_case {
  const char *name;
  void (*run)(void);
};

/* Runs the cases, or only those whose name contains the argument. Returns the exit code: 0 if all passed, 1 if one
 * failed, and TEST_SKIPPED (CTest's SKIP_RETURN_CODE) if none passed or failed because all were skipped. The seed of
 * test_random() is printed, and taken from --seed N or from the environment variable MS_TEST_SEED if one is given.
 * --locale NAME runs the cases under a locale with a decimal comma. */
int test_main(int argc, char **argv, const struct test_case *cases, size_t n_cases);
#define TEST_SKIPPED 77
#define TEST_MAIN(cases)                                                                                               \
  int main(int argc, char **argv) {                                                                                    \
    return test_main(argc, argv, cases, sizeof(cases) / sizeof((cases)[0]));                                           \
  }

/* Ends the case as failed unless the condition holds. CHECK_MESSAGE adds what was found. */
#define CHECK(condition) CHECK_MESSAGE(condition, "%s", "")
#define CHECK_MESSAGE(condition, ...)                                                                                  \
  do {                                                                                                                 \
    if (!(condition))                                                                                                  \
      test_fail(__FILE__, __LINE__, #condition, __VA_ARGS__);                                                          \
  } while (0)

__attribute__((format(printf, 4, 5), noreturn)) void test_fail(const char *file, int line, const char *condition,
                                                               const char *format, ...);

/* Ends the case as skipped. */
__attribute__((format(printf, 1, 2), noreturn)) void test_skip(const char *format, ...);

/* Names what is tested from here on (an ISA, for one), for the message if the case fails or crashes. */
void test_subject(const char *name);

/* Names what the case is doing, for the message if it fails or crashes. */
__attribute__((format(printf, 1, 2))) void test_context(const char *format, ...);

/* Uniform random numbers; a case starts anew from the seed. */
uint32_t test_random(void);
size_t test_random_below(size_t n);
float test_random_float(float min, float max);

/* n_bytes of memory whose last byte is the last before an inaccessible page, and `skew` bytes further from any
 * alignment: the page lies skew bytes behind the end, filled with a pattern. Before the memory there is a pattern too.
 * test_guards_intact() says whether both patterns stand. All buffers are released when the case ends, or before by
 * test_release(). */
void *test_buffer(size_t n_bytes, size_t skew);
bool test_guards_intact(const void *buffer);
void test_release(void);

/* A new empty folder, removed with all in it when the case ends. */
const char *test_folder(void);

/* What `print` writes to standard output; to be freed. */
char *test_printed(void (*print)(const void *what), const void *what);

/* Sets a variable of the environment, or removes it (NULL). Of the folders in which users' programs keep what is
 * theirs, one chooses it, whatever the system calls it; NULL: there is none. */
void test_environment(const char *name, const char *value);
void test_state_folder(const char *folder);

/* A named pipe, a symbolic link, what a file's mode is made of: where the system has none, the case is skipped, or any
 * mode is right. */
void test_make_pipe(const char *path);
void test_make_link(const char *to, const char *path);
unsigned test_umask(unsigned mask);
bool test_has_mode(const char *path, unsigned mode);

/* The most memory that the process has had, in KiB. */
size_t test_most_memory(void);

/* The digest in tests/golden/<name>.sha256. */
void test_golden(const char *name, char hex[65]);

/* Numbers in little-endian bytes, as files hold them on every machine. test_check_floats fails the case where one
 * differs. */
uint64_t test_get_64(const uint8_t bytes[8]);
void test_put_64(uint8_t bytes[8], uint64_t number);
void test_put_float(uint8_t bytes[4], float value);
void test_check_floats(const uint8_t *bytes, const float *values, size_t n);

/* Writes a file, or fails the case. */
void test_write_file(const char *path, const void *data, size_t n_bytes);

#endif
