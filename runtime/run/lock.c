/* Locks by the system, which forgets one when the process that holds it ends. */
#include "runtime/run/lock.h"

#include <errno.h>
#include <string.h>

#include "runtime/platform/error.h"

enum ms_status ms_lock_file(const char *path, int *file, char holder[MS_HOLDER_SIZE]) {
  holder[0] = '\0';
  *file = ms_os_open(path, MS_OS_LOCK);
  if (*file < 0)
    return ms_cannot_write(path, errno);
  const int error = ms_os_lock(*file, holder);
  if (error == 0)
    return MS_OK;
  ms_os_close(*file);
  *file = -1;
  if (holder[0] || error == ENOLCK || ms_is_unsupported(error))
    return MS_OK;
  return ms_fail_by(MS_ERROR_SYSTEM, MS_OTHER_OUTPUT, "%s: cannot be locked: %s: choose another folder", path,
                    strerror(error));
}

bool ms_is_file_at(int file, const char *path) {
  struct ms_os_info opened, named;
  return ms_os_info_of(file, &opened) && ms_os_info(path, &named) && opened.device == named.device &&
         opened.number == named.number;
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
    ms_os_close(lock->file);
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
    ms_os_remove(lock->path);
  if (lock->file >= 0)
    ms_os_close(lock->file);
  lock->file = -1;
}
