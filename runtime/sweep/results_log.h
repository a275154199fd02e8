/* Writing a sweep's results: line by line as runs end, and all of them merged. */
#ifndef MS_SWEEP_RESULTS_LOG_H
#define MS_SWEEP_RESULTS_LOG_H

#include "runtime/platform/files.h"
#include "runtime/sweep/sweep.h"

/* The path of name + ending, with the shard's numbers between if there are several. */
enum ms_status ms_sweep_path(char *path, const char *folder, const char *name, const char *ending,
                             struct ms_sweep_shard shard);

/* Open files of results and times, which no other process may write meanwhile. */
struct ms_sweep_log {
  char results_path[MS_PATH_SIZE], times_path[MS_PATH_SIZE];
  int results, times, lock; /* descriptors; no lock, -1, where the file system has none */
  bool is_durable;          /* it can sync: a result survives a power cut */
};

/* To be opened before results are read, so that nothing comes between. A line that a process left unfinished when it
 * was killed is cut off. MS_ERROR_SYSTEM: another process is at work on this shard, or the files cannot be had. */
enum ms_status ms_sweep_log_open(const char *folder, struct ms_sweep_shard shard, struct ms_sweep_log *log);
/* Opens a folder for a sweep that has spec and plan: the log, what results there are, the sweep file beside them.
 * *changed: the folder was made by another sweep file. On failure, log and sweep are still to be closed and freed. */
enum ms_status ms_sweep_open(const char *folder, struct ms_sweep_shard shard, struct ms_sweep *sweep,
                             struct ms_sweep_log *log, bool *changed);
/* Adds the result, and returns when it is on the disk. On failure, the files are as before. */
enum ms_status ms_sweep_log_add(struct ms_sweep_log *log, const struct ms_sweep_result *result);
void ms_sweep_log_close(struct ms_sweep_log *log);

/* Writes all results that were read to results.jsonl and times.jsonl, each atomically: in sweep order, then those that
 * the sweep file no longer asks for, by id. The log must be that of shard 1 of 1, open: its files are closed, for
 * Windows replaces no open ones, its lock stays. */
enum ms_status ms_sweep_merge(const char *folder, const struct ms_sweep *sweep, struct ms_sweep_log *log);

#endif
