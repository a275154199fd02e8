/* Validation accuracy over two settings: a row per value of the first, a column per value of the second. */
#include "runtime/report/heat_map.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "runtime/platform/c_locale.h"
#include "runtime/report/markup.h"

enum { TOP = 44, CELL_HEIGHT = 34, CHARACTER_WIDTH = 7, LEAST_CELL = 52, LEAST_LEFT = 46 };
#define MAX_DROP 0.04 /* below the best accuracy by more: no shade, so that the good ones can be told apart */

static double width_of(const struct ms_sweep_axis *axis, double least) {
  for (size_t i = 0; i < axis->n_values; ++i)
    least = fmax(least, CHARACTER_WIDTH * (double)strlen(axis->values[i]) + 14);
  return least;
}

static bool is_whole(const struct ms_sweep_mean *m) {
  return m->n_finished > 0 && m->n_finished == m->n_runs;
}

static void add_text(struct ms_text *svg, const char *style, double x, double y, const char *anchor,
                     const char *string) {
  ms_text_printf(svg, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", style, x, y, anchor);
  ms_markup_escape(svg, string);
  ms_text_add(svg, "</text>\n");
}

static void draw_cell(struct ms_text *svg, const struct ms_sweep_mean *m, double x, double y, double width, double low,
                      double high) {
  const bool known = is_whole(m);
  const double shade = known && high > low ? 0.55 * fmax(m->val_accuracy - low, 0) / (high - low) : 0;
  char value[MS_SHORT_TEXT] = "–";
  ms_text_printf(svg, "<rect class=\"empty\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\"/>", x + 0.5, y + 0.5,
                 width - 1, CELL_HEIGHT - 1);
  ms_text_printf(svg, "<rect class=\"hit\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" fill-opacity=\"%.2f\"/>",
                 x + 0.5, y + 0.5, width - 1, CELL_HEIGHT - 1, shade);
  if (known)
    ms_snprintf(value, sizeof value, "%.2f", 100 * m->val_accuracy);
  add_text(svg, known && m->val_accuracy >= high ? "strong" : "count", x + width / 2, y + CELL_HEIGHT / 2.0 + 4,
           "middle", value);
}

/* The shades span the whole points, or what is near the best of them. */
static void find_range(const struct ms_sweep *sweep, double *low, double *high) {
  struct ms_sweep_mean m;
  *low = 1;
  *high = 0;
  for (size_t point = 0; point < sweep->plan.n_points; ++point) {
    ms_sweep_point_mean(sweep, point, &m);
    if (is_whole(&m)) {
      *low = fmin(*low, m.val_accuracy);
      *high = fmax(*high, m.val_accuracy);
    }
  }
  *low = fmax(*low, *high - MAX_DROP);
}

enum ms_status ms_figure_heat_map(const struct ms_sweep *sweep, struct ms_figure *f) {
  const struct ms_sweep_axis *rows = &sweep->spec.axes[0], *columns = &sweep->spec.axes[1];
  const double left = width_of(rows, LEAST_LEFT) + 20, cell = width_of(columns, LEAST_CELL);
  struct ms_panel *panel = &f->panels[0];
  struct ms_text *svg = &panel->svg;
  double low, high;
  assert(sweep->spec.n_axes == 2 && sweep->plan.n_points == rows->n_values * columns->n_values);
  find_range(sweep, &low, &high);
  f->n_panels = 1;
  panel->width = left + cell * (double)columns->n_values;
  panel->height = TOP + CELL_HEIGHT * (double)rows->n_values + 4;
  ms_text_add(&f->title, "Validation accuracy in % by ");
  ms_markup_escape(&f->title, rows->name);
  ms_text_add(&f->title, " and ");
  ms_markup_escape(&f->title, columns->name);
  ms_text_add_bytes(&panel->label, f->title.data ? f->title.data : "", f->title.length);
  add_text(svg, "name", left + (panel->width - left) / 2, 12, "middle", columns->name);
  add_text(svg, "name", 0, TOP - 10, "start", rows->name);
  for (size_t j = 0; j < columns->n_values; ++j)
    add_text(svg, "strong", left + cell * ((double)j + 0.5), TOP - 10, "middle", columns->values[j]);
  for (size_t i = 0; i < rows->n_values; ++i) {
    const double y = TOP + CELL_HEIGHT * (double)i;
    add_text(svg, "strong", left - 10, y + CELL_HEIGHT / 2.0 + 4, "end", rows->values[i]);
    for (size_t j = 0; j < columns->n_values; ++j) {
      struct ms_sweep_mean m;
      ms_sweep_point_mean(sweep, i * columns->n_values + j, &m);
      draw_cell(svg, &m, left + cell * (double)j, y, cell, low, high);
      if (is_whole(&m))
        ms_panel_value(panel, f->title.data ? f->title.data : "", rows->values[i], columns->values[j],
                       100 * m.val_accuracy, 100 * m.val_min, 100 * m.val_max);
    }
  }
  ms_text_printf(&f->caption,
                 "%sThe deeper the blue, the better; what is more than %.0f points below the best has none. ",
                 sweep->plan.n_seeds > 1 ? "Means over the seeds. " : "", 100 * MAX_DROP);
  return ms_figure_status(f);
}
