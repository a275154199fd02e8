/* Whole files on POSIX. */
#define _POSIX_C_SOURCE 200809L /* O_DIRECTORY, clock_gettime */
#include "runtime/platform/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"

enum ms_status ms_path_check(const char *path) {
  if (path[0] == '\0')
    return ms_fail(MS_ERROR_ARGUMENT, "'' names no file or folder");
  if (strlen(path) >= MS_PATH_SIZE)
    return ms_fail(MS_ERROR_ARGUMENT, "path %.80s...: longer than %d bytes: choose a shorter one", path,
                   MS_PATH_SIZE - 1);
  return MS_OK;
}

enum ms_status ms_path_join(char *path, const char *folder, const char *name) {
  MS_TRY(ms_path_check(folder)); /* "/name" would be another place */
  const size_t length = strlen(folder);
  const char *slash = name[0] && folder[length - 1] != '/' ? "/" : "";
  const int written = snprintf(path, MS_PATH_SIZE, "%s%s%s", folder, slash, name);
  if (written < 0 || written >= MS_PATH_SIZE)
    return ms_fail(MS_ERROR_ARGUMENT, "path %.80s...: longer than %d bytes: choose a shorter one", folder,
                   MS_PATH_SIZE - 1);
  return MS_OK;
}

bool ms_is_folder(const char *path) {
  struct stat info;
  return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

bool ms_exists(const char *path) {
  struct stat info;
  return lstat(path, &info) == 0;
}

enum ms_status ms_check_place(const char *path, const char *head, const char *remedy) {
  struct stat info;
  if (lstat(path, &info) != 0)
    return MS_OK;
  if (!S_ISREG(info.st_mode))
    return ms_fail_by(MS_ERROR_ARGUMENT, MS_OTHER_OUTPUT, "%s: is not an ordinary file, and is left as it is: %s", path,
                      remedy);
  FILE *file = fopen(path, "rb");
  if (!file)
    return ms_fail_by(MS_ERROR_SYSTEM, MS_OTHER_OUTPUT, "%s: cannot be opened: %s: %s", path, strerror(errno), remedy);
  int c = getc(file);
  bool same = c == EOF; /* empty */
  if (!same) {
    for (; *head && c == (unsigned char)*head; ++head)
      c = getc(file);
    same = *head == '\0';
  }
  fclose(file);
  if (!same)
    return ms_fail_by(MS_ERROR_ARGUMENT, MS_OTHER_OUTPUT,
                      "%s: is not what this program writes there, and is left as it is: %s", path, remedy);
  return MS_OK;
}

/* A file that is not there is the caller's mistake; of one that is there, nothing is said about what it holds. */
static enum ms_status cannot_open(const char *path, int error) {
  const bool is_name = error == ENOENT || error == ENOTDIR || error == ELOOP;
  const char *advice = error == EACCES || error == EPERM ? ": choose one that you may read" : "";
  return ms_fail(is_name ? MS_ERROR_DATA : MS_ERROR_SYSTEM, "%s: cannot be opened: %s%s", path, strerror(error),
                 advice);
}

/* A regular file and its length. On failure, nothing is open. */
static enum ms_status open_regular(const char *path, int *file, uint64_t *n_bytes) {
  struct stat info;
  MS_TRY(ms_path_check(path));
  /* O_NONBLOCK: opening a named pipe must not wait for a writer. */
  *file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (*file < 0)
    return cannot_open(path, errno);
  enum ms_status status = MS_OK;
  if (fstat(*file, &info) != 0)
    status = ms_fail(MS_ERROR_DATA, "%s: cannot be read: %s", path, strerror(errno));
  else if (S_ISDIR(info.st_mode))
    status = ms_fail(MS_ERROR_DATA, "%s: is a folder, a file is expected", path);
  else if (!S_ISREG(info.st_mode))
    status = ms_fail(MS_ERROR_DATA, "%s: is not a regular file", path);
  else
    *n_bytes = (uint64_t)info.st_size;
  if (status != MS_OK)
    close(*file);
  return status;
}

static enum ms_status read_at(int file, const char *path, uint64_t at, size_t n_bytes, uint8_t *data) {
  for (size_t done = 0; done < n_bytes;) {
    const ssize_t got = pread(file, data + done, n_bytes - done, (off_t)(at + done));
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return ms_fail(got < 0 ? MS_ERROR_SYSTEM : MS_ERROR_DATA, "%s: reading stopped at byte %ju of %ju: %s", path,
                     (uintmax_t)(at + done), (uintmax_t)(at + n_bytes),
                     got < 0 ? strerror(errno) : "the file became shorter");
    done += (size_t)got;
  }
  return MS_OK;
}

enum ms_status ms_file_read(const char *path, size_t max_bytes, uint8_t **data, size_t *n_bytes) {
  int file;
  uint64_t size = 0;
  *data = NULL;
  MS_TRY(open_regular(path, &file, &size));
  enum ms_status status = size <= max_bytes ? ms_allocate((size_t)size, 1, path, data)
                                            : ms_fail(MS_ERROR_DATA, "%s: holds %ju bytes, at most %zu are accepted",
                                                      path, (uintmax_t)size, max_bytes);
  if (status == MS_OK)
    status = read_at(file, path, 0, (size_t)size, *data);
  close(file);
  if (status != MS_OK) {
    free(*data);
    *data = NULL;
    return status;
  }
  *n_bytes = (size_t)size;
  return MS_OK;
}

enum ms_status ms_file_read_part(const char *path, uint64_t at, size_t n_bytes, uint8_t *data, size_t *n_read,
                                 uint64_t *file_bytes) {
  int file;
  MS_TRY(open_regular(path, &file, file_bytes));
  const uint64_t left = at < *file_bytes ? *file_bytes - at : 0;
  *n_read = left < n_bytes ? (size_t)left : n_bytes;
  const enum ms_status status = read_at(file, path, at, *n_read, data);
  close(file);
  return status;
}

bool ms_write_all(int file, const void *data, size_t n_bytes) {
  for (const char *at = data; n_bytes > 0;) {
    const ssize_t written = write(file, at, n_bytes);
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return false;
    at += written;
    n_bytes -= (size_t)written;
  }
  return true;
}

bool ms_is_unsupported(int error) {
  return error == EINVAL || error == ENOTSUP || error == ENOSYS || error == EPERM || error == EACCES || error == EBADF;
}

int ms_sync(int file) {
  int result;
  do
    result = fsync(file);
  while (result != 0 && errno == EINTR);
  return result == 0 ? 0 : ms_is_unsupported(errno) ? MS_NOT_DURABLE : -1;
}

/* A folder that may be written to, not read, cannot be synced. */
static int sync_folder(const char *folder) {
  const int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0)
    return ms_is_unsupported(errno) ? MS_NOT_DURABLE : -1;
  const int result = ms_sync(file);
  const int error = errno;
  close(file);
  errno = error;
  return result;
}

/* Makes the renaming itself durable. */
static int sync_folder_of(const char *path) {
  char folder[MS_PATH_SIZE];
  snprintf(folder, sizeof folder, "%s", path);
  char *slash = strrchr(folder, '/');
  if (!slash)
    snprintf(folder, sizeof folder, ".");
  else
    slash[slash == folder ? 1 : 0] = '\0';
  return sync_folder(folder);
}

/* What can be done about a file that cannot be written; "" where the error says it. */
static const char *remedy(int error) {
  switch (error) {
  case ENOSPC:
  case EDQUOT:
    return ": make room, or choose another folder";
  case EFBIG:
    return ": raise the limit of a file's size (ulimit -f)";
  case EACCES:
  case EPERM:
  case EROFS:
    return ": choose a folder that you may write to";
  case ENOENT:
    return ": its folder does not exist";
  case ESTALE:
    return ": its folder is gone";
  default:
    return "";
  }
}

enum ms_status ms_cannot_write(const char *path, int error) {
  return ms_fail(MS_ERROR_SYSTEM, "%s: cannot be written: %s%s", path, strerror(error), remedy(error));
}

enum ms_status ms_folder_sync(const char *folder) {
  return sync_folder(folder) >= 0 ? MS_OK : ms_cannot_write(folder, errno);
}

/* Opens path.tmp-XXXXXX, which nobody has. Its mode is right from the start: fchmod is not permitted everywhere, and
 * narrows what an access control list grants. */
static int open_temporary(const char *path, char temporary[MS_PATH_SIZE]) {
  static const char characters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
  static atomic_uint n_opened;
  enum { N_RANDOM = 6, N_TRIES = 100 };
  for (int i = 0; i < N_TRIES; ++i) {
    struct timespec now;
    char random[N_RANDOM + 1] = "";
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t number = (uint64_t)now.tv_nsec + ((uint64_t)now.tv_sec << 20) + ((uint64_t)getpid() << 32) +
                      ((uint64_t)atomic_fetch_add(&n_opened, 1) << 40);
    number *= UINT64_C(0x9e3779b97f4a7c15);
    number ^= number >> 31;
    for (int c = 0; c < N_RANDOM; ++c, number /= sizeof characters - 1)
      random[c] = characters[number % (sizeof characters - 1)];
    if (snprintf(temporary, MS_PATH_SIZE, "%s.tmp-%s", path, random) >= MS_PATH_SIZE) {
      errno = ENAMETOOLONG;
      return -1;
    }
    const int file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file >= 0 || (errno != EEXIST && errno != EINTR))
      return file;
  }
  return -1;
}

/* After EINTR, Linux has closed it. */
static bool close_written(int file) {
  return close(file) == 0 || errno == EINTR;
}

static bool rename_file(const char *from, const char *to) {
  int result;
  do
    result = rename(from, to);
  while (result != 0 && errno == EINTR);
  return result == 0;
}

static enum ms_status write_file(const char *path, const void *data, size_t n_bytes, bool *is_durable) {
  char temporary[MS_PATH_SIZE];
  const int file = open_temporary(path, temporary);
  if (file < 0)
    return ms_cannot_write(path, errno);
  const int synced = ms_write_all(file, data, n_bytes) ? ms_sync(file) : -1;
  int error = errno;
  const bool is_closed = close_written(file);
  if (synced >= 0 && !is_closed)
    error = errno;
  if (synced >= 0 && is_closed) {
    const int folder_synced = rename_file(temporary, path) ? sync_folder_of(path) : -1;
    *is_durable = synced == 0 && folder_synced == 0;
    if (folder_synced >= 0)
      return MS_OK;
    error = errno;
  }
  unlink(temporary);
  return ms_cannot_write(path, error);
}

enum ms_status ms_file_write(const char *path, const void *data, size_t n_bytes) {
  struct stat info;
  bool is_durable;
  MS_TRY(ms_path_check(path));
  if (lstat(path, &info) == 0 && !S_ISREG(info.st_mode))
    return ms_fail_by(MS_ERROR_SYSTEM, MS_OTHER_OUTPUT,
                      "%s: is not an ordinary file, and is left as it is: choose another name", path);
  return write_file(path, data, n_bytes, &is_durable);
}

enum ms_status ms_folder_probe(const char *folder, bool *is_durable) {
  static const char text[] = "mnist_simd looks what can be written here.\n";
  char path[MS_PATH_SIZE];
  MS_TRY(ms_path_join(path, folder, MS_PROBE_FILE));
  for (int i = 0; i < 2; ++i) { /* the second takes the place of the first */
    const enum ms_status status = write_file(path, text, sizeof text - 1, is_durable);
    if (status != MS_OK) {
      unlink(path);
      return status;
    }
  }
  return unlink(path) == 0 || errno == ENOENT /* another process probed, too */
             ? MS_OK
             : ms_fail_by(MS_ERROR_SYSTEM, MS_OTHER_OUTPUT,
                          "%s: cannot be removed: %s: choose a folder "
                          "in which files can be replaced",
                          path, strerror(errno));
}

static enum ms_status cannot_make(const char *path, const char *part, int error) {
  if (error == EEXIST || error == ENOTDIR)
    return ms_fail(MS_ERROR_SYSTEM, "%s: the folder cannot be made: %s is a file: choose another name", path, part);
  return ms_fail(MS_ERROR_SYSTEM, "%s: the folder cannot be made: %s%s", part, strerror(error), remedy(error));
}

enum ms_status ms_make_folder(const char *path) {
  char part[MS_PATH_SIZE];
  MS_TRY(ms_path_check(path));
  if (snprintf(part, sizeof part, "%s", path) >= (int)sizeof part)
    return ms_fail(MS_ERROR_ARGUMENT, "path %.80s...: too long: choose a shorter one", path);
  for (char *end = part + 1;; ++end) {
    if (*end != '/' && *end != '\0')
      continue;
    const char kept = *end;
    *end = '\0';
    if (mkdir(part, 0777) == 0) {
      (void)sync_folder_of(part); /* where it cannot be done, nothing is lost but safety from a power cut */
    } else {
      const int error = errno;
      if (!ms_is_folder(part))
        return cannot_make(path, part, error);
    }
    if (kept == '\0')
      return MS_OK;
    *end = kept;
  }
}
