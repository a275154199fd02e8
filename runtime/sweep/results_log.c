/* Writing a sweep's results. */
#include "runtime/sweep/results_log.h"

#include <errno.h>
#include <string.h>

#include "runtime/platform/error.h"
#include "runtime/platform/system.h"
#include "runtime/run/folder.h"
#include "runtime/run/lock.h"
#include "runtime/sweep/result_line.h"

/* ---- Lines ---- */

/* The length up to the last newline, by reading backwards; -1 on failure. */
static int64_t whole_lines(int file, int64_t size) {
  char block[4096];
  while (size > 0) {
    const int64_t start = size > (int64_t)sizeof block ? size - (int64_t)sizeof block : 0;
    const ptrdiff_t got = ms_os_read_at(file, block, (size_t)(size - start), (uint64_t)start);
    if (got != size - start)
      return -1;
    for (ptrdiff_t i = got; i-- > 0;)
      if (block[i] == '\n')
        return start + i + 1;
    size = start;
  }
  return 0;
}

/* Whether what stands at the end without a newline is a line of ours that a process did not finish. */
static bool is_begun_line(int file, int64_t start, int64_t size) {
  static const char head[] = "{\"id\":\"";
  char text[sizeof head - 1];
  const size_t n = size - start < (int64_t)sizeof text ? (size_t)(size - start) : sizeof text;
  return ms_os_read_at(file, text, n, (uint64_t)start) == (ptrdiff_t)n && memcmp(text, head, n) == 0;
}

static enum ms_status open_lines(const char *path, int *file) {
  struct ms_os_info info;
  *file = ms_os_open(path, MS_OS_APPEND);
  if (*file < 0 || !ms_os_info_of(*file, &info))
    return ms_cannot_write(path, errno);
  if (info.kind != MS_REGULAR_FILE)
    return ms_fail(MS_ERROR_SYSTEM, "%s: is not a regular file", path);
  const int64_t n_bytes = (int64_t)info.n_bytes, length = whole_lines(*file, n_bytes);
  if (length >= 0 && length < n_bytes && !is_begun_line(*file, length, n_bytes))
    return ms_fail_by(MS_ERROR_SYSTEM, MS_OTHER_OUTPUT,
                      "%s: ends in what no sweep has written, and is left as it is: choose another folder", path);
  if (length < 0 || (length < n_bytes && !ms_os_truncate(*file, (uint64_t)length)))
    return ms_fail(MS_ERROR_SYSTEM, "%s: its unfinished last line cannot be cut off: %s", path, strerror(errno));
  return MS_OK;
}

static enum ms_status add_text(const char *path, int file, const struct ms_text *text) {
  struct ms_os_info info;
  if (ms_os_info_of(file, &info)) {
    if (!ms_is_file_at(file, path)) /* what is written is gone with the process */
      return ms_fail(MS_ERROR_SYSTEM, "%s: was removed or replaced while the sweep was at work: start the sweep again",
                     path);
    if (ms_write_all(file, text->data, text->length) && ms_sync(file) >= 0)
      return MS_OK;
    const int error = errno;
    if (!ms_os_truncate(file, info.n_bytes))
      return ms_fail(MS_ERROR_SYSTEM, "%s: cannot be written: %s; what was begun is cut off at the next start", path,
                     strerror(error));
    errno = error;
  }
  return ms_fail(MS_ERROR_SYSTEM, "%s: cannot be written: %s", path, strerror(errno));
}

static enum ms_status open_files(const char *folder, struct ms_sweep_shard shard, struct ms_sweep_log *log) {
  char lock_path[MS_PATH_SIZE], holder[MS_HOLDER_SIZE];
  MS_TRY(ms_sweep_path(log->results_path, folder, "results", ".jsonl", shard));
  MS_TRY(ms_sweep_path(log->times_path, folder, "times", ".jsonl", shard));
  MS_TRY(ms_sweep_path(lock_path, folder, "results", ".lock", shard));
  MS_TRY(ms_folder_probe(folder, &log->is_durable));
  MS_TRY(ms_lock_file(lock_path, &log->lock, holder));
  if (holder[0])
    return ms_fail_by(MS_ERROR_SYSTEM, MS_SHARED_WORK,
                      "%s: %s is at work on these results: wait for it, or share the work", lock_path, holder);
  MS_TRY(open_lines(log->results_path, &log->results));
  MS_TRY(open_lines(log->times_path, &log->times));
  return ms_folder_sync(folder);
}

enum ms_status ms_sweep_log_open(const char *folder, struct ms_sweep_shard shard, struct ms_sweep_log *log) {
  *log = (struct ms_sweep_log){.results = -1, .times = -1, .lock = -1};
  const enum ms_status status = open_files(folder, shard, log);
  if (status != MS_OK)
    ms_sweep_log_close(log);
  return status;
}

/* Keeps the sweep file beside its results: the two are read together. Another file of that name is not replaced. */
static enum ms_status keep_file(const char *folder, const struct ms_sweep_spec *spec, bool *changed) {
  char path[MS_PATH_SIZE];
  struct ms_sweep_spec old;
  *changed = false;
  MS_TRY(ms_path_join(path, folder, MS_SWEEP_FILE));
  if (ms_exists(path)) {
    const enum ms_status status = ms_sweep_spec_read(path, &old, NULL);
    if (status == MS_ERROR_ARGUMENT || status == MS_ERROR_DATA)
      return ms_fail_by(MS_ERROR_SYSTEM, MS_OTHER_OUTPUT,
                        "%s: is no sweep file, and is left as it is: move it away, or choose another folder", path);
    MS_TRY(status);
    *changed = old.n_bytes != spec->n_bytes || memcmp(old.text, spec->text, old.n_bytes) != 0;
    ms_sweep_spec_free(&old);
    if (!*changed)
      return MS_OK;
  }
  return ms_file_write(path, spec->text, spec->n_bytes);
}

enum ms_status ms_sweep_open(const char *folder, struct ms_sweep_shard shard, struct ms_sweep *sweep,
                             struct ms_sweep_log *log, bool *changed) {
  MS_TRY(ms_sweep_log_open(folder, shard, log));
  MS_TRY(ms_sweep_load_results(folder, sweep));
  return keep_file(folder, &sweep->spec, changed);
}

/* The time goes first: a run counts as done when its result is there. */
static enum ms_status add_lines(struct ms_sweep_log *log, const struct ms_sweep_result *r, struct ms_text *result,
                                struct ms_text *time) {
  MS_TRY(ms_sweep_result_line(r, result));
  MS_TRY(ms_sweep_time_line(r, time));
  MS_TRY(add_text(log->times_path, log->times, time));
  return add_text(log->results_path, log->results, result);
}

enum ms_status ms_sweep_log_add(struct ms_sweep_log *log, const struct ms_sweep_result *r) {
  struct ms_text result = {0}, time = {0};
  const enum ms_status status = add_lines(log, r, &result, &time);
  ms_text_free(&result);
  ms_text_free(&time);
  return status;
}

static void close_file(int *file) {
  if (*file >= 0)
    ms_os_close(*file);
  *file = -1;
}

void ms_sweep_log_close(struct ms_sweep_log *log) {
  close_file(&log->results);
  close_file(&log->times);
  close_file(&log->lock);
}

/* ---- Merging ---- */

static enum ms_status add_run(const struct ms_sweep_result *r, struct ms_text *results, struct ms_text *times) {
  MS_TRY(ms_sweep_result_line(r, results));
  return r->threads > 0 ? ms_sweep_time_line(r, times) : MS_OK;
}

static enum ms_status merge(const char *folder, const struct ms_sweep *sweep, struct ms_text *results,
                            struct ms_text *times) {
  for (size_t i = 0; i < sweep->plan.n_runs; ++i)
    if (sweep->result_of[i])
      MS_TRY(add_run(sweep->result_of[i], results, times));
  for (size_t i = 0; i < sweep->n_results; ++i)
    if (ms_sweep_find(&sweep->plan, sweep->results[i]->id) == MS_SWEEP_NONE)
      MS_TRY(add_run(sweep->results[i], results, times));
  MS_TRY(ms_run_folder_write(folder, "times.jsonl", times));
  return ms_run_folder_write(folder, "results.jsonl", results);
}

enum ms_status ms_sweep_merge(const char *folder, const struct ms_sweep *sweep, struct ms_sweep_log *log) {
  struct ms_text results = {0}, times = {0};
  close_file(&log->results);
  close_file(&log->times);
  const enum ms_status status = merge(folder, sweep, &results, &times);
  ms_text_free(&results);
  ms_text_free(&times);
  return status;
}
