/* Runs on the same axes: a line for each group, and for several seeds a band around their mean. */
#include <math.h>
#include <stdlib.h>

#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"
#include "runtime/report/line_chart.h"
#include "runtime/report/report.h"

enum { MAX_POINTS = 400, EPOCHS_TO_LEAVE_FIRST_OUT = 8 };

/* In the order of the panels. */
enum measure { VALIDATION_ACCURACY, VALIDATION_LOSS, TRAINING_ACCURACY, TRAINING_LOSS, N_MEASURES };

struct comparison {
  size_t n_groups, n;
  double *x;      /* (n): epochs */
  double *values; /* (n_groups, N_MEASURES, 3, n): mean, lowest, highest */
  bool has_validation, has_seeds;
};

static double *values_of(const struct comparison *c, size_t group, size_t measure) {
  return c->values + (group * N_MEASURES + measure) * 3 * c->n;
}

static double get(const struct ms_epoch *e, size_t measure) {
  switch (measure) {
  case VALIDATION_ACCURACY:
    return e->has_validation ? 100 * e->val_accuracy : (double)NAN;
  case VALIDATION_LOSS:
    return e->has_validation ? e->val_loss : (double)NAN;
  case TRAINING_ACCURACY:
    return 100 * e->train_accuracy;
  default:
    return e->train_loss;
  }
}

/* Of one epoch over the runs of a group; NAN where one of them has no value: a mean of others would jump there. */
static void summarise(const struct ms_report *report, size_t group, size_t measure, size_t epoch, double out[3]) {
  double sum = 0;
  out[1] = (double)INFINITY;
  out[2] = -(double)INFINITY;
  for (size_t r = 0; r < report->n_runs; ++r) {
    const struct ms_run *run = &report->runs[r].run;
    if (report->runs[r].group != group)
      continue;
    const double value = epoch <= run->n_epochs ? get(&run->epochs[epoch - 1], measure) : (double)NAN;
    sum += value;
    out[1] = fmin(out[1], value);
    out[2] = fmax(out[2], value);
  }
  out[0] = sum / (double)report->groups[group].n;
  if (isnan(sum))
    out[1] = out[2] = (double)NAN;
}

static enum ms_status make(const struct ms_report *report, struct comparison *c) {
  size_t epochs = 1;
  c->n_groups = report->n_groups < MS_MAX_KEYS ? report->n_groups : MS_MAX_KEYS;
  for (size_t r = 0; r < report->n_runs; ++r) {
    const struct ms_report_run *run = &report->runs[r];
    if (run->group >= c->n_groups)
      continue;
    epochs = run->run.n_epochs > epochs ? run->run.n_epochs : epochs;
    c->has_validation |= run->run.has_validation;
    c->has_seeds |= report->groups[run->group].n > 1;
  }
  const size_t every = (epochs + MAX_POINTS - 1) / MAX_POINTS;
  c->n = (epochs + every - 1) / every;
  MS_TRY(ms_allocate(c->n * (1 + c->n_groups * N_MEASURES * 3), sizeof *c->x, "curves", &c->x));
  c->values = c->x + c->n;
  for (size_t i = 0; i < c->n; ++i) {
    const size_t epoch = 1 + i * every;
    c->x[i] = (double)epoch;
    for (size_t g = 0; g < c->n_groups; ++g)
      for (size_t m = 0; m < N_MEASURES; ++m) {
        double out[3];
        summarise(report, g, m, epoch, out);
        for (size_t k = 0; k < 3; ++k)
          values_of(c, g, m)[k * c->n + i] = out[k];
      }
  }
  return MS_OK;
}

static void add_series(const struct ms_report *report, const struct comparison *c, size_t group, size_t measure,
                       const char *name, const char *style, struct ms_line_chart *chart) {
  const double *values = values_of(c, group, measure);
  struct ms_series *s = &chart->series[chart->n_series++];
  *s = (struct ms_series){.name = name, .style = style, .y = values, .band = true};
  if (report->groups[group].n > 1) {
    s->from = values + c->n;
    s->to = values + 2 * c->n;
  }
  for (size_t i = c->n >= EPOCHS_TO_LEAVE_FIRST_OUT ? 1 : 0; i < c->n; ++i)
    if (isfinite(values[i])) {
      chart->low = fmin(chart->low, s->from ? s->from[i] : values[i]);
      chart->high = fmax(chart->high, s->to ? s->to[i] : values[i]);
    }
}

static void draw(const struct ms_report *report, const struct comparison *c, size_t panel, bool by_group,
                 struct ms_panel *to) {
  static const char *const styles[MS_MAX_KEYS] = {"s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7"};
  static const char *const titles[2][N_MEASURES] = {
      {"Accuracy, %", "Cross-entropy, nats"},
      {"Validation accuracy, %", "Validation loss, nats", "Training accuracy, %", "Training loss, nats"}};
  const size_t measure = !by_group || c->has_validation ? panel : panel + TRAINING_ACCURACY;
  const bool is_loss = measure % 2 == 1;
  struct ms_line_chart chart = {
      .title = titles[by_group][measure],
      .x_name = "epoch",
      .n = c->n,
      .x = c->x,
      .point_name = "epoch",
      .low = (double)INFINITY,
      .high = -(double)INFINITY,
      .low_limit = 0,
      .high_limit = is_loss ? (double)INFINITY : 100,
      .decimals = is_loss ? 4 : 2,
      .unit = "",
      .without_names = by_group,
  };
  if (by_group)
    for (size_t g = 0; g < c->n_groups; ++g)
      add_series(report, c, g, measure, report->groups[g].name.data, styles[g], &chart);
  else {
    add_series(report, c, 0, measure + TRAINING_ACCURACY, "training", "training", &chart);
    if (c->has_validation)
      add_series(report, c, 0, measure, "validation", "validation", &chart);
  }
  if (is_loss)
    chart.low = 0;
  ms_text_printf(&to->label, "%s by epoch: ", chart.title);
  for (size_t s = 0; s < chart.n_series; ++s)
    ms_text_printf(&to->label, "%s%s", s > 0 ? "; " : "", chart.series[s].name);
  ms_line_chart_draw(&chart, to);
}

enum ms_status ms_figure_comparison(const struct ms_report *report, struct ms_figure *f) {
  struct comparison c = {0};
  const bool by_group = report->n_groups > 1;
  MS_TRY(make(report, &c));
  ms_text_add(&f->title, "Accuracy and loss, ");
  if (by_group)
    ms_text_add(&f->title, "all runs");
  else
    ms_text_printf(&f->title, "%s, %zu seeds", report->groups[0].name.data, report->groups[0].n);
  f->n_panels = by_group && c.has_validation ? N_MEASURES : 2;
  for (size_t p = 0; p < f->n_panels; ++p)
    draw(report, &c, p, by_group, &f->panels[p]);
  for (; by_group && f->n_keys < c.n_groups; ++f->n_keys)
    f->keys[f->n_keys] = report->groups[f->n_keys].name.data;
  if (c.has_seeds)
    ms_text_add(&f->caption,
                "Of several seeds, the line is the mean, the band goes from the lowest to the highest, as far "
                "as all of them were trained. ");
  ms_text_add(&f->caption, "Training values are means over an epoch’s batches as they were trained. ");
  if (c.n >= EPOCHS_TO_LEAVE_FIRST_OUT)
    ms_text_add(&f->caption, "The axes leave out what only the first epoch reaches (▾ ▴). ");
  if (c.n_groups < report->n_groups)
    ms_text_printf(&f->caption, "The first %zu of %zu are drawn. ", c.n_groups, report->n_groups);
  free(c.x);
  return ms_figure_status(f);
}
