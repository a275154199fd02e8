/* Accuracy and loss over the epochs: of one run (Figures 3 and 4 of the report), and of several on the same axes, a
 * line for each group, for several seeds a band around their mean. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/platform/c_locale.h"
#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"
#include "runtime/report/line_chart.h"
#include "runtime/report/markup.h"
#include "runtime/report/report.h"

/* More points than this cannot be told apart: of longer runs every n-th epoch is drawn. */
enum { MAX_POINTS = 400, EPOCHS_TO_LEAVE_FIRST_OUT = 8 };

/* The epoch of the highest validation accuracy or the lowest validation loss, the first of equals; 0: none. */
static size_t extreme_epoch(const struct ms_run *run, size_t kind) {
  const struct ms_epoch *best = NULL;
  for (size_t i = 0; i < run->n_epochs; ++i) {
    const struct ms_epoch *e = &run->epochs[i];
    if (e->has_validation &&
        (!best || (kind == 0 ? e->val_accuracy > best->val_accuracy : e->val_loss < best->val_loss)))
      best = e;
  }
  return best ? best->epoch : 0;
}

/* In the order of the panels. */
enum measure { VALIDATION_ACCURACY, VALIDATION_LOSS, TRAINING_ACCURACY, TRAINING_LOSS, N_MEASURES };

struct curves {
  size_t n_groups, n, every;
  double *x;      /* (n): epochs */
  double *values; /* (n_groups, N_MEASURES, 3, n): mean, lowest, highest */
  bool has_validation, all_validation, has_seeds;
};

static double *values_of(const struct curves *c, size_t group, size_t measure) {
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

static enum ms_status make(const struct ms_report *report, struct curves *c) {
  size_t epochs = 1;
  c->all_validation = true;
  c->n_groups = report->n_groups < MS_MAX_KEYS ? report->n_groups : MS_MAX_KEYS;
  for (size_t r = 0; r < report->n_runs; ++r) {
    const struct ms_report_run *run = &report->runs[r];
    if (run->group >= c->n_groups)
      continue;
    epochs = run->run.n_epochs > epochs ? run->run.n_epochs : epochs;
    c->has_validation |= run->run.has_validation;
    c->all_validation &= run->run.has_validation;
    c->has_seeds |= report->groups[run->group].n > 1;
  }
  c->every = (epochs + MAX_POINTS - 1) / MAX_POINTS;
  c->n = (epochs + c->every - 1) / c->every;
  MS_TRY(ms_allocate(c->n * (1 + c->n_groups * N_MEASURES * 3), sizeof *c->x, "curves", &c->x));
  c->values = c->x + c->n;
  for (size_t i = 0; i < c->n; ++i) {
    const size_t epoch = 1 + i * c->every;
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

static void add_series(const struct ms_report *report, const struct curves *c, size_t group, size_t measure,
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

/* Where the curve of a single run is at its best, where it was stopped, and the model that was kept. */
static void add_marks(const struct ms_run *run, bool is_loss, char words[2][MS_SHORT_TEXT],
                      struct ms_line_chart *chart) {
  const struct ms_train_result *result = &run->result;
  const size_t best = extreme_epoch(run, is_loss);
  snprintf(words[0], MS_SHORT_TEXT, "%s: epoch %zu", is_loss ? "lowest" : "highest", best);
  snprintf(words[1], MS_SHORT_TEXT, "stopped: %zu", result->epochs_run);
  if (best > 0)
    chart->marks[chart->n_marks++] = (struct ms_mark){(double)best, words[0], best < run->n_epochs / 3};
  if (result->stopped_early)
    chart->marks[chart->n_marks++] = (struct ms_mark){(double)result->epochs_run, words[1], true};
  chart->has_point = true;
  chart->point_x = (double)result->model_epoch;
  chart->point_y = is_loss ? run->train.loss : 100 * run->train.accuracy;
  chart->low = fmin(chart->low, chart->point_y);
  chart->high = fmax(chart->high, chart->point_y);
}

static void draw(const struct ms_report *report, const struct curves *c, size_t panel, bool by_group,
                 struct ms_panel *to) {
  char words[2][MS_SHORT_TEXT];
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
  if (report->n_runs == 1)
    add_marks(&report->runs[0].run, is_loss, words, &chart);
  if (is_loss)
    chart.low = 0;
  ms_text_printf(&to->label, "%s by epoch: ", chart.title);
  for (size_t s = 0; s < chart.n_series; ++s)
    ms_text_printf(&to->label, "%s%s", s > 0 ? "; " : "", chart.series[s].name);
  ms_line_chart_draw(&chart, to);
}

enum ms_status ms_figure_comparison(const struct ms_report *report, struct ms_figure *f) {
  struct curves c = {0};
  const struct ms_report_group *first = &report->groups[0];
  const bool by_group = report->n_groups > 1;
  MS_TRY(make(report, &c));
  if (c.n_groups < report->n_groups)
    ms_text_printf(&f->title, "Accuracy and loss, the first %zu of %zu configurations", c.n_groups, report->n_groups);
  else
    ms_text_printf(&f->title, "Accuracy and loss, %s", by_group ? "all runs" : first->name.data);
  if (first->n > 1 && !by_group)
    ms_text_printf(&f->title, ", %zu seeds", first->n);
  f->n_panels = by_group && c.has_validation ? N_MEASURES : 2;
  for (size_t p = 0; p < f->n_panels; ++p)
    draw(report, &c, p, by_group, &f->panels[p]);
  for (; by_group && f->n_keys < c.n_groups; ++f->n_keys)
    f->keys[f->n_keys] = report->groups[f->n_keys].name.data;
  ms_text_add(&f->caption,
              "Training values are means over an epoch’s batches as they were trained: dropout on, weights moving. ");
  if (by_group && c.has_validation && !c.all_validation)
    ms_text_add(&f->caption, "A run without validation images has no line in the charts of validation. ");
  if (c.has_seeds)
    ms_text_add(&f->caption,
                "Of several seeds, the line is the mean, the band goes from the lowest to the highest, as far "
                "as all of them were trained. ");
  if (c.n >= EPOCHS_TO_LEAVE_FIRST_OUT)
    ms_text_add(&f->caption, "The axes leave out what only the first epoch reaches (▾ ▴). ");
  if (c.every > 1)
    ms_text_printf(&f->caption, "One epoch in %zu is drawn. ", c.every);
  if (c.n_groups < report->n_groups)
    ms_text_add(&f->caption, "The charts have room for no more: name first the runs that are to be seen. ");
  free(c.x);
  return ms_figure_status(f);
}

/* ---- One run ---- */

static void add_caption(const struct ms_report_run *r, struct ms_text *text) {
  const struct ms_train_result *result = &r->run.result;
  char number[MS_SHORT_TEXT];
  ms_text_printf(
      text,
      "<span class=\"training\">◆</span> the kept model (epoch %zu) on all its training images, dropout off: "
      "%s, loss ",
      result->model_epoch, ms_markup_percent(number, r->run.train.accuracy));
  ms_text_printf(text, "%s. ", ms_format_loss(number, r->run.train.loss));
  if (r->run.has_validation)
    ms_text_add(text, "Dashed: the highest validation accuracy, the lowest validation loss. ");
  if (r->run.config->patience > 0 && result->best_epoch > 0 &&
      result->best_epoch != extreme_epoch(&r->run, r->run.config->monitor != MS_VAL_ACCURACY))
    ms_text_printf(text,
                   "Early stopping, for which improvements of %s by more than %g count, took epoch %zu for best. ",
                   r->run.config->monitor == MS_VAL_ACCURACY ? "validation accuracy" : "validation loss",
                   r->run.config->min_delta, result->best_epoch);
  if (result->stopped_early)
    ms_text_printf(text, "Stopped after epoch %zu: %zu epoch%s without improvement. ", result->epochs_run,
                   r->run.config->patience, r->run.config->patience == 1 ? "" : "s");
  if (r->run.interrupted)
    ms_text_printf(text, "The run was interrupted after epoch %zu of %zu. ", result->epochs_run, r->run.config->epochs);
}

static void add_table(const struct ms_run *run, struct ms_text *text) {
  static const char *const names[] = {"epoch",   "training accuracy",   "training loss",
                                      "weights", "validation accuracy", "validation loss"};
  struct ms_table table =
      ms_table_begin(text, "Values as a table", true, "numbers", names, run->has_validation ? 6 : 4);
  for (size_t i = 0; i < run->n_epochs; ++i) {
    const struct ms_epoch *e = &run->epochs[i];
    char accuracy[MS_SHORT_TEXT], loss[MS_LOSS_SIZE];
    ms_table_row(&table, e->epoch == run->result.model_epoch ? "kept" : "");
    ms_table_printf(&table, "%zu", e->epoch);
    ms_table_printf(&table, "%s", ms_markup_percent(accuracy, e->train_accuracy));
    ms_table_printf(&table, "%s", ms_format_loss(loss, e->train_loss));
    ms_table_printf(&table, "<code>%.16s</code>", e->weights_sha256);
    if (!run->has_validation)
      continue;
    ms_table_printf(&table, "%s", ms_markup_percent(accuracy, e->val_accuracy));
    ms_table_printf(&table, "%s", ms_format_loss(loss, e->val_loss));
  }
  ms_table_end(&table);
}

enum ms_status ms_figure_curves(const struct ms_report_run *r, struct ms_figure *f) {
  struct ms_report_run run = *r;
  struct ms_report_group group = {.n = 1, .name = r->name};
  const struct ms_report alone = {.n_runs = 1, .runs = &run, .n_groups = 1, .groups = &group};
  run.group = 0;
  MS_TRY(ms_figure_comparison(&alone, f));
  add_caption(r, &f->caption);
  add_table(&r->run, &f->details);
  return ms_figure_status(f);
}

/* ---- In the head of the page ---- */

void ms_report_spark(const struct ms_report *report, struct ms_text *text) {
  enum { WIDTH_OF_SPARK = 130, HEIGHT_OF_SPARK = 30 };
  const struct ms_run *run = &report->subject->run;
  const size_t every = (run->n_epochs + MAX_POINTS - 1) / MAX_POINTS;
  double low = (double)INFINITY, high = -(double)INFINITY;
#define ACCURACY(i) (run->has_validation ? run->epochs[i].val_accuracy : run->epochs[i].train_accuracy)
  for (size_t i = 0; i < run->n_epochs; ++i) {
    low = fmin(low, ACCURACY(i));
    high = fmax(high, ACCURACY(i));
  }
  char from[MS_SHORT_TEXT], to[MS_SHORT_TEXT];
  ms_text_printf(text,
                 "<svg class=\"drawing spark\" width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"from %s to %s\">"
                 "<path class=\"line validation\" d=\"",
                 WIDTH_OF_SPARK, HEIGHT_OF_SPARK, ms_markup_percent(from, ACCURACY(0)),
                 ms_markup_percent(to, ACCURACY(run->n_epochs - 1)));
  for (size_t i = 0; i < run->n_epochs; i += every) {
    const double x = run->n_epochs > 1 ? (double)i / (double)(run->n_epochs - 1) : 0.5;
    const double y = high > low ? (ACCURACY(i) - low) / (high - low) : 0.5;
    ms_text_printf(text, "%s%.1f %.1f", i > 0 ? "L" : "M", 3 + x * (WIDTH_OF_SPARK - 6),
                   HEIGHT_OF_SPARK - 3 - y * (HEIGHT_OF_SPARK - 6));
  }
#undef ACCURACY
  ms_text_add(text, "\"/></svg>");
}
