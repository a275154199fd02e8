/* Locks: one process at a time writes to a run folder, or to the results of a sweep. A lock ends with its process,
 * however that ends. */
#ifndef MS_RUN_LOCK_H
#define MS_RUN_LOCK_H

#include "runtime/platform/system.h"

#define MS_LOCK_FILE "run.lock"

/* Opens the file, which is made if need be, and locks it. holder: who has it locked, "process 123"; "" if nobody else
 * has. *file: -1 unless it is locked now: somebody has it, or its file system has no locks. The lock ends, too, when
 * the process closes any descriptor of the file: nothing else opens it. MS_ERROR_SYSTEM: it cannot be opened, or its
 * disk fails. */
enum ms_status ms_lock_file(const char *path, int *file, char holder[MS_HOLDER_SIZE]);

/* Whether the path still leads to the open file. */
bool ms_is_file_at(int file, const char *path);

struct ms_run_lock {
  int file; /* -1: none, the file system cannot lock */
  char path[MS_PATH_SIZE];
};

/* The folder must be there. MS_ERROR_SYSTEM, naming the process that holds it, if it is in use. */
enum ms_status ms_run_lock(const char *folder, struct ms_run_lock *lock);

/* MS_ERROR_SYSTEM if the folder that was locked is no longer there, or is another one: what would be written now is
 * lost, or spoils the run of another process. */
enum ms_status ms_run_lock_check(const struct ms_run_lock *lock, const char *folder);

/* Removes the file too, if it is still this one. */
void ms_run_unlock(struct ms_run_lock *lock);

#endif
