/* The test harness on Windows: crashes, guard pages, folders, standard output. */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <fcntl.h>
#include <io.h>
#define PSAPI_VERSION 2 /* of kernel32.dll */
#include <psapi.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/platform/system.h"
#include "tests/harness.h"
#include "tests/harness_system.h"

enum { MAX_BUFFERS = 64, GUARD_BYTES = 256, GUARD_BYTE = 0xA5, MAX_FOLDERS = 64, PAGE = 4096 };

struct buffer {
  uint8_t *mapping, *data;
  size_t n_bytes, skew;
};

static void *back[5]; /* of __builtin_setjmp, which unwinds nothing: a crash leaves nothing to unwind by */
static enum test_outcome left_with;
static DWORD main_thread;
static struct buffer buffers[MAX_BUFFERS];
static size_t n_buffers;
static char folders[MAX_FOLDERS][MS_PATH_SIZE];
static size_t n_folders;

enum test_outcome test_run(void (*run)(void)) {
  left_with = TEST_PASSED;
  if (__builtin_setjmp(back) == 0)
    run();
  return left_with;
}

void test_leave(enum test_outcome outcome) {
  left_with = outcome;
  __builtin_longjmp(back, 1);
}

/* Only the main thread can go on with the next case. */
static void leave_crashed(void) {
  if (GetCurrentThreadId() == main_thread)
    test_leave(TEST_FAILED);
  test_print_outcome(TEST_FAILED);
  ExitProcess(EXIT_FAILURE);
}

/* The thread goes on in leave_crashed, on its stack as after a call. */
static LONG CALLBACK on_exception(EXCEPTION_POINTERS *exception) {
  const DWORD code = exception->ExceptionRecord->ExceptionCode;
  char what[64];
  if (code >> 28 != 0xc) /* no error: threads are given names by exceptions, too */
    return EXCEPTION_CONTINUE_SEARCH;
  snprintf(what, sizeof what, ": exception %#lx", code);
  test_crashed(what);
  exception->ContextRecord->Rsp = (exception->ContextRecord->Rsp - 1024) / 64 * 64 - 8;
  exception->ContextRecord->Rip = (DWORD64)(uintptr_t)leave_crashed;
  return EXCEPTION_CONTINUE_EXECUTION;
}

static void on_abort(int number) {
  (void)number;
  test_crashed(": aborted");
  leave_crashed();
}

void test_catch_crashes(void) {
  main_thread = GetCurrentThreadId();
  AddVectoredExceptionHandler(1, on_exception);
  signal(SIGABRT, on_abort);
  _setmode(1, _O_BINARY); /* as the program has it */
}

void *test_buffer(size_t n_bytes, size_t skew) {
  CHECK(n_buffers < MAX_BUFFERS);
  const size_t accessible = (GUARD_BYTES + n_bytes + skew + PAGE - 1) / PAGE * PAGE;
  struct buffer *b = &buffers[n_buffers];
  DWORD before;
  b->mapping = VirtualAlloc(NULL, accessible + PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  CHECK(b->mapping && VirtualProtect(b->mapping + accessible, PAGE, PAGE_NOACCESS, &before));
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
  CHECK(n_folders < MAX_FOLDERS && ms_os_make_temporary_folder(folders[n_folders]));
  return folders[n_folders++];
}

char *test_printed(void (*print)(const void *what), const void *what) {
  char path[MS_PATH_SIZE];
  snprintf(path, sizeof path, "%.1000s/printed", test_folder());
  FILE *file = fopen(path, "w+b");
  fflush(stdout);
  const int terminal = _dup(1);
  CHECK(file && terminal >= 0 && _dup2(_fileno(file), 1) == 0);
  print(what);
  fflush(stdout);
  CHECK(_dup2(terminal, 1) == 0 && _close(terminal) == 0);
  const long n_bytes = _lseek(_fileno(file), 0, SEEK_END);
  char *text = calloc((size_t)n_bytes + 1, 1);
  rewind(file);
  CHECK(n_bytes >= 0 && text && fread(text, 1, (size_t)n_bytes, file) == (size_t)n_bytes);
  fclose(file);
  return text;
}

void test_environment(const char *name, const char *value) {
  CHECK(_putenv_s(name, value ? value : "") == 0);
}

void test_state_folder(const char *folder) {
  test_environment("LOCALAPPDATA", folder);
}

void test_make_pipe(const char *path) {
  test_skip("%s: Windows has no pipes in folders", path);
}

void test_make_link(const char *to, const char *path) {
  test_skip("%s -> %s: links are a privilege on Windows", path, to);
}

unsigned test_umask(unsigned mask) {
  return mask;
}

bool test_has_mode(const char *path, unsigned mode) {
  (void)mode;
  return ms_exists(path);
}

size_t test_most_memory(void) {
  PROCESS_MEMORY_COUNTERS counters;
  CHECK(GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters));
  return counters.PeakWorkingSetSize >> 10;
}

void test_release(void) {
  while (n_buffers > 0)
    VirtualFree(buffers[--n_buffers].mapping, 0, MEM_RELEASE);
}

static void remove_folder(const char *folder) {
  char path[MS_PATH_SIZE];
  struct ms_os_listing *entries = ms_os_list(folder);
  for (const char *entry; entries && (entry = ms_os_next(entries)) != NULL;) {
    if (strcmp(entry, ".") == 0 || strcmp(entry, "..") == 0 || ms_path_join(path, folder, entry) != MS_OK)
      continue;
    if (ms_is_folder(path))
      remove_folder(path);
    else
      ms_os_remove(path);
  }
  ms_os_end(entries);
  ms_os_remove_folder(folder);
}

void test_remove_folders(void) {
  while (n_folders > 0)
    remove_folder(folders[--n_folders]);
}
