/* Writing a sweep's results. */
#define _POSIX_C_SOURCE 200809L /* ftruncate */
#include "runtime/sweep/results_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/platform/error.h"
#include "runtime/platform/files.h"
#include "runtime/platform/memory.h"
#include "runtime/sweep/result_line.h"

static const struct ms_sweep_shard whole = {1, 1};

/* ---- One process at a time ---- */

/* fcntl's locks work over NFS, and end with the process. They end, too, when the process closes any descriptor of the file:
 * therefore a file of its own, which nothing else opens. */
static enum ms_status take_lock(const char *path, struct ms_sweep_log *log) {
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  log->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (log->lock < 0)
    return ms_cannot_write(path, errno);
  if (fcntl(log->lock, F_SETLK, &lock) == 0)
    return MS_OK;
  if (errno != EACCES && errno != EAGAIN)
    return ms_fail_by(MS_ERROR_SYSTEM, MS_OTHER_OUTPUT,
                      "%s: cannot be locked: %s: choose a folder on another file system", path, strerror(errno));
  char holder[32] = "another process";
  if (fcntl(log->lock, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK && lock.l_pid > 0)
    snprintf(holder, sizeof holder, "process %ld", (long)lock.l_pid);
  return ms_fail_by(MS_ERROR_SYSTEM, MS_SHARED_WORK,
                    "%s: %s is at work on these results: wait for it, or share the work", path, holder);
}

/* ---- Lines ---- */

/* The length up to the last newline, by reading backwards; -1 on failure. */
static off_t whole_lines(int file, off_t size) {
  char block[4096];
  while (size > 0) {
    const off_t start = size > (off_t)sizeof block ? size - (off_t)sizeof block : 0;
    const ssize_t got = pread(file, block, (size_t)(size - start), start);
    if (got != size - start)
      return -1;
    for (ssize_t i = got; i-- > 0;)
      if (block[i] == '\n')
        return start + i + 1;
    size = start;
  }
  return 0;
}

/* Whether what stands at the end without a newline is a line of ours that a process did not finish. */
static bool is_begun_line(int file, off_t start, off_t size) {
  static const char head[] = "{\"id\":\"";
  char text[sizeof head - 1];
  const size_t n = size - start < (off_t)sizeof text ? (size_t)(size - start) : sizeof text;
  return pread(file, text, n, start) == (ssize_t)n && memcmp(text, head, n) == 0;
}

static enum ms_status open_lines(const char *path, int *file) {
  struct stat info;
  *file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW, 0666);
  if (*file < 0 || fstat(*file, &info) != 0)
    return ms_cannot_write(path, errno);
  if (!S_ISREG(info.st_mode))
    return ms_fail(MS_ERROR_SYSTEM, "%s: is not a regular file", path);
  const off_t length = whole_lines(*file, info.st_size);
  if (length >= 0 && length < info.st_size && !is_begun_line(*file, length, info.st_size))
    return ms_fail_by(MS_ERROR_SYSTEM, MS_OTHER_OUTPUT,
                      "%s: ends in what no sweep has written, and is left as it is: choose another folder", path);
  if (length < 0 || (length < info.st_size && ftruncate(*file, length) != 0))
    return ms_fail(MS_ERROR_SYSTEM, "%s: its unfinished last line cannot be cut off: %s", path, strerror(errno));
  return MS_OK;
}

static bool write_all(int file, const char *text, size_t n_bytes) {
  while (n_bytes > 0) {
    const ssize_t written = write(file, text, n_bytes);
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return false;
    text += written;
    n_bytes -= (size_t)written;
  }
  return true;
}

/* What is written to a file that was removed is gone with the process. */
static bool is_there(const char *path, const struct stat *file) {
  struct stat there;
  return stat(path, &there) == 0 && there.st_dev == file->st_dev && there.st_ino == file->st_ino;
}

static enum ms_status add_text(const char *path, int file, const struct ms_text *text) {
  struct stat info;
  if (fstat(file, &info) == 0) {
    if (!is_there(path, &info))
      return ms_fail(MS_ERROR_SYSTEM, "%s: was removed or replaced while the sweep was at work: start the sweep again",
                     path);
    if (write_all(file, text->data, text->length) && fsync(file) == 0)
      return MS_OK;
    const int error = errno;
    if (ftruncate(file, info.st_size) != 0)
      return ms_fail(MS_ERROR_SYSTEM, "%s: cannot be written: %s; what was begun is cut off at the next start", path,
                     strerror(error));
    errno = error;
  }
  return ms_fail(MS_ERROR_SYSTEM, "%s: cannot be written: %s", path, strerror(errno));
}

enum ms_status ms_sweep_log_open(const char *folder, struct ms_sweep_shard shard, struct ms_sweep_log *log) {
  char lock_path[MS_PATH_SIZE];
  memset(log, 0, sizeof *log);
  log->results = log->times = log->lock = -1;
  enum ms_status status = ms_sweep_path(log->results_path, folder, "results", ".jsonl", shard);
  if (status == MS_OK)
    status = ms_sweep_path(log->times_path, folder, "times", ".jsonl", shard);
  if (status == MS_OK)
    status = ms_sweep_path(lock_path, folder, "results", ".lock", shard);
  if (status == MS_OK)
    status = take_lock(lock_path, log);
  if (status == MS_OK)
    status = open_lines(log->results_path, &log->results);
  if (status == MS_OK)
    status = open_lines(log->times_path, &log->times);
  if (status == MS_OK)
    status = ms_folder_sync(folder);
  if (status != MS_OK)
    ms_sweep_log_close(log);
  return status;
}

/* The time goes first: a run counts as done when its result is there. */
enum ms_status ms_sweep_log_add(struct ms_sweep_log *log, const struct ms_sweep_run *run) {
  struct ms_text result = {0}, time = {0};
  enum ms_status status = ms_sweep_result_line(run, &result);
  if (status == MS_OK)
    status = ms_sweep_time_line(run, &time);
  if (status == MS_OK)
    status = add_text(log->times_path, log->times, &time);
  if (status == MS_OK)
    status = add_text(log->results_path, log->results, &result);
  ms_text_free(&result);
  ms_text_free(&time);
  return status;
}

void ms_sweep_log_close(struct ms_sweep_log *log) {
  const int files[] = {log->results, log->times, log->lock};
  for (size_t i = 0; i < 3; ++i)
    if (files[i] >= 0)
      close(files[i]);
  log->results = log->times = log->lock = -1;
}

/* ---- Merging ---- */

static enum ms_status add_run(const struct ms_sweep_run *run, struct ms_text *results, struct ms_text *times) {
  const enum ms_status status = ms_sweep_result_line(run, results);
  return status == MS_OK && run->threads > 0 ? ms_sweep_time_line(run, times) : status;
}

enum ms_status ms_sweep_merge(const char *folder, const struct ms_sweep *sweep) {
  struct ms_text results = {0}, times = {0};
  char path[MS_PATH_SIZE];
  enum ms_status status = MS_OK;
  for (size_t i = 0; status == MS_OK && i < sweep->plan.n_runs; ++i)
    if (sweep->runs[i])
      status = add_run(sweep->runs[i], &results, &times);
  for (size_t i = 0; status == MS_OK && i < sweep->n_results; ++i)
    if (ms_sweep_find(&sweep->plan, sweep->results[i]->id) == MS_SWEEP_NONE)
      status = add_run(sweep->results[i], &results, &times);
  if (status == MS_OK)
    status = ms_sweep_path(path, folder, "times", ".jsonl", whole);
  if (status == MS_OK)
    status = ms_file_write(path, times.data ? times.data : "", times.length);
  if (status == MS_OK)
    status = ms_sweep_path(path, folder, "results", ".jsonl", whole);
  if (status == MS_OK)
    status = ms_file_write(path, results.data ? results.data : "", results.length);
  ms_text_free(&results);
  ms_text_free(&times);
  return status;
}
