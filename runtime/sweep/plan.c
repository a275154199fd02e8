/* The plan of a sweep: which points there are, their configurations, which of them are the same run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"
#include "runtime/platform/sha256.h"
#include "runtime/sweep/setting_name.h"

/* ---- Points ---- */

/* MS_SWEEP_MAX_RUNS + 1 if there are more. */
static size_t count_points(const struct ms_sweep_spec *spec) {
  size_t n = 1;
  for (size_t a = 0; a < spec->n_axes; ++a) {
    const size_t n_values = spec->axes[a].n_values;
    const bool grid = spec->mode == MS_SWEEP_GRID;
    if (grid ? n > MS_SWEEP_MAX_RUNS / n_values : n_values > MS_SWEEP_MAX_RUNS - n)
      return MS_SWEEP_MAX_RUNS + 1;
    n = grid ? n * n_values : n + n_values;
  }
  return n;
}

size_t ms_sweep_value_at(const struct ms_sweep_spec *spec, size_t point, size_t axis) {
  size_t n = 1;
  if (spec->mode == MS_SWEEP_GRID) {
    for (size_t a = spec->n_axes; --a > axis;)
      n *= spec->axes[a].n_values;
    return point / n % spec->axes[axis].n_values;
  }
  for (size_t a = 0; a < axis; ++a)
    n += spec->axes[a].n_values;
  return point >= n && point - n < spec->axes[axis].n_values ? point - n : MS_SWEEP_NONE;
}

size_t ms_sweep_point_of(const struct ms_sweep_spec *spec, size_t axis, size_t value) {
  size_t point = 1 + value;
  for (size_t a = 0; a < axis; ++a)
    point += spec->axes[a].n_values;
  return point;
}

void ms_sweep_describe(const struct ms_sweep_spec *spec, size_t point, char *text, size_t size) {
  size_t length = 0;
  text[0] = '\0';
  for (size_t a = 0; a < spec->n_axes && length < size; ++a) {
    const size_t value = ms_sweep_value_at(spec, point, a);
    if (value != MS_SWEEP_NONE)
      length += (size_t)snprintf(text + length, size - length, "%s%s %s", length > 0 ? ", " : "", spec->axes[a].name,
                                 spec->axes[a].values[value]);
  }
  if (length == 0)
    snprintf(text, size, "base");
}

/* ---- Configurations ---- */

/* What an axis says about one setting, of whole lists or of single layers. */
static enum ms_status apply(const struct ms_sweep_spec *spec, const struct ms_sweep_axis *axis, size_t value,
                            size_t setting, bool single_layers, struct ms_config *config) {
  char piece[MS_SWEEP_PIECE_SIZE];
  for (size_t i = 0; i < axis->n_parts; ++i) {
    if (axis->parts[i].setting != setting || (axis->parts[i].layer > 0) != single_layers)
      continue;
    const enum ms_status status = ms_sweep_piece(axis->values[value], i, piece)
                                      ? ms_sweep_part_set(config, axis->parts[i], piece)
                                      : MS_ERROR_ARGUMENT;
    if (status != MS_OK)
      return ms_fail(status, "%s:%zu: vary %.80s: %s", spec->path, axis->line, axis->name, ms_error_message());
  }
  return MS_OK;
}

/* Settings go in their own order, since lists depend on "hidden"; a list goes before one of its layers. */
static enum ms_status apply_point(const struct ms_sweep_spec *spec, size_t point, struct ms_config *config) {
  size_t values[MS_SWEEP_MAX_AXES];
  for (size_t a = 0; a < spec->n_axes; ++a)
    values[a] = ms_sweep_value_at(spec, point, a);
  for (size_t setting = 0; ms_setting_name(setting); ++setting)
    for (int single_layers = 0; single_layers < 2; ++single_layers)
      for (size_t a = 0; a < spec->n_axes; ++a) {
        if (values[a] == MS_SWEEP_NONE)
          continue;
        MS_TRY(apply(spec, &spec->axes[a], values[a], setting, single_layers, config));
      }
  return MS_OK;
}

static enum ms_status make_config(const struct ms_sweep_spec *spec, size_t point, struct ms_config *config) {
  char text[256];
  MS_TRY(apply_point(spec, point, config));
  ms_sweep_describe(spec, point, text, sizeof text);
  if (ms_config_check(config) != MS_OK)
    return ms_fail(MS_ERROR_ARGUMENT, "%s: %s: %s", spec->path, text, ms_error_message());
  if (config->val == 0)
    return ms_fail(MS_ERROR_ARGUMENT, "%s: %s: val is 0, but a sweep judges by validation images: add 'set val 10000'",
                   spec->path, text);
  return MS_OK;
}

enum ms_status ms_sweep_config(const struct ms_sweep_spec *spec, size_t point, size_t seed, struct ms_config **config) {
  MS_TRY(ms_config_copy(spec->base, config));
  (*config)->seed = spec->seeds[seed];
  const enum ms_status status = make_config(spec, point, *config);
  if (status != MS_OK) {
    ms_config_free(*config);
    *config = NULL;
  }
  return status;
}

void ms_sweep_id(const struct ms_config *config, char id[MS_SWEEP_ID_SIZE]) {
  struct ms_sha256 sha;
  const char *name;
  char value[MS_SETTING_SIZE], hex[65];
  ms_sha256_init(&sha);
  for (size_t i = 0; (name = ms_setting_name(i)) != NULL; ++i) {
    ms_config_get(config, name, value);
    ms_sha256_update(&sha, name, strlen(name));
    ms_sha256_update(&sha, " ", 1);
    ms_sha256_update(&sha, value, strlen(value));
    ms_sha256_update(&sha, "\n", 1);
  }
  ms_sha256_finish(&sha, hex);
  memcpy(id, hex, MS_SWEEP_ID_SIZE - 1);
  id[MS_SWEEP_ID_SIZE - 1] = '\0';
}

/* ---- The plan ---- */

/* A run that a point asks for, before it is known which are the same. */
struct wanted {
  char id[MS_SWEEP_ID_SIZE];
  uint32_t at; /* point * n_seeds + seed */
};

static int compare_wanted(const void *x, const void *y) {
  const struct wanted *a = x, *b = y;
  const int order = memcmp(a->id, b->id, MS_SWEEP_ID_SIZE);
  return order != 0 ? order : (a->at > b->at) - (a->at < b->at);
}

static enum ms_status list_wanted(const struct ms_sweep_spec *spec, size_t n, struct wanted *wanted) {
  for (size_t i = 0; i < n; ++i) {
    struct ms_config *config;
    MS_TRY(ms_sweep_config(spec, i / spec->n_seeds, i % spec->n_seeds, &config));
    ms_sweep_id(config, wanted[i].id);
    wanted[i].at = (uint32_t)i;
    ms_config_free(config);
  }
  return MS_OK;
}

/* wanted, sorted, has the same runs side by side, the first one in sweep order first: first_of[i] is that of i. Runs
 * get their numbers in sweep order. */
static void number_runs(const struct wanted *wanted, size_t n, struct ms_sweep_plan *plan) {
  uint32_t first = 0;
  for (size_t i = 0; i < n; ++i) {
    if (i == 0 || strcmp(wanted[i].id, wanted[i - 1].id) != 0)
      first = wanted[i].at;
    plan->run_of[wanted[i].at] = first;
  }
  for (size_t i = 0; i < n; ++i) {
    if (plan->run_of[i] == i) {
      struct ms_sweep_job *job = &plan->jobs[plan->n_runs];
      job->point = (uint32_t)(i / plan->n_seeds);
      job->seed = (uint32_t)(i % plan->n_seeds);
      plan->run_of[i] = (uint32_t)plan->n_runs++;
    } else {
      plan->run_of[i] = plan->run_of[plan->run_of[i]]; /* the first comes before and has its number */
    }
  }
  size_t n_ids = 0;
  for (size_t i = 0; i < n; ++i)
    if (i == 0 || strcmp(wanted[i].id, wanted[i - 1].id) != 0) {
      const uint32_t run = plan->run_of[wanted[i].at];
      memcpy(plan->jobs[run].id, wanted[i].id, MS_SWEEP_ID_SIZE);
      plan->by_id[n_ids++] = run;
    }
}

static enum ms_status make_plan(const struct ms_sweep_spec *spec, size_t n, struct wanted *wanted,
                                struct ms_sweep_plan *plan) {
  MS_TRY(list_wanted(spec, n, wanted));
  MS_TRY(ms_allocate(n, sizeof *plan->jobs, "sweep", &plan->jobs));
  MS_TRY(ms_allocate(n, sizeof *plan->run_of, "sweep", &plan->run_of));
  MS_TRY(ms_allocate(n, sizeof *plan->by_id, "sweep", &plan->by_id));
  qsort(wanted, n, sizeof *wanted, compare_wanted);
  number_runs(wanted, n, plan);
  return MS_OK;
}

enum ms_status ms_sweep_plan_make(const struct ms_sweep_spec *spec, struct ms_sweep_plan *plan) {
  struct wanted *wanted;
  memset(plan, 0, sizeof *plan);
  plan->n_points = count_points(spec);
  plan->n_seeds = spec->n_seeds;
  if (plan->n_points > MS_SWEEP_MAX_RUNS / plan->n_seeds)
    return ms_fail(MS_ERROR_ARGUMENT, "%s: asks for more than %d runs: vary fewer settings or values", spec->path,
                   MS_SWEEP_MAX_RUNS);
  const size_t n = plan->n_points * plan->n_seeds;
  MS_TRY(ms_allocate(n, sizeof *wanted, "sweep", &wanted));
  const enum ms_status status = make_plan(spec, n, wanted, plan);
  if (status != MS_OK)
    ms_sweep_plan_free(plan);
  free(wanted);
  return status;
}

void ms_sweep_plan_free(struct ms_sweep_plan *plan) {
  free(plan->jobs);
  free(plan->run_of);
  free(plan->by_id);
  memset(plan, 0, sizeof *plan);
}

size_t ms_sweep_find(const struct ms_sweep_plan *plan, const char *id) {
  size_t low = 0, high = plan->n_runs;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    const int order = strcmp(id, plan->jobs[plan->by_id[middle]].id);
    if (order == 0)
      return plan->by_id[middle];
    if (order < 0)
      high = middle;
    else
      low = middle + 1;
  }
  return MS_SWEEP_NONE;
}
