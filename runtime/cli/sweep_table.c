/* Tables of a sweep, for a terminal. */
#include "runtime/cli/sweep_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/cli/sweep_progress.h"
#include "runtime/platform/memory.h"

enum { MAX_ROWS = 30 };

/* ---- Points ---- */

static void print_point(const struct ms_sweep *sweep, size_t rank, size_t point) {
  struct ms_sweep_mean m;
  char name[256], spread[24] = "";
  ms_sweep_point_mean(sweep, point, &m);
  ms_sweep_describe(&sweep->spec, point, name, sizeof name);
  if (sweep->plan.n_seeds > 1)
    snprintf(spread, sizeof spread, "  %5.2f", 100 * m.val_sd);
  printf("%4zu  %7.2f %%%s  %7.2f %%  %6.2f  %6.1f  %s\n", rank, 100 * m.val_accuracy, spread, 100 * m.train_accuracy,
         100 * (m.train_accuracy - m.val_accuracy), m.epochs_run, name);
}

static enum ms_status print_points(const struct ms_sweep *sweep) {
  size_t *order, n;
  enum ms_status status = ms_allocate(sweep->plan.n_points, sizeof *order, "table of a sweep", &order);
  if (status == MS_OK)
    status = ms_sweep_rank(sweep, order, &n);
  if (status == MS_OK && n > 0) {
    const bool means = sweep->plan.n_seeds > 1;
    printf("\nBy validation accuracy");
    if (means)
      printf(", means over %zu seeds and standard deviation", sweep->plan.n_seeds);
    printf(":\nrank   val acc.%s  train acc.    gap  epochs  point\n", means ? "     sd" : "");
    for (size_t i = 0; i < n && i < MAX_ROWS; ++i)
      print_point(sweep, i + 1, order[i]);
    if (n > MAX_ROWS)
      printf("      and %zu more\n", n - MAX_ROWS);
  }
  free(order);
  return status;
}

/* ---- Settings ---- */

/* The value of the best mean; MS_SWEEP_NONE if no value has one. */
static size_t best_value(const struct ms_sweep *sweep, size_t axis, struct ms_sweep_mean *best) {
  size_t best_at = MS_SWEEP_NONE;
  for (size_t value = 0; value < sweep->spec.axes[axis].n_values; ++value) {
    struct ms_sweep_mean m;
    ms_sweep_value_mean(sweep, axis, value, &m);
    if (m.n_finished > 0 && m.n_failed == 0 && m.n_finished == m.n_runs &&
        (best_at == MS_SWEEP_NONE || m.val_accuracy > best->val_accuracy)) {
      best_at = value;
      *best = m;
    }
  }
  return best_at;
}

static void print_one_at_a_time(const struct ms_sweep *sweep) {
  const struct ms_sweep_spec *spec = &sweep->spec;
  struct ms_sweep_mean base, best;
  ms_sweep_point_mean(sweep, 0, &base);
  const bool has_base = base.n_finished == base.n_runs;
  printf("\nOne setting at a time, the others as in the base");
  if (has_base)
    printf(" (%.2f %%)", 100 * base.val_accuracy);
  printf(":\n%-20s %-16s %9s  %7s  %s\n", "setting", "best value", "val acc.", "to base", "one step back");
  for (size_t axis = 0; axis < spec->n_axes; ++axis) {
    const size_t value = best_value(sweep, axis, &best), step_back = ms_sweep_step_back(sweep, axis);
    printf("%-20s ", spec->axes[axis].name);
    if (value == MS_SWEEP_NONE)
      printf("%-16s %9s  ", "-", "-");
    else
      printf("%-16s %7.2f %%  ", spec->axes[axis].values[value], 100 * best.val_accuracy);
    if (value == MS_SWEEP_NONE || !has_base)
      printf("%7s  ", "-");
    else
      printf("%+7.2f  ", 100 * (best.val_accuracy - base.val_accuracy));
    printf("%s\n", step_back == MS_SWEEP_NONE ? "-" : spec->axes[axis].values[step_back]);
  }
  printf("One step back: through the values in their order until the mean falls, then the value before.\n");
}

static void print_grid(const struct ms_sweep *sweep) {
  const struct ms_sweep_spec *spec = &sweep->spec;
  printf("\nEach value, mean over all others:\n%-20s %-16s %9s  %10s  %6s\n", "setting", "value", "val acc.",
         "train acc.", "failed");
  for (size_t axis = 0; axis < spec->n_axes; ++axis)
    for (size_t value = 0; value < spec->axes[axis].n_values && value < MAX_ROWS; ++value) {
      struct ms_sweep_mean m;
      ms_sweep_value_mean(sweep, axis, value, &m);
      printf("%-20s %-16s ", value == 0 ? spec->axes[axis].name : "", spec->axes[axis].values[value]);
      if (m.n_finished > 0)
        printf("%7.2f %%  %8.2f %%  %6zu\n", 100 * m.val_accuracy, 100 * m.train_accuracy, m.n_failed);
      else
        printf("%9s  %10s  %6zu\n", "-", "-", m.n_failed);
    }
}

enum ms_status print_sweep(const struct ms_sweep *sweep) {
  const enum ms_status status = print_points(sweep);
  if (status != MS_OK)
    return status;
  if (sweep->spec.n_axes > 0 && sweep->spec.mode == MS_SWEEP_ONE_AT_A_TIME)
    print_one_at_a_time(sweep);
  else if (sweep->spec.n_axes > 0)
    print_grid(sweep);
  size_t n_listed = 0;
  for (size_t run = 0; run < sweep->plan.n_runs; ++run) {
    if (!sweep->result_of[run] || !sweep->result_of[run]->failed)
      continue;
    char name[256];
    sweep_run_name(sweep, run, name, sizeof name);
    if (n_listed == 0)
      printf("\nFailed:\n");
    if (n_listed++ == MAX_ROWS) {
      printf("and %zu more\n", sweep->n_failed - MAX_ROWS);
      break;
    }
    printf("%s: %s\n", name, sweep->result_of[run]->message);
  }
  return MS_OK;
}

/* ---- Runs ---- */

void print_sweep_runs(const struct ms_sweep *sweep, struct ms_sweep_shard shard) {
  for (size_t run = shard.k - 1; run < sweep->plan.n_runs; run += shard.n) {
    const struct ms_sweep_result *r = sweep->result_of[run];
    char name[256], state[32];
    sweep_run_name(sweep, run, name, sizeof name);
    if (!r)
      snprintf(state, sizeof state, "to do");
    else if (r->failed)
      snprintf(state, sizeof state, "failed");
    else
      snprintf(state, sizeof state, "%.2f %%", 100 * r->val_accuracy);
    printf("%6zu  %s  %-8s  %s\n", run + 1, sweep->plan.jobs[run].id, state, name);
  }
}
