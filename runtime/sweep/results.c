/* Reads a sweep's folder: sweep.txt and all files of results and times, whoever wrote them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/platform/error.h"
#include "runtime/platform/files.h"
#include "runtime/platform/memory.h"
#include "runtime/platform/parse.h"
#include "runtime/platform/system.h"
#include "runtime/sweep/result_line.h"
#include "runtime/sweep/results_log.h"

#define MAX_BYTES ((size_t)2 << 30) /* of one file; fits a size of 32 bits */

/* ---- Names ---- */

static const char results_prefix[] = "results";

enum ms_status ms_sweep_path(char *path, const char *folder, const char *name, const char *ending,
                             struct ms_sweep_shard shard) {
  char file[80];
  if (shard.n > 1)
    snprintf(file, sizeof file, "%s-%zu-of-%zu%s", name, shard.k, shard.n, ending);
  else
    snprintf(file, sizeof file, "%s%s", name, ending);
  return ms_path_join(path, folder, file);
}

/* "results.jsonl", "results-2-of-4.jsonl" */
static bool is_results(const char *name) {
  char k_text[24], n_text[24], again[80];
  struct ms_sweep_shard shard;
  if (strncmp(name, results_prefix, strlen(results_prefix)) != 0)
    return false;
  const char *suffix = name + strlen(results_prefix);
  if (strcmp(suffix, ".jsonl") == 0)
    return true;
  if (sscanf(suffix, "-%20[0-9]-of-%20[0-9].jsonl", k_text, n_text) != 2 || !ms_parse_size(k_text, &shard.k) ||
      !ms_parse_size(n_text, &shard.n))
    return false;
  snprintf(again, sizeof again, "results-%zu-of-%zu.jsonl", shard.k, shard.n);
  return strcmp(again, name) == 0;
}

static int compare_names(const void *x, const void *y) {
  return strcmp(*(char *const *)x, *(char *const *)y);
}

static enum ms_status add_file(struct ms_sweep *sweep, const char *name) {
  char **files = realloc(sweep->files, (sweep->n_files + 1) * sizeof *files);
  if (!files)
    return ms_fail(MS_ERROR_MEMORY, "results of a sweep: no memory for the names of %zu files", sweep->n_files + 1);
  sweep->files = files;
  const enum ms_status status = ms_allocate(strlen(name) + 1, 1, "name of a file", &files[sweep->n_files]);
  if (status == MS_OK)
    strcpy(files[sweep->n_files++], name);
  return status;
}

static enum ms_status list_files(const char *folder, struct ms_sweep *sweep) {
  struct ms_os_listing *directory = ms_os_list(folder);
  if (!directory)
    return ms_fail(MS_ERROR_DATA, "%s: the folder cannot be read: %s", folder, strerror(errno));
  enum ms_status status = MS_OK;
  for (const char *entry; status == MS_OK && (entry = ms_os_next(directory)) != NULL;)
    if (is_results(entry))
      status = add_file(sweep, entry);
  ms_os_end(directory);
  if (status == MS_OK && sweep->n_files > 0)
    qsort(sweep->files, sweep->n_files, sizeof *sweep->files, compare_names);
  return status;
}

/* ---- Lines ---- */

static enum ms_status append(struct ms_sweep *sweep, struct ms_sweep_result *result) {
  if (sweep->n_results == sweep->capacity) {
    const size_t capacity = sweep->capacity > 0 ? 2 * sweep->capacity : 64;
    struct ms_sweep_result **grown = realloc(sweep->results, capacity * sizeof *grown);
    if (!grown)
      return ms_fail(MS_ERROR_MEMORY, "results of a sweep: no memory for %zu", capacity);
    sweep->results = grown;
    sweep->capacity = capacity;
  }
  sweep->results[sweep->n_results++] = result;
  return MS_OK;
}

static void put_in_plan(struct ms_sweep *sweep, struct ms_sweep_result *result) {
  const size_t index = ms_sweep_find(&sweep->plan, result->id);
  if (index != MS_SWEEP_NONE && !sweep->result_of[index]) {
    sweep->result_of[index] = result;
    ++sweep->n_done;
    sweep->n_failed += result->failed;
  }
}

enum ms_status ms_sweep_add(struct ms_sweep *sweep, struct ms_sweep_result *result) {
  MS_TRY(append(sweep, result));
  put_in_plan(sweep, result);
  return MS_OK;
}

static int compare_id(const void *id, const void *result) {
  return strcmp(id, (*(struct ms_sweep_result *const *)result)->id);
}

static enum ms_status add_result(struct ms_sweep *sweep, const char *file, size_t number, const char *where,
                                 const char *line, size_t n_bytes) {
  struct ms_sweep_result *result;
  MS_TRY(ms_sweep_result_parse(where, line, n_bytes, &result));
  result->file = file;
  result->line = number;
  const enum ms_status status = append(sweep, result);
  if (status != MS_OK)
    ms_sweep_result_free(result);
  return status;
}

/* The last of several times of a run is kept: an earlier one is of a process that was killed before it wrote the
 * result. The results are in order of their ids. */
static enum ms_status add_time(struct ms_sweep *sweep, const char *where, const char *line, size_t n_bytes) {
  struct ms_sweep_result time = {0};
  MS_TRY(ms_sweep_time_parse(where, line, n_bytes, &time));
  struct ms_sweep_result *const *found =
      sweep->n_results > 0 ? bsearch(time.id, sweep->results, sweep->n_results, sizeof *found, compare_id) : NULL;
  if (found) {
    (*found)->seconds = time.seconds;
    (*found)->threads = time.threads;
    memcpy((*found)->isa, time.isa, sizeof time.isa);
    memcpy((*found)->cpu, time.cpu, sizeof time.cpu);
  }
  return MS_OK;
}

/* The lines of one file. What follows the last newline was cut off, or is being written: left out. */
static enum ms_status read_file(const char *folder, const char *name, bool times, struct ms_sweep *sweep) {
  char path[MS_PATH_SIZE], where[MS_PATH_SIZE + 24];
  uint8_t *bytes;
  size_t n_bytes;
  MS_TRY(ms_path_join(path, folder, name));
  if (times && !ms_exists(path))
    return MS_OK;
  MS_TRY(ms_file_read(path, MAX_BYTES, &bytes, &n_bytes));
  enum ms_status status = MS_OK;
  const char *line = (const char *)bytes, *const end = line + n_bytes, *newline;
  for (size_t number = 1; status == MS_OK && line < end && (newline = memchr(line, '\n', (size_t)(end - line)));
       ++number, line = newline + 1) {
    const size_t length = (size_t)(newline - line);
    snprintf(where, sizeof where, "%s:%zu", path, number);
    status = times ? add_time(sweep, where, line, length) : add_result(sweep, name, number, where, line, length);
  }
  free(bytes);
  return status;
}

/* ---- The whole ---- */

static int compare_results(const void *x, const void *y) {
  const struct ms_sweep_result *a = *(struct ms_sweep_result *const *)x, *b = *(struct ms_sweep_result *const *)y;
  int order = strcmp(a->id, b->id);
  if (order == 0)
    order = strcmp(a->file, b->file);
  return order != 0 ? order : (a->line > b->line) - (a->line < b->line);
}

/* Sorts by id, takes doubles out, and sees that all results belong together. */
static enum ms_status put_in_order(const char *folder, struct ms_sweep *sweep) {
  size_t n = 0;
  enum ms_status status = MS_OK;
  if (sweep->n_results > 0)
    qsort(sweep->results, sweep->n_results, sizeof *sweep->results, compare_results);
  for (size_t i = 0; i < sweep->n_results; ++i) {
    struct ms_sweep_result *result = sweep->results[i], *last = n > 0 ? sweep->results[n - 1] : NULL;
    if (last && status == MS_OK && (result->contract != last->contract || strcmp(result->data, last->data) != 0))
      status = ms_fail(MS_ERROR_DATA,
                       "%s: %s:%zu and %s:%zu are of different data, or of programs with different numerics "
                       "contracts: keep them in folders of their own",
                       folder, last->file, last->line, result->file, result->line);
    if (!last || strcmp(last->id, result->id) != 0) {
      sweep->results[n++] = result;
      continue;
    }
    if (status == MS_OK && !ms_sweep_same_result(last, result))
      status = ms_fail(MS_ERROR_DATA,
                       "%s: %s:%zu and %s:%zu are different results of one run (%s), which must give the same bits "
                       "everywhere: run 'mnist_simd verify' on the machines that they come from",
                       folder, last->file, last->line, result->file, result->line, result->id);
    ms_sweep_result_free(result);
  }
  sweep->n_results = n;
  return status;
}

enum ms_status ms_sweep_load_results(const char *folder, struct ms_sweep *sweep) {
  MS_TRY(ms_allocate(sweep->plan.n_runs, sizeof(struct ms_sweep_result *), "results of a sweep", &sweep->result_of));
  MS_TRY(list_files(folder, sweep));
  for (size_t i = 0; i < sweep->n_files; ++i)
    MS_TRY(read_file(folder, sweep->files[i], false, sweep));
  MS_TRY(put_in_order(folder, sweep));
  for (size_t i = 0; i < sweep->n_results; ++i)
    put_in_plan(sweep, sweep->results[i]);
  for (size_t i = 0; i < sweep->n_files; ++i) {
    char name[80];
    snprintf(name, sizeof name, "times%s", sweep->files[i] + strlen(results_prefix));
    MS_TRY(read_file(folder, name, true, sweep));
  }
  return MS_OK;
}

static enum ms_status read_sweep(const char *folder, struct ms_sweep *sweep) {
  char path[MS_PATH_SIZE];
  MS_TRY(ms_path_join(path, folder, MS_SWEEP_FILE));
  MS_TRY(ms_sweep_spec_read(path, &sweep->spec, NULL));
  MS_TRY(ms_sweep_plan_make(&sweep->spec, &sweep->plan));
  return ms_sweep_load_results(folder, sweep);
}

enum ms_status ms_sweep_read(const char *folder, struct ms_sweep *sweep) {
  memset(sweep, 0, sizeof *sweep);
  const enum ms_status status = read_sweep(folder, sweep);
  if (status != MS_OK)
    ms_sweep_free(sweep);
  return status;
}

void ms_sweep_free(struct ms_sweep *sweep) {
  for (size_t i = 0; i < sweep->n_results; ++i)
    ms_sweep_result_free(sweep->results[i]);
  free(sweep->results);
  free(sweep->result_of);
  for (size_t i = 0; i < sweep->n_files; ++i)
    free(sweep->files[i]);
  free(sweep->files);
  ms_sweep_plan_free(&sweep->plan);
  ms_sweep_spec_free(&sweep->spec);
  memset(sweep, 0, sizeof *sweep);
}
