/* What the results of a sweep say: means over seeds, the best point, the report's way to choose. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"
#include "runtime/sweep/sweep.h"

/* ---- Means ---- */

static void add(const struct ms_sweep *sweep, size_t point, struct ms_sweep_mean *m) {
  for (size_t seed = 0; seed < sweep->plan.n_seeds; ++seed) {
    const struct ms_sweep_result *r = sweep->result_of[sweep->plan.run_of[point * sweep->plan.n_seeds + seed]];
    ++m->n_runs;
    if (!r)
      continue;
    if (r->failed) {
      ++m->n_failed;
      continue;
    }
    m->val_min = m->n_finished == 0 || r->val_accuracy < m->val_min ? r->val_accuracy : m->val_min;
    m->val_max = m->n_finished == 0 || r->val_accuracy > m->val_max ? r->val_accuracy : m->val_max;
    ++m->n_finished;
    /* Welford's: the mean moves, and with it the sum of squares about it. */
    const double delta = r->val_accuracy - m->val_accuracy;
    m->val_accuracy += delta / (double)m->n_finished;
    m->val_sd += delta * (r->val_accuracy - m->val_accuracy);
    m->val_loss += r->val_loss;
    m->train_accuracy += r->train_accuracy;
    m->train_loss += r->train_loss;
    m->epochs_run += (double)r->epochs_run;
    m->seconds += r->seconds;
  }
}

static void divide(struct ms_sweep_mean *m) {
  const double n = (double)m->n_finished;
  if (m->n_finished == 0)
    return;
  m->val_sd = m->n_finished > 1 ? sqrt(m->val_sd / (n - 1)) : 0;
  m->val_loss /= n;
  m->train_accuracy /= n;
  m->train_loss /= n;
  m->epochs_run /= n;
  m->seconds /= n;
}

void ms_sweep_point_mean(const struct ms_sweep *sweep, size_t point, struct ms_sweep_mean *mean) {
  memset(mean, 0, sizeof *mean);
  add(sweep, point, mean);
  divide(mean);
}

void ms_sweep_value_mean(const struct ms_sweep *sweep, size_t axis, size_t value, struct ms_sweep_mean *mean) {
  memset(mean, 0, sizeof *mean);
  if (sweep->spec.mode == MS_SWEEP_ONE_AT_A_TIME) {
    add(sweep, ms_sweep_point_of(&sweep->spec, axis, value), mean);
  } else {
    size_t inner = 1; /* points that differ in later axes alone */
    for (size_t a = axis + 1; a < sweep->spec.n_axes; ++a)
      inner *= sweep->spec.axes[a].n_values;
    const size_t outer = inner * sweep->spec.axes[axis].n_values;
    for (size_t first = value * inner; first < sweep->plan.n_points; first += outer)
      for (size_t i = 0; i < inner; ++i)
        add(sweep, first + i, mean);
  }
  divide(mean);
}

/* ---- Choices ---- */

struct ranked {
  size_t point;
  double accuracy, loss;
};

static int compare_ranked(const void *x, const void *y) {
  const struct ranked *a = x, *b = y;
  if (a->accuracy != b->accuracy)
    return a->accuracy < b->accuracy ? 1 : -1;
  if (a->loss != b->loss)
    return a->loss > b->loss ? 1 : -1;
  return (a->point > b->point) - (a->point < b->point);
}

/* Whether a point is the first to ask for its runs. Those of all its seeds are shared, or none. */
static bool is_first(const struct ms_sweep_plan *plan, size_t point) {
  return plan->jobs[plan->run_of[point * plan->n_seeds]].point == point;
}

enum ms_status ms_sweep_rank(const struct ms_sweep *sweep, size_t *order, size_t *n) {
  struct ranked *ranked;
  *n = 0;
  MS_TRY(ms_allocate(sweep->plan.n_points, sizeof *ranked, "ranks of a sweep", &ranked));
  for (size_t point = 0; point < sweep->plan.n_points; ++point) {
    struct ms_sweep_mean mean;
    if (!is_first(&sweep->plan, point))
      continue;
    ms_sweep_point_mean(sweep, point, &mean);
    if (mean.n_finished == mean.n_runs)
      ranked[(*n)++] = (struct ranked){point, mean.val_accuracy, mean.val_loss};
  }
  qsort(ranked, *n, sizeof *ranked, compare_ranked);
  for (size_t i = 0; i < *n; ++i)
    order[i] = ranked[i].point;
  free(ranked);
  return MS_OK;
}

size_t ms_sweep_step_back(const struct ms_sweep *sweep, size_t axis) {
  struct ms_sweep_mean mean;
  double last = -1;
  for (size_t value = 0; value < sweep->spec.axes[axis].n_values; ++value) {
    ms_sweep_value_mean(sweep, axis, value, &mean);
    if (mean.n_finished + mean.n_failed < mean.n_runs)
      return MS_SWEEP_NONE;
    if (mean.n_failed > 0 || mean.val_accuracy < last)
      return value > 0 ? value - 1 : MS_SWEEP_NONE;
    last = mean.val_accuracy;
  }
  return sweep->spec.axes[axis].n_values - 1;
}
