/* Accuracy and loss over the epochs of a run (Figures 3 and 4 of the report). */
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

struct curves {
  size_t n, every;
  double *x, *y[2][2]; /* y[accuracy, loss][training, validation], (n) */
};

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

static enum ms_status make_curves(const struct ms_run *run, struct curves *c) {
  double *memory;
  c->every = (run->n_epochs + MAX_POINTS - 1) / MAX_POINTS;
  const size_t most = run->n_epochs / c->every + 4;
  const enum ms_status status = ms_allocate(5 * most, sizeof *memory, "curves", &memory);
  if (status != MS_OK)
    return status;
  c->x = memory;
  for (size_t i = 0; i < 4; ++i)
    c->y[i / 2][i % 2] = memory + (i + 1) * most;
  for (size_t i = 0; i < run->n_epochs; ++i) {
    const struct ms_epoch *e = &run->epochs[i];
    const bool wanted = i % c->every == 0 || i + 1 == run->n_epochs || e->epoch == run->result.model_epoch ||
                        e->epoch == extreme_epoch(run, 0) || e->epoch == extreme_epoch(run, 1);
    if (!wanted || c->n == most)
      continue;
    c->x[c->n] = (double)e->epoch;
    c->y[0][0][c->n] = 100 * e->train_accuracy;
    c->y[0][1][c->n] = e->has_validation ? 100 * e->val_accuracy : (double)NAN;
    c->y[1][0][c->n] = e->train_loss;
    c->y[1][1][c->n] = e->has_validation ? e->val_loss : (double)NAN;
    ++c->n;
  }
  return MS_OK;
}

/* What the axis must hold: all but the first epoch of a run that has enough of them, for the rest to be told apart. */
static void find_range(const struct curves *c, size_t kind, double *low, double *high) {
  const size_t first = c->n >= EPOCHS_TO_LEAVE_FIRST_OUT ? 1 : 0;
  *low = (double)INFINITY;
  *high = -(double)INFINITY;
  for (size_t s = 0; s < 2; ++s)
    for (size_t i = first; i < c->n; ++i)
      if (isfinite(c->y[kind][s][i])) {
        *low = fmin(*low, c->y[kind][s][i]);
        *high = fmax(*high, c->y[kind][s][i]);
      }
}

static void draw(const struct ms_report_run *r, const struct curves *c, size_t kind, struct ms_panel *panel) {
  const struct ms_run *run = &r->run;
  const struct ms_train_result *result = &run->result;
  char best[MS_SHORT_TEXT], stop[MS_SHORT_TEXT];
  const size_t extreme = extreme_epoch(run, kind);
  snprintf(best, sizeof best, "%s: epoch %zu", kind == 0 ? "highest" : "lowest", extreme);
  snprintf(stop, sizeof stop, "stopped: %zu", result->epochs_run);
  struct ms_line_chart chart = {
      .title = kind == 0 ? "Accuracy, %" : "Cross-entropy, nats",
      .x_name = "epoch",
      .n = c->n,
      .x = c->x,
      .point_name = "epoch",
      .n_series = run->has_validation ? 2 : 1,
      .series = {{.name = "training", .style = "training", .y = c->y[kind][0]},
                 {.name = "validation", .style = "validation", .y = c->y[kind][1]}},
      .low_limit = 0,
      .high_limit = kind == 0 ? 100 : (double)INFINITY,
      .decimals = kind == 0 ? 2 : 4,
      .unit = "",
      .has_point = true,
      .point_x = (double)result->model_epoch,
      .point_y = kind == 0 ? 100 * run->train.accuracy : run->train.loss,
  };
  find_range(c, kind, &chart.low, &chart.high);
  if (chart.has_point) {
    chart.low = fmin(chart.low, chart.point_y);
    chart.high = fmax(chart.high, chart.point_y);
  }
  if (kind == 1)
    chart.low = 0;
  if (extreme > 0)
    chart.marks[chart.n_marks++] = (struct ms_mark){(double)extreme, best, extreme < run->n_epochs / 3};
  if (result->stopped_early)
    chart.marks[chart.n_marks++] = (struct ms_mark){(double)result->epochs_run, stop, true};
  ms_text_printf(&panel->label, "%s over %zu epoch%s, training%s", kind == 0 ? "Accuracy" : "Loss", run->n_epochs,
                 run->n_epochs == 1 ? "" : "s", run->has_validation ? " and validation" : "");
  ms_line_chart_draw(&chart, panel);
}

static void add_caption(const struct ms_report_run *r, const struct curves *c, struct ms_text *text) {
  const struct ms_train_result *result = &r->run.result;
  char number[MS_SHORT_TEXT];
  ms_text_add(text,
              "Training values are means over an epoch’s batches as they were trained: with dropout, weights moving. ");
  ms_text_printf(
      text,
      "<span class=\"training\">◆</span> the kept model (epoch %zu) on all its training images, dropout off: "
      "%s, loss ",
      result->model_epoch, ms_markup_percent(number, r->run.train.accuracy));
  ms_text_printf(text, "%s. ", ms_format_loss(number, r->run.train.loss));
  if (r->run.has_validation)
    ms_text_add(text, "Dashed: the highest validation accuracy, the lowest validation loss. ");
  if (result->best_epoch > 0 && result->best_epoch != extreme_epoch(&r->run, r->run.config->monitor != MS_VAL_ACCURACY))
    ms_text_printf(text,
                   "Early stopping, for which improvements of %s by more than %g count, took epoch %zu for best. ",
                   r->run.config->monitor == MS_VAL_ACCURACY ? "validation accuracy" : "validation loss",
                   r->run.config->min_delta, result->best_epoch);
  if (result->stopped_early)
    ms_text_printf(text, "Stopped after epoch %zu: %zu epoch%s without improvement. ", result->epochs_run,
                   r->run.config->patience, r->run.config->patience == 1 ? "" : "s");
  if (r->run.interrupted)
    ms_text_printf(text, "The run was interrupted after epoch %zu of %zu. ", result->epochs_run, r->run.config->epochs);
  if (c->n >= EPOCHS_TO_LEAVE_FIRST_OUT)
    ms_text_add(text, "The axes leave out what only the first epoch reaches (▾ ▴). ");
  if (c->every > 1)
    ms_text_printf(text, "One epoch in %zu is drawn. ", c->every);
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
  struct curves c = {0};
  MS_TRY(make_curves(&r->run, &c));
  ms_text_printf(&f->title, "Accuracy and loss, %s", r->name.data);
  f->n_panels = 2;
  for (size_t kind = 0; kind < 2; ++kind)
    draw(r, &c, kind, &f->panels[kind]);
  add_caption(r, &c, &f->caption);
  add_table(&r->run, &f->details);
  free(c.x);
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
