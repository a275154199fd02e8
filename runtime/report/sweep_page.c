/* The page about sweeps. */
#include "runtime/report/sweep_page.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"
#include "runtime/report/heat_map.h"
#include "runtime/report/line_chart.h"
#include "runtime/report/markup.h"
#include "runtime/report/page.h"
#include "runtime/sweep/sweep.h"

/* Beyond MAX_DROP points below the best value an axis would hide what the good ones differ in: such values are left out
 * of it. */
enum { MAX_DROP = 4, MAX_DESCRIPTION = 256 };
#define MIN_SPAN 0.5 /* points that an axis spans at least: two standard errors of 10,000 images at 98.4 % */

static bool is_whole(const struct ms_sweep_mean *m) {
  return m->n_finished > 0 && m->n_finished == m->n_runs;
}

/* ---- A figure for each setting ---- */

struct axis_values {
  size_t n;
  double *x, *accuracy, *gap; /* (n); NAN where a run is missing or failed */
  double *from, *to;          /* (n): lowest and highest accuracy of the runs */
  size_t best;                /* index; n: there is none */
  bool leaves_out;            /* a value is too far below the best to be drawn */
};

static enum ms_status collect(const struct ms_sweep *sweep, size_t axis, struct axis_values *v) {
  double *memory;
  v->n = v->best = sweep->spec.axes[axis].n_values;
  const enum ms_status status = ms_allocate(5 * v->n, sizeof *memory, "sweep", &memory);
  if (status != MS_OK)
    return status;
  v->x = memory;
  v->accuracy = memory + v->n;
  v->gap = memory + 2 * v->n;
  v->from = memory + 3 * v->n;
  v->to = memory + 4 * v->n;
  for (size_t i = 0; i < v->n; ++i) {
    struct ms_sweep_mean m;
    ms_sweep_value_mean(sweep, axis, i, &m);
    v->x[i] = (double)i;
    v->accuracy[i] = is_whole(&m) ? 100 * m.val_accuracy : (double)NAN;
    v->from[i] = 100 * m.val_min;
    v->to[i] = 100 * m.val_max;
    v->gap[i] = is_whole(&m) ? 100 * (m.train_accuracy - m.val_accuracy) : (double)NAN;
    if (is_whole(&m) && (v->best == v->n || v->accuracy[i] > v->accuracy[v->best]))
      v->best = i;
  }
  return MS_OK;
}

/* Whether an accuracy is too far below the best one for the axes. */
static bool is_left_out(const struct axis_values *v, double accuracy) {
  return v->leaves_out && accuracy < v->accuracy[v->best] - MAX_DROP;
}

/* Values are left out only if two or more stay, without which a chart tells nothing. */
static void choose_left_out(struct axis_values *v) {
  size_t n = 0, n_near = 0;
  for (size_t i = 0; i < v->n; ++i)
    if (isfinite(v->accuracy[i])) {
      ++n;
      n_near += v->accuracy[i] >= v->accuracy[v->best] - MAX_DROP;
    }
  v->leaves_out = n_near > 1 && n_near < n;
}

/* Of a chart: the values that are not left out. */
static void find_range(const struct axis_values *v, bool gap, double *low, double *high) {
  *low = (double)INFINITY;
  *high = -(double)INFINITY;
  for (size_t i = 0; i < v->n; ++i) {
    if (!isfinite(v->accuracy[i]) || is_left_out(v, v->accuracy[i]))
      continue;
    *low = fmin(*low, gap ? v->gap[i] : v->from[i]);
    *high = fmax(*high, gap ? v->gap[i] : v->to[i]);
  }
}

static void draw(const struct ms_sweep *sweep, size_t axis, const struct axis_values *v, bool gap,
                 struct ms_panel *panel) {
  const struct ms_sweep_axis *a = &sweep->spec.axes[axis];
  struct ms_sweep_mean base;
  struct ms_line_chart chart = {
      .title = gap ? "Training less validation accuracy, points" : "Validation accuracy, %",
      .x_name = a->name,
      .n = v->n,
      .x = v->x,
      .x_labels = a->values,
      .point_name = a->name,
      .n_series = 1,
      .series = {{.name = gap ? "gap" : "validation",
                  .style = gap ? "training" : "validation",
                  .y = gap ? v->gap : v->accuracy}},
      .low_limit = gap ? -100 : 0,
      .high_limit = 100,
      .decimals = 2,
      .unit = "",
      .without_names = true,
  };
  find_range(v, gap, &chart.low, &chart.high);
  ms_sweep_point_mean(sweep, 0, &base);
  chart.has_level = sweep->spec.mode == MS_SWEEP_ONE_AT_A_TIME && is_whole(&base);
  chart.level = 100 * (gap ? base.train_accuracy - base.val_accuracy : base.val_accuracy);
  chart.level_text = "base";
  if (chart.has_level && !is_left_out(v, 100 * base.val_accuracy)) {
    chart.low = fmin(chart.low, chart.level);
    chart.high = fmax(chart.high, chart.level);
  }
  if (!gap) {
    chart.series[0].from = v->from;
    chart.series[0].to = v->to;
  }
  if (chart.high - chart.low < MIN_SPAN) { /* no drama where there is none */
    const double middle = (chart.low + chart.high) / 2;
    chart.low = middle - MIN_SPAN / 2;
    chart.high = middle + MIN_SPAN / 2;
  }
  chart.marks[chart.n_marks++] = (struct ms_mark){v->x[v->best], "best", v->best < v->n / 2};
  ms_text_add(&panel->label, chart.title);
  ms_text_add(&panel->label, " by ");
  ms_markup_escape(&panel->label, a->name);
  ms_line_chart_draw(&chart, panel);
}

static void add_value(struct ms_text *text, const struct ms_sweep_axis *axis, size_t value) {
  ms_text_add(text, "<b>");
  ms_markup_escape(text, axis->values[value]);
  ms_text_add(text, "</b>");
}

static void add_caption(const struct ms_sweep *sweep, size_t axis, const struct axis_values *v, struct ms_text *text) {
  const struct ms_sweep_axis *a = &sweep->spec.axes[axis];
  const size_t back = ms_sweep_step_back(sweep, axis);
  char percent[MS_SHORT_TEXT];
  ms_text_add(text, "Best: ");
  add_value(text, a, v->best);
  ms_text_printf(text, ", %s. ", ms_markup_percent(percent, v->accuracy[v->best] / 100));
  if (back != MS_SWEEP_NONE) {
    ms_text_add(text, "Upwards until performance suffers, then one step back: ");
    add_value(text, a, back);
    ms_text_add(text, ". ");
  }
  if (sweep->spec.mode == MS_SWEEP_GRID)
    ms_text_add(text, "Means over all values of the other settings. ");
  if (sweep->plan.n_seeds > 1)
    ms_text_add(text, "Bars: from the lowest to the highest run. ");
  if (v->leaves_out)
    ms_text_printf(text, "What is more than %d points below the best lies outside the axes. ", MAX_DROP);
  for (size_t i = 0; i < v->n; ++i)
    if (!isfinite(v->accuracy[i])) {
      ms_text_add(text, "A value of which a run failed or is missing has no point: see the table. ");
      break;
    }
}

/* A share of finished runs, or a dash. */
static void add_share(struct ms_table *table, bool is_known, double share) {
  char percent[MS_SHORT_TEXT];
  ms_table_printf(table, "%s", is_known ? ms_markup_percent(percent, share) : "–");
}

static void add_value_table(const struct ms_sweep *sweep, size_t axis, struct ms_text *text) {
  struct ms_text name = {0};
  ms_markup_escape(&name, sweep->spec.axes[axis].name);
  const char *const names[] = {
      name.data ? name.data : "", "validation", "from", "to", "training", "epochs", "runs", "failed"};
  struct ms_table table = ms_table_begin(text, "Values as a table", true, "numbers", names, 8);
  for (size_t i = 0; i < sweep->spec.axes[axis].n_values; ++i) {
    struct ms_sweep_mean m;
    ms_sweep_value_mean(sweep, axis, i, &m);
    ms_table_row(&table, "");
    ms_table_text(&table, sweep->spec.axes[axis].values[i]);
    add_share(&table, m.n_finished > 0, m.val_accuracy);
    add_share(&table, m.n_finished > 0, m.val_min);
    add_share(&table, m.n_finished > 0, m.val_max);
    add_share(&table, m.n_finished > 0, m.train_accuracy);
    ms_table_printf(&table, m.n_finished > 0 ? "%.1f" : "–", m.epochs_run);
    ms_table_printf(&table, "%zu of %zu", m.n_finished, m.n_runs);
    ms_table_printf(&table, "%zu", m.n_failed);
  }
  ms_table_end(&table);
  text->failed |= name.failed;
  ms_text_free(&name);
}

static bool has_open_runs(const struct ms_sweep *sweep, size_t axis) {
  for (size_t i = 0; i < sweep->spec.axes[axis].n_values; ++i) {
    struct ms_sweep_mean m;
    ms_sweep_value_mean(sweep, axis, i, &m);
    if (m.n_finished + m.n_failed < m.n_runs)
      return true;
  }
  return false;
}

static enum ms_status add_axis(const struct ms_sweep *sweep, size_t axis, struct ms_page *page) {
  struct axis_values v = {0};
  struct ms_figure f = {0};
  MS_TRY(collect(sweep, axis, &v));
  ms_text_add(&f.title, "Validation accuracy and gap by ");
  ms_markup_escape(&f.title, sweep->spec.axes[axis].name);
  if (v.best < v.n) {
    choose_left_out(&v);
    f.n_panels = 2;
    draw(sweep, axis, &v, false, &f.panels[0]);
    draw(sweep, axis, &v, true, &f.panels[1]);
    add_caption(sweep, axis, &v, &f.caption);
  } else {
    ms_text_add(&f.caption, has_open_runs(sweep, axis) ? "No value has all of its runs yet. "
                                                       : "There is no value of which all runs came to an end. ");
  }
  add_value_table(sweep, axis, &f.details);
  free(v.x);
  return ms_page_figure(page, &f, MS_OK);
}

/* ---- Tables ---- */

static void add_point(const struct ms_sweep *sweep, size_t rank, size_t point, struct ms_table *table) {
  struct ms_sweep_mean m;
  char words[MAX_DESCRIPTION];
  ms_sweep_point_mean(sweep, point, &m);
  ms_sweep_describe(&sweep->spec, point, words, sizeof words);
  const double gap = 100 * (m.train_accuracy - m.val_accuracy);
  ms_table_row(table, "");
  ms_table_printf(table, "%zu", rank);
  ms_table_cell(table, "text");
  ms_markup_escape(table->text, words);
  add_share(table, true, m.val_accuracy);
  add_share(table, true, m.train_accuracy);
  ms_table_printf(table, "%s%.2f", gap < 0 ? "−" : "", fabs(gap));
  ms_table_printf(table, "%.1f", m.epochs_run);
  if (sweep->plan.n_seeds > 1)
    ms_table_printf(table, "%.2f", 100 * m.val_sd);
}

static void add_points(const struct ms_sweep *sweep, const size_t *order, size_t n, struct ms_text *text) {
  enum { SHOWN = 10, MOST = 1000 };
  static const char *const names[] = {"rank", "point", "validation", "training", "gap", "epochs", "sd"};
  const size_t n_columns = sweep->plan.n_seeds > 1 ? 7 : 6;
  if (n == 0)
    return;
  ms_text_add(text, "<h3>Best points</h3>\n");
  struct ms_table table = ms_table_begin(text, "Best points", false, "numbers points stack", names, n_columns);
  for (size_t i = 0; i < n && i < MOST; ++i) {
    if (i == SHOWN) {
      ms_table_end(&table);
      table = ms_table_begin(text, n > MOST ? "The others of the best thousand" : "The others", true,
                             "numbers points stack", names, n_columns);
    }
    add_point(sweep, i + 1, order[i], &table);
  }
  ms_table_end(&table);
}

static void add_failures(const struct ms_sweep *sweep, struct ms_text *text) {
  if (sweep->n_failed == 0)
    return;
  ms_text_add(text, "<h3>Failed runs</h3>\n<ul class=\"failures\">\n");
  for (size_t r = 0; r < sweep->plan.n_runs; ++r) {
    const struct ms_sweep_result *run = sweep->result_of[r];
    char words[MAX_DESCRIPTION];
    if (!run || !run->failed)
      continue;
    ms_sweep_describe(&sweep->spec, sweep->plan.jobs[r].point, words, sizeof words);
    ms_text_add(text, "<li>");
    ms_markup_escape(text, words);
    ms_text_printf(text, ", seed %llu: ", (unsigned long long)run->config->seed);
    ms_markup_escape(text, run->message);
    ms_text_add(text, "</li>\n");
  }
  ms_text_add(text, "</ul>\n");
}

/* ---- The page ---- */

static void begin_section(const struct ms_sweep *sweep, size_t number, struct ms_page *page) {
  struct ms_text title = {0};
  char id[32];
  for (size_t axis = 0; axis < sweep->spec.n_axes; ++axis) {
    ms_text_add(&title, axis > 0 ? ", " : "");
    ms_markup_escape(&title, sweep->spec.axes[axis].name);
  }
  snprintf(id, sizeof id, "sweep-%zu", number);
  ms_page_section(page, id, title.data ? title.data : "Base");
  page->html.failed |= title.failed;
  ms_text_free(&title);
}

static void add_summary(const struct ms_sweep *sweep, const char *folder, const size_t *order, size_t n,
                        struct ms_text *html) {
  char percent[MS_SHORT_TEXT], count[MS_SHORT_TEXT], all[MS_SHORT_TEXT], words[MAX_DESCRIPTION];
  const size_t n_points = sweep->plan.n_runs / sweep->plan.n_seeds; /* each once, also where lines repeat the base */
  struct ms_sweep_mean best;
  ms_text_add(html, "<p>");
  if (folder) {
    ms_markup_escape(html, folder);
    ms_text_add(html, ". ");
  }
  ms_text_add(html, "From the preset ");
  ms_markup_escape(html, sweep->spec.preset);
  ms_text_printf(html,
                 ", %s: %s point%s, %zu seed%s. Judged by validation images; the test images were not read.</p>\n",
                 sweep->spec.mode == MS_SWEEP_GRID ? "every combination" : "one setting at a time around the base",
                 ms_markup_count(count, n_points), n_points == 1 ? "" : "s", sweep->plan.n_seeds,
                 sweep->plan.n_seeds == 1 ? "" : "s");
  ms_text_add(html, "<dl class=\"cards\">\n");
  if (n > 0) {
    ms_sweep_point_mean(sweep, order[0], &best);
    ms_sweep_describe(&sweep->spec, order[0], words, sizeof words);
    ms_text_printf(html,
                   "<div><dt>best validation accuracy</dt><dd>%s</dd></div>\n<div><dt>with</dt><dd class=\"words\">",
                   ms_markup_percent(percent, best.val_accuracy));
    ms_markup_escape(html, words);
    ms_text_add(html, "</dd></div>\n");
  }
  ms_text_printf(html, "<div><dt>runs done</dt><dd>%s of %s</dd></div>\n", ms_markup_count(count, sweep->n_done),
                 ms_markup_count(all, sweep->plan.n_runs));
  ms_text_printf(html, "<div><dt>failed</dt><dd>%s</dd></div></dl>\n", ms_markup_count(count, sweep->n_failed));
}

/* folder: its name, if it must be told from others. */
static enum ms_status add_sweep(const struct ms_sweep *sweep, size_t number, const char *folder, struct ms_page *page) {
  size_t *order, n = 0;
  MS_TRY(ms_allocate(sweep->plan.n_points, sizeof *order, "sweep", &order));
  enum ms_status status = ms_sweep_rank(sweep, order, &n);
  if (status == MS_OK) {
    begin_section(sweep, number, page);
    add_summary(sweep, folder, order, n, &page->html);
    add_points(sweep, order, n, &page->html);
    add_failures(sweep, &page->html);
    ms_markup_settings(&page->html, "The base", sweep->spec.base, NULL, 0);
    ms_text_add(&page->html, "<h3>Settings</h3>\n");
    if (sweep->spec.mode == MS_SWEEP_GRID && sweep->spec.n_axes == 2) {
      struct ms_figure f = {0};
      status = ms_page_figure(page, &f, ms_figure_heat_map(sweep, &f));
    }
  }
  for (size_t axis = 0; status == MS_OK && axis < sweep->spec.n_axes; ++axis)
    status = add_axis(sweep, axis, page);
  free(order);
  return status;
}

/* Hours of training, and what did it. */
static void add_machine(const char *folder, const struct ms_sweep *sweep, struct ms_text *html) {
  double seconds = 0;
  const struct ms_sweep_result *known = NULL;
  for (size_t r = 0; r < sweep->plan.n_runs; ++r)
    if (sweep->result_of[r] && sweep->result_of[r]->seconds > 0) {
      seconds += sweep->result_of[r]->seconds;
      known = known ? known : sweep->result_of[r];
    }
  ms_text_add(html, "<p>");
  ms_markup_escape(html, folder);
  if (seconds < 60)
    ms_text_printf(html, ": %.0f seconds of training in all", seconds);
  else if (seconds < 3600)
    ms_text_printf(html, ": %.1f minutes of training in all", seconds / 60);
  else
    ms_text_printf(html, ": %.1f hours of training in all", seconds / 3600);
  if (known) {
    ms_text_add(html, ", the first run on ");
    ms_markup_escape(html, known->cpu);
    ms_text_printf(html, " with %zu thread%s and ", known->threads, known->threads == 1 ? "" : "s");
    ms_markup_escape(html, known->isa);
    ms_text_add(html, " kernels");
  }
  ms_text_add(html, ".</p>\n");
}

enum ms_status ms_sweep_page_write(const char *const *folders, size_t n_folders, const char *path) {
  struct ms_sweep *sweeps;
  struct ms_page page;
  size_t n_read = 0;
  enum ms_status status = ms_allocate(n_folders, sizeof *sweeps, "sweeps", &sweeps);
  for (; status == MS_OK && n_read < n_folders; ++n_read)
    if ((status = ms_sweep_read(folders[n_read], &sweeps[n_read])) != MS_OK)
      break;
  if (status == MS_OK) {
    status = ms_page_begin(&page, path, "sweep");
    ms_text_printf(&page.html, "<header><p class=\"kicker\">mnist_simd report</p>\n<h1>%s</h1>\n",
                   n_folders == 1 ? "A search for settings" : "Searches for settings");
    ms_page_main(&page);
    for (size_t s = 0; status == MS_OK && s < n_folders; ++s)
      status = add_sweep(&sweeps[s], s + 1, n_folders > 1 ? folders[s] : NULL, &page);
    ms_page_machine(&page);
    for (size_t s = 0; s < n_folders; ++s)
      add_machine(folders[s], &sweeps[s], &page.html);
    status = ms_page_finish(&page, status);
  }
  for (size_t s = 0; s < n_read; ++s)
    ms_sweep_free(&sweeps[s]);
  free(sweeps);
  return status;
}
