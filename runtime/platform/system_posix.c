/* The operating system's calls on POSIX. */
#define _XOPEN_SOURCE 700 /* realpath, mkdtemp */
#define _DEFAULT_SOURCE   /* madvise, _SC_PHYS_PAGES: left out where the system has none */
#include "runtime/platform/system.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/mman.h>
#elif defined(__APPLE__)
#include <xlocale.h>
#endif

#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"
#include "runtime/platform/pthreads.h"

/* ---- Paths ---- */

size_t ms_os_root(const char *path) {
  return path[0] == '/';
}

bool ms_os_path_variable(const char *name, char value[MS_PATH_SIZE]) {
  const char *found = getenv(name);
  return found && snprintf(value, MS_PATH_SIZE, "%s", found) < MS_PATH_SIZE;
}

enum ms_status ms_os_state_folder(char path[MS_PATH_SIZE]) {
  const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
  if (state && state[0] == '/')
    return ms_path_join(path, state, "");
  if (home && home[0] == '/')
    return ms_path_join(path, home, ".local/state");
  return ms_fail(MS_ERROR_SYSTEM, "HOME: is not set, no key can be kept there: set it, or XDG_STATE_HOME");
}

/* ---- Files by name ---- */

static bool info_of(int result, const struct stat *s, struct ms_os_info *info) {
  if (result != 0)
    return false;
  info->kind = S_ISREG(s->st_mode) ? MS_REGULAR_FILE : S_ISDIR(s->st_mode) ? MS_FOLDER : MS_OTHER_FILE;
  info->n_bytes = (uint64_t)s->st_size;
  info->device = (uint64_t)s->st_dev;
  info->number = (uint64_t)s->st_ino;
  return true;
}

bool ms_os_info(const char *path, struct ms_os_info *info) {
  struct stat s;
  return info_of(stat(path, &s), &s, info);
}

bool ms_os_link_info(const char *path, struct ms_os_info *info) {
  struct stat s;
  return info_of(lstat(path, &s), &s, info);
}

bool ms_os_rename(const char *from, const char *to) {
  int result;
  do
    result = rename(from, to);
  while (result != 0 && errno == EINTR);
  return result == 0;
}

bool ms_os_remove(const char *path) {
  return unlink(path) == 0;
}

bool ms_os_make_folder(const char *path) {
  return mkdir(path, 0777) == 0;
}

bool ms_os_remove_folder(const char *path) {
  return rmdir(path) == 0;
}

bool ms_os_may_enter(const char *folder) {
  return access(folder, X_OK) == 0;
}

/* A folder that may be written to, not read, cannot be synced. */
int ms_os_sync_folder(const char *folder) {
  const int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0)
    return ms_is_unsupported(errno) ? MS_NOT_DURABLE : -1;
  const int result = ms_sync(file);
  const int error = errno;
  close(file);
  errno = error;
  return result;
}

struct ms_os_listing *ms_os_list(const char *folder) {
  return (struct ms_os_listing *)opendir(folder);
}

const char *ms_os_next(struct ms_os_listing *listing) {
  errno = 0;
  const struct dirent *entry = readdir((DIR *)listing);
  return entry ? entry->d_name : NULL;
}

void ms_os_end(struct ms_os_listing *listing) {
  if (listing)
    closedir((DIR *)listing);
}

#if !defined(__wasi__) /* which has neither */
bool ms_os_full_path(const char *path, char full[MS_PATH_SIZE]) {
  char *found = realpath(path, NULL);
  const bool fits = found && snprintf(full, MS_PATH_SIZE, "%s", found) < MS_PATH_SIZE;
  free(found);
  return fits;
}

bool ms_os_make_temporary_folder(char path[MS_PATH_SIZE]) {
  const char *base = getenv("TMPDIR");
  snprintf(path, MS_PATH_SIZE, "%.3000s/mnist_simd-XXXXXX", base && base[0] ? base : "/tmp");
  return mkdtemp(path) != NULL;
}
#endif

/* ---- Open files ---- */

/* Its mode is right from the start: fchmod is not permitted everywhere, and narrows what an access control list
 * grants. */
int ms_os_open(const char *path, enum ms_os_mode mode) {
  static const int flags[] = {[MS_OS_READ] = O_RDONLY | O_NONBLOCK,
                              [MS_OS_NEW] = O_WRONLY | O_CREAT | O_EXCL,
                              [MS_OS_NEW_PRIVATE] = O_WRONLY | O_CREAT | O_EXCL,
                              [MS_OS_APPEND] = O_RDWR | O_CREAT | O_APPEND | O_NONBLOCK | O_NOFOLLOW,
                              [MS_OS_LOCK] = O_RDWR | O_CREAT | O_NOFOLLOW};
  return open(path, flags[mode] | O_CLOEXEC, mode == MS_OS_NEW_PRIVATE ? 0600 : 0666);
}

/* After EINTR, Linux has closed it. */
bool ms_os_close(int file) {
  return close(file) == 0 || errno == EINTR;
}

bool ms_os_info_of(int file, struct ms_os_info *info) {
  struct stat s;
  return info_of(fstat(file, &s), &s, info);
}

ptrdiff_t ms_os_read_at(int file, void *data, size_t n_bytes, uint64_t at) {
  return pread(file, data, n_bytes, (off_t)at);
}

ptrdiff_t ms_os_write(int file, const void *data, size_t n_bytes) {
  return write(file, data, n_bytes);
}

bool ms_os_truncate(int file, uint64_t n_bytes) {
  return ftruncate(file, (off_t)n_bytes) == 0;
}

bool ms_os_sync(int file) {
  return fsync(file) == 0;
}

/* By fcntl, which works over NFS: the system knows who holds a lock, and forgets it when that process ends. */
#if defined(F_SETLK)
int ms_os_lock(int file, char holder[MS_HOLDER_SIZE]) {
  enum { N_TRIES = 3 }; /* the holder may end between the two calls */
  int error = 0;
  for (int i = 0; i < N_TRIES; ++i) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET}, held = lock;
    if (fcntl(file, F_SETLK, &lock) == 0)
      return 0;
    error = errno;
    if (error != EACCES && error != EAGAIN && error != EINTR)
      return error;
    if (fcntl(file, F_GETLK, &held) != 0 || held.l_type == F_UNLCK)
      continue;
    if (held.l_pid > 0)
      snprintf(holder, MS_HOLDER_SIZE, "process %ld", (long)held.l_pid);
    else
      snprintf(holder, MS_HOLDER_SIZE, "another process");
    return error;
  }
  return error == EINTR ? EINTR : ENOLCK;
}
#else
int ms_os_lock(int file, char holder[MS_HOLDER_SIZE]) {
  (void)file;
  (void)holder;
  return ENOLCK;
}
#endif

/* ---- The process ---- */

/* Large blocks begin at a huge page and ask for them: a training step runs through tens of megabytes in strides that
 * small pages do not keep up with. */
void *ms_os_allocate(size_t n_bytes) {
  enum { HUGE_PAGE = 2 << 20, LARGE = 256 << 10 }; /* bytes */
  if (n_bytes < LARGE)
    return aligned_alloc(MS_ALIGNMENT, n_bytes);
  const size_t whole = (n_bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
  void *memory = aligned_alloc(HUGE_PAGE, whole);
#if defined(MADV_HUGEPAGE)
  if (memory)
    madvise(memory, whole, MADV_HUGEPAGE); /* a refusal costs speed, no more */
#endif
  return memory;
}

double ms_memory_limit(void) {
  static const char *const groups[] = {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"};
#if defined(_SC_PHYS_PAGES)
  const long n_pages = sysconf(_SC_PHYS_PAGES);
#else
  const long n_pages = -1;
#endif
  double limit = n_pages > 0 ? (double)n_pages * (double)sysconf(_SC_PAGESIZE) : (double)SIZE_MAX;
  for (size_t i = 0; i < sizeof groups / sizeof groups[0]; ++i) {
    FILE *file = fopen(groups[i], "r");
    unsigned long long bytes;
    if (file && fscanf(file, "%llu", &bytes) == 1 && (double)bytes < limit)
      limit = (double)bytes;
    if (file)
      fclose(file);
  }
  return limit;
}

static locale_t c_locale; /* kept until the process ends */

static void make_locale(void) {
  c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

/* Without memory for a locale the process's own stays; glibc needs none for this one. Of rounding and traps, the whole
 * is kept: a caller may have set those of SSE without those of the x87 unit, which are all that fegetround sees. */
void ms_os_enter_numbers(struct ms_os_numbers *before) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, make_locale);
  before->locale = uselocale(c_locale);
  feholdexcept(&before->floating);
  fesetround(FE_TONEAREST);
}

void ms_os_leave_numbers(const struct ms_os_numbers *before) {
  fesetenv(&before->floating);
  uselocale(before->locale);
}

uint64_t ms_os_process(void) {
  return (uint64_t)getpid();
}

bool ms_os_random(void *bytes, size_t n_bytes) {
  FILE *random = fopen("/dev/urandom", "rb");
  const bool is_read = random && fread(bytes, 1, n_bytes, random) == n_bytes;
  if (random)
    fclose(random);
  return is_read;
}
