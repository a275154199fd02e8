/* Which part of a sweep this process is to do: as given, or by what launchers say. */
#include "runtime/sweep/shard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/platform/error.h"
#include "runtime/platform/parse.h"

/* A variable that counts as set when it is not empty. */
static const char *get(const char *name) {
  const char *value = getenv(name);
  return value && value[0] ? value : NULL;
}

static enum ms_status get_number(const char *name, const char *beside, size_t *number) {
  const char *text = get(name);
  if (!text)
    return ms_fail(MS_ERROR_ARGUMENT, "%s: is not set, but %s is", name, beside);
  if (!ms_parse_size(text, number) || *number > UINT32_MAX)
    return ms_fail(MS_ERROR_ARGUMENT, "%s: '%.40s' is not a whole number from 0 to %lu", name, text,
                   (unsigned long)UINT32_MAX);
  return MS_OK;
}

/* One of n processes, by a pair of variables. *found: whether one of the two is set. */
static enum ms_status from_pair(const char *rank_name, const char *size_name, bool *found,
                                struct ms_sweep_shard *shard) {
  size_t rank, size;
  *found = get(rank_name) || get(size_name);
  if (!*found)
    return MS_OK;
  MS_TRY(get_number(rank_name, size_name, &rank));
  MS_TRY(get_number(size_name, rank_name, &size));
  if (rank >= size)
    return ms_fail(MS_ERROR_ARGUMENT, "%s: is %zu, but must be below %s, which is %zu", rank_name, rank, size_name,
                   size);
  *shard = (struct ms_sweep_shard){rank + 1, size};
  return MS_OK;
}

/* MPI launchers come first: they may run inside a Slurm step of their own, whose variables then are those of the
 * launcher. Slurm's count only within a step: a batch script, too, has a SLURM_PROCID. */
static enum ms_status from_tasks(struct ms_sweep_shard *shard, const char **variable) {
  bool ompi, pmi, step = false;
  struct ms_sweep_shard by_ompi, by_pmi;
  MS_TRY(from_pair("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", &ompi, &by_ompi));
  MS_TRY(from_pair("PMI_RANK", "PMI_SIZE", &pmi, &by_pmi));
  if (!ompi && !pmi && get("SLURM_STEP_ID"))
    MS_TRY(from_pair("SLURM_PROCID", "SLURM_STEP_NUM_TASKS", &step, shard));
  if (ompi && pmi && (by_ompi.k != by_pmi.k || by_ompi.n != by_pmi.n))
    return ms_fail(MS_ERROR_ARGUMENT,
                   "OMPI_COMM_WORLD_RANK: says process %zu of %zu (from 0), but PMI_RANK says %zu of %zu",
                   by_ompi.k - 1, by_ompi.n, by_pmi.k - 1, by_pmi.n);
  if (ompi || pmi)
    *shard = ompi ? by_ompi : by_pmi;
  *variable = ompi ? "OMPI_COMM_WORLD_RANK" : pmi ? "PMI_RANK" : step ? "SLURM_PROCID" : NULL;
  if (!*variable && get("PMIX_RANK"))
    return ms_fail(MS_ERROR_ARGUMENT, "PMIX_RANK: is set, but no variable says of how many processes");
  return MS_OK;
}

/* The tasks of an array have numbers from MIN to MAX at equal distances, COUNT of them. */
static enum ms_status from_array(struct ms_sweep_shard *shard, const char **variable) {
  static const char name[] = "SLURM_ARRAY_TASK_ID";
  size_t id, min, max, count;
  *shard = (struct ms_sweep_shard){1, 1};
  *variable = NULL;
  if (!get(name))
    return MS_OK;
  MS_TRY(get_number(name, name, &id));
  MS_TRY(get_number("SLURM_ARRAY_TASK_MIN", name, &min));
  MS_TRY(get_number("SLURM_ARRAY_TASK_MAX", name, &max));
  MS_TRY(get_number("SLURM_ARRAY_TASK_COUNT", name, &count));
  const size_t step = count > 1 && max > min && (max - min) % (count - 1) == 0 ? (max - min) / (count - 1) : 0;
  if (count == 0 || (count > 1 && step == 0) || (count == 1 && min != max) || id < min || id > max ||
      (step > 0 && (id - min) % step != 0))
    return ms_fail(
        MS_ERROR_ARGUMENT,
        "SLURM_ARRAY_TASK_ID: %zu is not one of %zu numbers from %zu to %zu at equal distances: submit array 1-N", id,
        count, min, max);
  *shard = (struct ms_sweep_shard){1 + (step > 0 ? (id - min) / step : 0), count};
  *variable = name;
  return MS_OK;
}

enum ms_status ms_sweep_shard_parse(const char *text, struct ms_sweep_shard *shard) {
  char k[24] = "";
  const char *slash = strchr(text, '/');
  if (slash && (size_t)(slash - text) < sizeof k)
    snprintf(k, sizeof k, "%.*s", (int)(slash - text), text);
  if (!ms_parse_size(k, &shard->k) || !ms_parse_size(slash + 1, &shard->n) || shard->k < 1 || shard->k > shard->n ||
      shard->n > MS_SWEEP_MAX_RUNS)
    return ms_fail(MS_ERROR_ARGUMENT, "shard: '%.80s' is not K/N, part K of N, with 1 <= K <= N <= %d", text,
                   MS_SWEEP_MAX_RUNS);
  return MS_OK;
}

enum ms_status ms_sweep_shard_find(struct ms_sweep_shard *shard, char source[MS_SWEEP_SOURCE_SIZE]) {
  struct ms_sweep_shard array, task = {1, 1};
  const char *array_variable, *task_variable;
  source[0] = '\0';
  MS_TRY(from_array(&array, &array_variable));
  MS_TRY(from_tasks(&task, &task_variable));
  if (array.n * task.n > MS_SWEEP_MAX_RUNS) /* both fit 32 bits */
    return ms_fail(MS_ERROR_ARGUMENT, "%s: makes %zu processes, at most %d share a sweep",
                   task_variable ? task_variable : array_variable, array.n * task.n, MS_SWEEP_MAX_RUNS);
  *shard = (struct ms_sweep_shard){(array.k - 1) * task.n + task.k, array.n * task.n};
  if (array_variable || task_variable)
    snprintf(source, MS_SWEEP_SOURCE_SIZE, "%s%s%s", array_variable ? array_variable : "",
             array_variable && task_variable ? " and " : "", task_variable ? task_variable : "");
  return MS_OK;
}
