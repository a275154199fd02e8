/* Locks by fcntl, which work over NFS: the system knows who holds one, and forgets it when that process ends. */
#define _POSIX_C_SOURCE 200809L
#include "runtime/run/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/platform/error.h"

/* Locks the file, or tells who has: "" if nobody holds it, because some file systems say with the word for "held" that
 * there are no locks. 0, or an errno. */
#if defined(F_SETLK)
static int lock_or_ask(int file, char holder[MS_HOLDER_SIZE]) {
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
static int lock_or_ask(int file, char holder[MS_HOLDER_SIZE]) {
  (void)file;
  (void)holder;
  return ENOLCK;
}
#endif

enum ms_status ms_lock_file(const char *path, int *file, char holder[MS_HOLDER_SIZE]) {
  holder[0] = '\0';
  *file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (*file < 0)
    return ms_cannot_write(path, errno);
  const int error = lock_or_ask(*file, holder);
  if (error == 0)
    return MS_OK;
  close(*file);
  *file = -1;
  if (holder[0] || error == ENOLCK || ms_is_unsupported(error))
    return MS_OK;
  return ms_fail_by(MS_ERROR_SYSTEM, MS_OTHER_OUTPUT, "%s: cannot be locked: %s: choose another folder", path,
                    strerror(error));
}

bool ms_is_file_at(int file, const char *path) {
  struct stat opened, named;
  return fstat(file, &opened) == 0 && stat(path, &named) == 0 && opened.st_dev == named.st_dev &&
         opened.st_ino == named.st_ino;
}

enum ms_status ms_run_lock(const char *folder, struct ms_run_lock *lock) {
  char holder[MS_HOLDER_SIZE];
  lock->file = -1;
  MS_TRY(ms_path_join(lock->path, folder, MS_LOCK_FILE));
  for (;;) {
    MS_TRY(ms_lock_file(lock->path, &lock->file, holder));
    if (holder[0])
      return ms_fail_by(MS_ERROR_SYSTEM, MS_OTHER_OUTPUT,
                        "%s: is in use by %s: wait for its end, or choose another folder", folder, holder);
    /* Else who held the lock before has removed it. */
    if (lock->file < 0 || ms_is_file_at(lock->file, lock->path))
      return MS_OK;
    close(lock->file);
  }
}

enum ms_status ms_run_lock_check(const struct ms_run_lock *lock, const char *folder) {
  if (lock->file < 0 || ms_is_file_at(lock->file, lock->path))
    return MS_OK;
  return ms_fail(MS_ERROR_SYSTEM,
                 "%s: the folder, or its %s, is gone or another: it was removed or replaced while the run was at work",
                 folder, MS_LOCK_FILE);
}

void ms_run_unlock(struct ms_run_lock *lock) {
  if (lock->file < 0 || ms_is_file_at(lock->file, lock->path))
    unlink(lock->path);
  if (lock->file >= 0)
    close(lock->file);
  lock->file = -1;
}
