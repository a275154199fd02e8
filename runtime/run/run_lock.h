/* A lock on a run folder: one process at a time writes there. The lock goes with the process, however that ends. */
#ifndef MS_RUN_RUN_LOCK_H
#define MS_RUN_RUN_LOCK_H

#include "runtime/platform/files.h"

#define MS_LOCK_FILE "run.lock"

struct ms_run_lock {
  int file; /* -1: none, the file system cannot lock */
  char path[MS_PATH_SIZE];
};

/* The folder must be there. MS_ERROR_SYSTEM, naming the process that holds it, if it is in use. */
enum ms_status ms_run_lock(const char *folder, struct ms_run_lock *lock);

/* MS_ERROR_SYSTEM if the folder that was locked is no longer there, or is another one: what would be written now is lost, or spoils
 * the run of another process. */
enum ms_status ms_run_lock_check(const struct ms_run_lock *lock, const char *folder);

/* Removes the file too, if it is still this one. */
void ms_run_unlock(struct ms_run_lock *lock);

#endif
