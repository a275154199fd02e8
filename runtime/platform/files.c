/* Whole files, by the calls of system.h. */
#define _POSIX_C_SOURCE 200809L /* clock_gettime */
#include "runtime/platform/files.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"
#include "runtime/platform/system.h"

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
  const char *slash = name[0] && !ms_os_is_slash(folder[length - 1]) ? "/" : "";
  const int written = snprintf(path, MS_PATH_SIZE, "%s%s%s", folder, slash, name);
  if (written < 0 || written >= MS_PATH_SIZE)
    return ms_fail(MS_ERROR_ARGUMENT, "path %.80s...: longer than %d bytes: choose a shorter one", folder,
                   MS_PATH_SIZE - 1);
  return MS_OK;
}

const char *ms_last_part(const char *path) {
  const char *part = path;
  for (; *path; ++path)
    part = ms_os_is_slash(*path) ? path + 1 : part;
  return part;
}

void ms_path_forward(char *path) {
  for (; *path; ++path)
    if (ms_os_is_slash(*path))
      *path = '/';
}

bool ms_is_folder(const char *path) {
  struct ms_os_info info;
  return ms_os_info(path, &info) && info.kind == MS_FOLDER;
}

bool ms_exists(const char *path) {
  struct ms_os_info info;
  return ms_os_link_info(path, &info);
}

enum ms_status ms_check_place(const char *path, const char *head, const char *remedy) {
  struct ms_os_info info;
  if (!ms_os_link_info(path, &info))
    return MS_OK;
  if (info.kind != MS_REGULAR_FILE)
    return ms_fail_by(MS_ERROR_ARGUMENT, MS_OTHER_OUTPUT, "%s: is not an ordinary file, and is left as it is: %s", path,
                      remedy);
  const int file = ms_os_open(path, MS_OS_READ);
  if (file < 0)
    return ms_fail_by(MS_ERROR_SYSTEM, MS_OTHER_OUTPUT, "%s: cannot be opened: %s: %s", path, strerror(errno), remedy);
  bool same = true;
  if (info.n_bytes > 0)
    for (uint64_t at = 0; *head && same; ++head) {
      char c;
      same = ms_os_read_at(file, &c, 1, at++) == 1 && c == *head;
    }
  ms_os_close(file);
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
  struct ms_os_info info;
  MS_TRY(ms_path_check(path));
  *file = ms_os_open(path, MS_OS_READ);
  if (*file < 0)
    return cannot_open(path, errno);
  enum ms_status status = MS_OK;
  if (!ms_os_info_of(*file, &info))
    status = ms_fail(MS_ERROR_DATA, "%s: cannot be read: %s", path, strerror(errno));
  else if (info.kind == MS_FOLDER)
    status = ms_fail(MS_ERROR_DATA, "%s: is a folder, a file is expected", path);
  else if (info.kind != MS_REGULAR_FILE)
    status = ms_fail(MS_ERROR_DATA, "%s: is not a regular file", path);
  else
    *n_bytes = info.n_bytes;
  if (status != MS_OK)
    ms_os_close(*file);
  return status;
}

static enum ms_status read_at(int file, const char *path, uint64_t at, size_t n_bytes, uint8_t *data) {
  for (size_t done = 0; done < n_bytes;) {
    const ptrdiff_t got = ms_os_read_at(file, data + done, n_bytes - done, at + done);
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
  ms_os_close(file);
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
  ms_os_close(file);
  return status;
}

bool ms_write_all(int file, const void *data, size_t n_bytes) {
  for (const char *at = data; n_bytes > 0;) {
    const ptrdiff_t written = ms_os_write(file, at, n_bytes);
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
  bool is_synced;
  do
    is_synced = ms_os_sync(file);
  while (!is_synced && errno == EINTR);
  return is_synced ? 0 : ms_is_unsupported(errno) ? MS_NOT_DURABLE : -1;
}

/* Makes the renaming itself durable. */
static int sync_folder_of(const char *path) {
  char folder[MS_PATH_SIZE];
  const size_t length = (size_t)(ms_last_part(path) - path), root = ms_os_root(path);
  snprintf(folder, sizeof folder, "%.*s", (int)(length > root ? length - 1 : length), path);
  return ms_os_sync_folder(folder[0] ? folder : ".");
}

/* What can be done about a file that cannot be written; "" where the error says it. */
static const char *remedy(int error) {
  switch (error) {
  case ENOSPC:
#if defined(EDQUOT)
  case EDQUOT:
#endif
    return ": make room, or choose another folder";
  case EFBIG:
    return ": raise the limit of a file's size (ulimit -f)";
  case EACCES:
  case EPERM:
  case EROFS:
    return ": choose a folder that you may write to";
  case ENOENT:
    return ": its folder does not exist";
#if defined(ESTALE)
  case ESTALE:
    return ": its folder is gone";
#endif
  default:
    return "";
  }
}

enum ms_status ms_cannot_write(const char *path, int error) {
  return ms_fail(MS_ERROR_SYSTEM, "%s: cannot be written: %s%s", path, strerror(error), remedy(error));
}

enum ms_status ms_folder_sync(const char *folder) {
  return ms_os_sync_folder(folder) >= 0 ? MS_OK : ms_cannot_write(folder, errno);
}

/* Opens path.tmp-XXXXXX, which nobody has. */
static int open_temporary(const char *path, enum ms_os_mode mode, char temporary[MS_PATH_SIZE]) {
  static const char characters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
  static atomic_uint n_opened;
  enum { N_RANDOM = 6, N_TRIES = 100 };
  for (int i = 0; i < N_TRIES; ++i) {
    struct timespec now;
    char random[N_RANDOM + 1] = "";
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t number = (uint64_t)now.tv_nsec + ((uint64_t)now.tv_sec << 20) + (ms_os_process() << 32) +
                      ((uint64_t)atomic_fetch_add(&n_opened, 1) << 40);
    number *= UINT64_C(0x9e3779b97f4a7c15);
    number ^= number >> 31;
    for (int c = 0; c < N_RANDOM; ++c, number /= sizeof characters - 1)
      random[c] = characters[number % (sizeof characters - 1)];
    if (snprintf(temporary, MS_PATH_SIZE, "%s.tmp-%s", path, random) >= MS_PATH_SIZE) {
      errno = ENAMETOOLONG;
      return -1;
    }
    const int file = ms_os_open(temporary, mode);
    if (file >= 0 || (errno != EEXIST && errno != EINTR))
      return file;
  }
  return -1;
}

static enum ms_status write_file(const char *path, enum ms_os_mode mode, const void *data, size_t n_bytes,
                                 bool *is_durable) {
  char temporary[MS_PATH_SIZE];
  const int file = open_temporary(path, mode, temporary);
  if (file < 0)
    return ms_cannot_write(path, errno);
  const int synced = ms_write_all(file, data, n_bytes) ? ms_sync(file) : -1;
  int error = errno;
  const bool is_closed = ms_os_close(file);
  if (synced >= 0 && !is_closed)
    error = errno;
  if (synced >= 0 && is_closed) {
    const int folder_synced = ms_os_rename(temporary, path) ? sync_folder_of(path) : -1;
    *is_durable = synced == 0 && folder_synced == 0;
    if (folder_synced >= 0)
      return MS_OK;
    error = errno;
  }
  ms_os_remove(temporary);
  return ms_cannot_write(path, error);
}

static enum ms_status write_over_file(const char *path, enum ms_os_mode mode, const void *data, size_t n_bytes) {
  struct ms_os_info info;
  bool is_durable;
  MS_TRY(ms_path_check(path));
  if (ms_os_link_info(path, &info) && info.kind != MS_REGULAR_FILE)
    return ms_fail_by(MS_ERROR_SYSTEM, MS_OTHER_OUTPUT,
                      "%s: is not an ordinary file, and is left as it is: choose another name", path);
  return write_file(path, mode, data, n_bytes, &is_durable);
}

enum ms_status ms_file_write(const char *path, const void *data, size_t n_bytes) {
  return write_over_file(path, MS_OS_NEW, data, n_bytes);
}

enum ms_status ms_file_write_private(const char *path, const void *data, size_t n_bytes) {
  return write_over_file(path, MS_OS_NEW_PRIVATE, data, n_bytes);
}

bool ms_file_remove(const char *path) {
  return ms_os_remove(path) || errno == ENOENT;
}

enum ms_status ms_folder_probe(const char *folder, bool *is_durable) {
  static const char text[] = "mnist_simd looks what can be written here.\n";
  char path[MS_PATH_SIZE];
  MS_TRY(ms_path_join(path, folder, MS_PROBE_FILE));
  for (int i = 0; i < 2; ++i) { /* the second takes the place of the first */
    const enum ms_status status = write_file(path, MS_OS_NEW, text, sizeof text - 1, is_durable);
    if (status != MS_OK) {
      ms_os_remove(path);
      return status;
    }
  }
  return ms_file_remove(path) /* another process probed, too */
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
  for (char *end = part + ms_os_root(path);; ++end) {
    if (end == part || (!ms_os_is_slash(*end) && *end != '\0'))
      continue;
    const char kept = *end;
    *end = '\0';
    if (ms_os_make_folder(part)) {
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
