/* The test harness on POSIX: crashes, guard pages, folders, standard output. */
#define _GNU_SOURCE /* nftw, mkdtemp, MAP_ANONYMOUS */
#include <ftw.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/harness.h"
#include "tests/harness_system.h"

enum { MAX_BUFFERS = 64, GUARD_BYTES = 256, GUARD_BYTE = 0xA5, MAX_FOLDERS = 64 };

struct buffer {
  uint8_t *mapping, *data;
  size_t mapping_bytes, n_bytes, skew;
};

static sigjmp_buf back;
static pthread_t main_thread;
static struct buffer buffers[MAX_BUFFERS];
static size_t n_buffers;
static char folders[MAX_FOLDERS][64];
static size_t n_folders;

enum test_outcome test_run(void (*run)(void)) {
  const enum test_outcome outcome = (enum test_outcome)sigsetjmp(back, 1);
  if (outcome == TEST_PASSED)
    run();
  return outcome;
}

void test_leave(enum test_outcome outcome) {
  siglongjmp(back, (int)outcome);
}

/* Only the main thread can go on with the next case. */
static void on_crash(int number) {
  char what[128];
  if (!pthread_equal(pthread_self(), main_thread)) {
    snprintf(what, sizeof what, " in another thread: %s", strsignal(number));
    test_crashed(what);
    test_print_outcome(TEST_FAILED);
    _exit(EXIT_FAILURE);
  }
  snprintf(what, sizeof what, ": %s", strsignal(number));
  test_crashed(what);
  test_leave(TEST_FAILED);
}

void test_catch_crashes(void) {
  static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
  struct sigaction action = {.sa_handler = on_crash, .sa_flags = SA_NODEFER};
  main_thread = pthread_self();
  sigemptyset(&action.sa_mask);
  for (size_t i = 0; i < sizeof signals / sizeof signals[0]; ++i)
    sigaction(signals[i], &action, NULL);
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

void test_environment(const char *name, const char *value) {
  CHECK((value ? setenv(name, value, 1) : unsetenv(name)) == 0);
}

void test_state_folder(const char *folder) {
  test_environment("XDG_STATE_HOME", folder);
  if (!folder)
    test_environment("HOME", "nowhere");
}

void test_make_pipe(const char *path) {
  CHECK(mkfifo(path, 0600) == 0);
}

void test_make_link(const char *to, const char *path) {
  CHECK(symlink(to, path) == 0);
}

unsigned test_umask(unsigned mask) {
  return umask((mode_t)mask);
}

bool test_has_mode(const char *path, unsigned mode) {
  struct stat info;
  return stat(path, &info) == 0 && (info.st_mode & 0777) == mode;
}

size_t test_most_memory(void) {
  struct rusage usage;
  CHECK(getrusage(RUSAGE_SELF, &usage) == 0);
  return (size_t)usage.ru_maxrss;
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

void test_remove_folders(void) {
  while (n_folders > 0)
    nftw(folders[--n_folders], remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}
