/* A lock on a run folder, by fcntl: the system knows who holds it, and forgets it when that process ends. */
#define _POSIX_C_SOURCE 200809L
#include "runtime/run/run_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/platform/error.h"

static enum ms_status in_use(const char *folder, int file) {
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  char holder[32] = "another process";
  if (fcntl(file, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK)
    snprintf(holder, sizeof holder, "process %ld", (long)lock.l_pid);
  return ms_fail_by(MS_ERROR_SYSTEM, MS_OTHER_OUTPUT, "%s: is in use by %s: wait for its end, or choose another folder",
                    folder, holder);
}

/* Whether the path still leads to the open file: who held the lock before has removed it. */
static bool is_current(int file, const char *path) {
  struct stat opened, named;
  return fstat(file, &opened) == 0 && stat(path, &named) == 0 && opened.st_dev == named.st_dev &&
         opened.st_ino == named.st_ino;
}

enum ms_status ms_run_lock(const char *folder, struct ms_run_lock *lock) {
  const enum ms_status status = ms_path_join(lock->path, folder, MS_LOCK_FILE);
  lock->file = -1;
  if (status != MS_OK)
    return status;
  for (;;) {
    const int file = open(lock->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (file < 0)
      return ms_cannot_write(lock->path, errno);
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(file, F_SETLK, &whole) != 0) {
      const bool held = errno == EACCES || errno == EAGAIN;
      const enum ms_status found = held ? in_use(folder, file) : MS_OK; /* else: cannot be locked here, go on without */
      close(file);
      return found;
    }
    if (is_current(file, lock->path)) {
      lock->file = file;
      return MS_OK;
    }
    close(file);
  }
}

enum ms_status ms_run_lock_check(const struct ms_run_lock *lock, const char *folder) {
  if (lock->file < 0 || is_current(lock->file, lock->path))
    return MS_OK;
  return ms_fail(MS_ERROR_SYSTEM,
                 "%s: the folder, or its %s, is gone or another: it was removed or replaced while the run was at work",
                 folder, MS_LOCK_FILE);
}

void ms_run_unlock(struct ms_run_lock *lock) {
  if (lock->file < 0 || is_current(lock->file, lock->path))
    unlink(lock->path);
  if (lock->file >= 0)
    close(lock->file);
  lock->file = -1;
}
