/* Loaded before libc (LD_PRELOAD), this library makes one call of one function fail, as a test asks by environment
 * variables:
 *   MS_FAIL_CALL    allocate (malloc, calloc, realloc, aligned_alloc and posix_memalign counted together), create
 *                   (open with O_CREAT), write, fsync (of files), fsync_folder, rename, unlink, mkdir, lock (fcntl with
 *                   F_SETLK), close, read or pthread_create
 *   MS_FAIL_AT      which call, from 1; with a + behind it, that one and all later ones
 *   MS_FAIL_PATH    of rename, only calls whose new name contains this
 *   MS_FAIL_ERRNO   the error, as a number; 0: the process gets SIGKILL instead
 *   MS_FAIL_REPORT  a file, made when the process ends by itself: "<calls> <failed> <leaked>", leaked being the blocks
 *                   of memory that the program itself, not libc, has had and not freed
 * Without MS_FAIL_CALL it only counts allocations. Not for sanitized programs, which bring an allocator of their
 * own. */
#define _GNU_SOURCE /* RTLD_NEXT, dl_iterate_phdr */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* glibc's own names: dlsym allocates, and cannot be asked for malloc. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *block);

enum { MAX_BLOCKS = 1 << 14 };

static struct {
  const char *call, *path;
  long at;
  bool later_too;
  int error;
  atomic_long calls, failed;
  uintptr_t program_begin, program_end;
} plan = {.call = "allocate"};

/* Blocks of the program, by their address: a hash table with open addressing, 1 where a block was freed. */
static uintptr_t blocks[MAX_BLOCKS];
static pthread_mutex_t blocks_mutex = PTHREAD_MUTEX_INITIALIZER;

static int find_program(struct dl_phdr_info *info, size_t size, void *context) {
  (void)size;
  (void)context;
  for (size_t i = 0; i < info->dlpi_phnum; ++i)
    if (info->dlpi_phdr[i].p_type == PT_LOAD && (info->dlpi_phdr[i].p_flags & PF_X)) {
      plan.program_begin = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
      plan.program_end = plan.program_begin + info->dlpi_phdr[i].p_memsz;
    }
  return 1; /* the program comes first */
}

__attribute__((constructor)) static void begin(void) {
  const char *call = getenv("MS_FAIL_CALL"), *at = getenv("MS_FAIL_AT"), *error = getenv("MS_FAIL_ERRNO");
  char *end;
  dl_iterate_phdr(find_program, NULL);
  if (call && at && error) {
    plan.error = (int)strtol(error, NULL, 10);
    plan.at = strtol(at, &end, 10);
    plan.later_too = *end == '+';
    plan.call = call;
    plan.path = getenv("MS_FAIL_PATH");
    atomic_store(&plan.calls, 0);
  }
}

/* Whether this call of the function is to fail; errno is set then. */
static bool fails(const char *call) {
  if (strcmp(plan.call, call) != 0)
    return false;
  const long n = atomic_fetch_add(&plan.calls, 1) + 1;
  if (plan.at == 0 || (plan.later_too ? n < plan.at : n != plan.at))
    return false;
  if (plan.error == 0)
    kill(getpid(), SIGKILL);
  atomic_fetch_add(&plan.failed, 1);
  errno = plan.error;
  return true;
}

static uintptr_t *slot_of(uintptr_t block) {
  size_t slot = block / 16 * 0x9E3779B97F4A7C15u % MAX_BLOCKS;
  for (size_t n = 0; n < MAX_BLOCKS; ++n, slot = (slot + 1) % MAX_BLOCKS)
    if (blocks[slot] == block || blocks[slot] == 0)
      return &blocks[slot];
  abort();
}

static void *remember(void *block, void *caller) {
  if (block && (uintptr_t)caller >= plan.program_begin && (uintptr_t)caller < plan.program_end) {
    pthread_mutex_lock(&blocks_mutex);
    *slot_of((uintptr_t)block) = (uintptr_t)block;
    pthread_mutex_unlock(&blocks_mutex);
  }
  return block;
}

static void forget(void *block) {
  if (!block)
    return;
  pthread_mutex_lock(&blocks_mutex);
  uintptr_t *slot = slot_of((uintptr_t)block);
  if (*slot)
    *slot = 1;
  pthread_mutex_unlock(&blocks_mutex);
}

__attribute__((destructor)) static void report(void) {
  const char *path = getenv("MS_FAIL_REPORT");
  if (!path)
    return;
  size_t leaked = 0;
  for (size_t i = 0; i < MAX_BLOCKS; ++i)
    leaked += blocks[i] > 1;
  char text[96];
  const int length =
      snprintf(text, sizeof text, "%ld %ld %zu\n", atomic_load(&plan.calls), atomic_load(&plan.failed), leaked);
  plan.call = "";
  const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (file < 0 || write(file, text, (size_t)length) != length)
    abort();
  close(file);
}

/* ---- Memory ---- */

void *malloc(size_t size) {
  return fails("allocate") ? NULL : remember(__libc_malloc(size), __builtin_return_address(0));
}

void *calloc(size_t count, size_t size) {
  return fails("allocate") ? NULL : remember(__libc_calloc(count, size), __builtin_return_address(0));
}

void *realloc(void *block, size_t size) {
  if (fails("allocate"))
    return NULL;
  forget(block);
  return remember(__libc_realloc(block, size), __builtin_return_address(0));
}

void *aligned_alloc(size_t alignment, size_t size) {
  return fails("allocate") ? NULL : remember(__libc_memalign(alignment, size), __builtin_return_address(0));
}

int posix_memalign(void **block, size_t alignment, size_t size) {
  void *memory = fails("allocate") ? NULL : __libc_memalign(alignment, size);
  if (!memory)
    return ENOMEM;
  *block = remember(memory, __builtin_return_address(0));
  return 0;
}

void free(void *block) {
  forget(block);
  __libc_free(block);
}

/* ---- Files and threads ---- */

/* The next function of that name; a pointer to an object becomes one to a function by way of its bytes, as POSIX has
 * it. */
#define NEXT(pointer, name)                                                                                            \
  do {                                                                                                                 \
    void *const found = dlsym(RTLD_NEXT, name);                                                                        \
    memcpy(&(pointer), &found, sizeof found);                                                                          \
  } while (0)

ssize_t write(int file, const void *data, size_t n_bytes) {
  ssize_t (*next)(int, const void *, size_t);
  NEXT(next, "write");
  return fails("write") ? -1 : next(file, data, n_bytes);
}

ssize_t read(int file, void *data, size_t n_bytes) {
  ssize_t (*next)(int, void *, size_t);
  NEXT(next, "read");
  return fails("read") ? -1 : next(file, data, n_bytes);
}

int fsync(int file) {
  struct stat info;
  int (*next)(int);
  NEXT(next, "fsync");
  return fails(fstat(file, &info) == 0 && S_ISDIR(info.st_mode) ? "fsync_folder" : "fsync") ? -1 : next(file);
}

int open(const char *path, int flags, ...) {
  va_list arguments;
  int (*next)(const char *, int, ...);
  NEXT(next, "open64");
  if (!(flags & O_CREAT))
    return next(path, flags);
  va_start(arguments, flags);
  const mode_t mode = va_arg(arguments, mode_t);
  va_end(arguments);
  return fails("create") ? -1 : next(path, flags, mode);
}

int fcntl(int file, int command, ...) {
  va_list arguments;
  int (*next)(int, int, ...);
  NEXT(next, "fcntl64");
  va_start(arguments, command);
  void *argument = va_arg(arguments, void *);
  va_end(arguments);
  return command == F_SETLK && fails("lock") ? -1 : next(file, command, argument);
}

int close(int file) {
  int (*next)(int);
  NEXT(next, "close");
  const int result = next(file);
  return fails("close") ? -1 : result;
}

int rename(const char *from, const char *to) {
  int (*next)(const char *, const char *);
  NEXT(next, "rename");
  const bool is_meant = !plan.path || strstr(to, plan.path);
  return is_meant && fails("rename") ? -1 : next(from, to);
}

int unlink(const char *path) {
  int (*next)(const char *);
  NEXT(next, "unlink");
  return fails("unlink") ? -1 : next(path);
}

int mkdir(const char *path, mode_t mode) {
  int (*next)(const char *, mode_t);
  NEXT(next, "mkdir");
  return fails("mkdir") ? -1 : next(path, mode);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument) {
  int (*next)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
  NEXT(next, "pthread_create");
  return fails("pthread_create") ? errno : next(thread, attributes, run, argument);
}
