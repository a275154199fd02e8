/* Line charts. */
#include "runtime/report/line_chart.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "runtime/platform/c_locale.h"
#include "runtime/report/markup.h"

/* The frame of the plot in a panel. */
static const double width = 400, height = 268, slanted_height = 310, left = 46, top = 44, bottom = 222;
enum { CHARACTER_WIDTH = 7, MAX_Y_STEPS = 6, MAX_X_STEPS = 8, LABEL_HEIGHT = 14, MARKED_POINTS = 30 };

/* A range that has ticks: others are infinite, or so narrow that steps within it would be lost in rounding. */
static bool has_ticks(double low, double high) {
  const double span = high - low;
  return isfinite(span) && span > 1e-300 && span > 1e-9 * fmax(fabs(low), fabs(high));
}

struct ms_ticks ms_ticks_for(double low, double high, int max_steps) {
  static const double parts[] = {1, 2, 5};
  struct ms_ticks ticks = {1, 0};
  double power = 1;
  const double span = high - low;
  if (!has_ticks(low, high))
    return ticks;
  while (power * max_steps > span) {
    power /= 10;
    ++ticks.decimals;
  }
  for (;; power *= 10, --ticks.decimals)
    for (size_t i = 0; i < 3; ++i)
      if (span / (power * parts[i]) <= max_steps) {
        ticks.step = power * parts[i];
        if (ticks.decimals < 0)
          ticks.decimals = 0;
        return ticks;
      }
}

struct plot {
  const struct ms_line_chart *chart;
  struct ms_text *svg;
  double right, y_low, y_high;
};

static double x_at(const struct plot *p, double x) {
  const double first = p->chart->x[0], last = p->chart->x[p->chart->n - 1], inset = 8;
  return last > first ? left + inset + (x - first) / (last - first) * (p->right - left - 2 * inset)
                      : (left + p->right) / 2;
}

static double y_at(const struct plot *p, double y) {
  return bottom - (y - p->y_low) / (p->y_high - p->y_low) * (bottom - top);
}

static void choose_range(struct plot *p, struct ms_ticks *ticks) {
  const struct ms_line_chart *c = p->chart;
  double low = c->low, high = c->high;
  if (!has_ticks(low, high)) { /* as good as a single value: some room around it */
    const double room = fabs(high) > 0 ? fmax(fabs(high) * 0.01, 1e-12) : 0.5;
    low -= room;
    high += room;
  }
  *ticks = ms_ticks_for(low, high, MAX_Y_STEPS);
  p->y_low = fmax(floor(low / ticks->step) * ticks->step, c->low_limit);
  p->y_high = fmin(ceil(high / ticks->step) * ticks->step, c->high_limit);
}

static void draw_y_axis(const struct plot *p, struct ms_ticks ticks) {
  const double first = ceil(p->y_low / ticks.step - 1e-9), last = floor(p->y_high / ticks.step + 1e-9);
  for (double i = first; i <= last; ++i) {
    const double value = i == 0 ? 0 : i * ticks.step /* no -0 */, y = y_at(p, value);
    ms_text_printf(p->svg, "<path class=\"grid\" d=\"M%.1f %.1fH%.1f\"/>", left, y, p->right);
    ms_text_printf(p->svg, "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%s%.*f%s</text>\n", left - 6,
                   y + 4, value < 0 ? "−" : "", ticks.decimals, fabs(value), p->chart->unit);
  }
}

/* Labels that would meet are slanted. */
static bool is_slanted(const struct ms_line_chart *c, double width_of_axis) {
  size_t longest = 0;
  for (size_t i = 0; c->x_labels && i < c->n; ++i)
    if (strlen(c->x_labels[i]) > longest)
      longest = strlen(c->x_labels[i]);
  return (double)(c->n * longest * CHARACTER_WIDTH) > width_of_axis;
}

static void x_tick(const struct plot *p, double x, bool slanted, const char *label) {
  ms_text_printf(p->svg, "<path class=\"axis\" d=\"M%.1f %.1fv4\"/><text class=\"tick\" ", x, bottom);
  if (slanted)
    ms_text_printf(p->svg, "transform=\"translate(%.1f %.1f) rotate(-40)\" text-anchor=\"end\">", x + 4, bottom + 14);
  else
    ms_text_printf(p->svg, "x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">", x, bottom + 17);
  ms_markup_escape(p->svg, label);
  ms_text_add(p->svg, "</text>\n");
}

static void draw_x_axis(const struct plot *p, bool slanted) {
  const struct ms_line_chart *c = p->chart;
  char label[32];
  ms_text_printf(p->svg, "<path class=\"axis\" d=\"M%.1f %.1fH%.1f\"/>\n", left, bottom, p->right);
  if (c->x_labels) {
    for (size_t i = 0; i < c->n; ++i)
      x_tick(p, x_at(p, c->x[i]), slanted, c->x_labels[i]);
  } else {
    const struct ms_ticks ticks = ms_ticks_for(c->x[0], c->x[c->n - 1], MAX_X_STEPS);
    const double step = fmax(ticks.step, 1);
    for (double x = ceil(c->x[0] / step) * step; x <= c->x[c->n - 1]; x += step) {
      snprintf(label, sizeof label, "%.0f", x);
      x_tick(p, x_at(p, x), false, label);
    }
  }
  ms_text_printf(p->svg, "<text class=\"name\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">", (left + p->right) / 2,
                 (slanted ? slanted_height : height) - 10);
  ms_markup_escape(p->svg, c->x_name);
  ms_text_add(p->svg, "</text>\n");
}

static void draw_level(const struct plot *p) {
  const struct ms_line_chart *c = p->chart;
  const double y = c->has_level ? y_at(p, c->level) : 0;
  if (c->has_level && y >= top && y <= bottom)
    ms_text_printf(
        p->svg, "<path class=\"mark\" d=\"M%.1f %.1fH%.1f\"/><text class=\"marked\" x=\"%.1f\" y=\"%.1f\">%s</text>\n",
        left, y, p->right, p->right + 2, y + 4, c->level_text);
}

static void draw_marks(const struct plot *p) {
  for (size_t i = 0; i < p->chart->n_marks; ++i) {
    const struct ms_mark *mark = &p->chart->marks[i];
    const double x = x_at(p, mark->x);
    ms_text_printf(p->svg,
                   "<path class=\"mark\" d=\"M%.1f %.1fV%.1f\"/><text class=\"marked\" x=\"%.1f\" y=\"%.1f\" "
                   "text-anchor=\"%s\">",
                   x, top - 4, bottom, mark->to_the_right ? x - 3 : x + 3, top - 8,
                   mark->to_the_right ? "start" : "end");
    ms_markup_escape(p->svg, mark->text);
    ms_text_add(p->svg, "</text>\n");
  }
}

/* The line, broken where a value is missing; what lies outside the axes is cut off at the frame. */
static void draw_line(const struct plot *p, const struct ms_series *s) {
  bool down = false;
  ms_text_printf(p->svg, "<path class=\"line %s\" d=\"", s->style);
  for (size_t i = 0; i < p->chart->n; ++i) {
    if (!isfinite(s->y[i])) {
      down = false;
      continue;
    }
    ms_text_printf(p->svg, "%s%.1f %.1f", down ? "L" : "M", x_at(p, p->chart->x[i]), y_at(p, s->y[i]));
    down = true;
  }
  ms_text_add(p->svg, "\"/>\n");
}

static void draw_bars(const struct plot *p, const struct ms_series *s) {
  for (size_t i = 0; s->from && i < p->chart->n; ++i)
    if (isfinite(s->y[i]) && s->to[i] > s->from[i])
      ms_text_printf(p->svg, "<path class=\"bar %s\" d=\"M%.1f %.1fV%.1f\"/>\n", s->style, x_at(p, p->chart->x[i]),
                     y_at(p, s->from[i]), y_at(p, s->to[i]));
}

/* Along the upper values and back along the lower ones, as far as there are any from the first on. */
static void draw_band(const struct plot *p, const struct ms_series *s) {
  size_t n = 0;
  while (s->from && n < p->chart->n && isfinite(s->from[n]) && isfinite(s->to[n]))
    ++n;
  if (n < 2)
    return;
  ms_text_printf(p->svg, "<path class=\"band %s\" d=\"", s->style);
  for (size_t i = 0; i < 2 * n; ++i) {
    const size_t at = i < n ? i : 2 * n - 1 - i;
    ms_text_printf(p->svg, "%s%.1f %.1f", i > 0 ? "L" : "M", x_at(p, p->chart->x[at]),
                   y_at(p, i < n ? s->to[at] : s->from[at]));
  }
  ms_text_add(p->svg, "z\"/>\n");
}

/* Triangles at the frame for values beyond it. */
static void draw_beyond(const struct plot *p, const char *style, double x, double y) {
  if (y > bottom + 0.05)
    ms_text_printf(p->svg, "<path class=\"beyond %s\" d=\"M%.1f %.1fh8l-4 6z\"/>\n", style, x - 4, bottom - 6);
  else if (y < top - 0.05)
    ms_text_printf(p->svg, "<path class=\"beyond %s\" d=\"M%.1f %.1fh8l-4 -6z\"/>\n", style, x - 4, top + 6);
}

/* A dot for each value: seen where there are few, found by the script where there are many. It carries what is to be
 * shown. */
static void draw_dots(const struct plot *p, const struct ms_series *s) {
  const struct ms_line_chart *c = p->chart;
  for (size_t i = 0; i < c->n && !s->bare; ++i) {
    if (!isfinite(s->y[i]))
      continue;
    const double y = y_at(p, s->y[i]);
    draw_beyond(p, s->style, x_at(p, c->x[i]), y);
    const bool inside = y >= top - 0.05 && y <= bottom + 0.05;
    ms_text_printf(p->svg,
                   "<circle class=\"dot %s%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"2\" data-name=\"%s\" data-value=\"%.*f%s\" "
                   "data-at=\"",
                   s->style,
                   !inside                ? " outside"
                   : c->n > MARKED_POINTS ? " hidden"
                                          : "",
                   x_at(p, c->x[i]), y, s->name, c->decimals, s->y[i], c->unit);
    ms_markup_escape(p->svg, c->point_name);
    ms_text_add(p->svg, " ");
    if (c->x_labels)
      ms_markup_escape(p->svg, c->x_labels[i]);
    else
      ms_text_printf(p->svg, "%.0f", c->x[i]);
    ms_text_add(p->svg, "\"/>\n");
  }
}

static void draw_point(const struct plot *p) {
  const struct ms_line_chart *c = p->chart;
  const double y = c->has_point ? y_at(p, c->point_y) : 0;
  if (!c->has_point)
    return;
  draw_beyond(p, c->series[0].style, x_at(p, c->point_x), y);
  if (y >= top && y <= bottom)
    ms_text_printf(p->svg, "<path class=\"point %s\" d=\"M%.1f %.1fl5 5l-5 5l-5 -5z\"/>\n", c->series[0].style,
                   x_at(p, c->point_x), y - 5);
}

static double last_value(const struct ms_line_chart *c, const struct ms_series *s) {
  for (size_t i = c->n; i-- > 0;)
    if (isfinite(s->y[i]))
      return s->y[i];
  return (double)NAN;
}

/* The names of the series at the ends of their lines, moved apart where they would meet. */
static void draw_names(const struct plot *p) {
  const struct ms_line_chart *c = p->chart;
  double y[2] = {0, 0};
  const size_t n = c->without_names ? 0 : c->n_series < 2 ? c->n_series : 2;
  for (size_t s = 0; s < n; ++s)
    y[s] = fmin(fmax(y_at(p, last_value(c, &c->series[s])), top + 4), bottom - 6);
  if (n == 2 && fabs(y[0] - y[1]) < LABEL_HEIGHT) {
    const double middle = fmin(fmax((y[0] + y[1]) / 2, top + LABEL_HEIGHT), bottom - LABEL_HEIGHT);
    const double apart = y[0] <= y[1] ? LABEL_HEIGHT / 2.0 : -LABEL_HEIGHT / 2.0;
    y[0] = middle - apart;
    y[1] = middle + apart;
  }
  for (size_t s = 0; s < n; ++s)
    if (isfinite(last_value(c, &c->series[s])))
      ms_text_printf(p->svg, "<text class=\"series %s\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", c->series[s].style,
                     p->right + 2, y[s] + 4, c->series[s].name);
}

static void add_values(const struct ms_line_chart *c, const struct ms_series *s, struct ms_panel *panel) {
  for (size_t i = 0; i < c->n && !s->bare; ++i) {
    char x[32];
    ms_snprintf(x, sizeof x, "%.10g", c->x[i]);
    if (isfinite(s->y[i]))
      ms_panel_value(panel, c->title, s->name, c->x_labels ? c->x_labels[i] : x, s->y[i],
                     s->from ? s->from[i] : (double)NAN, s->to ? s->to[i] : (double)NAN);
  }
}

void ms_line_chart_draw(const struct ms_line_chart *chart, struct ms_panel *panel) {
  struct plot p = {.chart = chart, .svg = &panel->svg};
  struct ms_ticks ticks;
  p.right = chart->without_names && !chart->has_level ? 392 : 322;
  const bool slanted = is_slanted(chart, p.right - left);
  panel->width = width;
  panel->height = slanted ? slanted_height : height;
  panel->kind = "plot";
  choose_range(&p, &ticks);
  ms_text_printf(p.svg, "<text class=\"title\" x=\"0\" y=\"14\">%s</text>\n", chart->title);
  draw_y_axis(&p, ticks);
  draw_x_axis(&p, slanted);
  draw_level(&p);
  draw_marks(&p);
  ms_text_printf(p.svg, "<svg x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" viewBox=\"%.1f %.1f %.1f %.1f\">\n",
                 left, top - 3, p.right - left, bottom - top + 6, left, top - 3, p.right - left, bottom - top + 6);
  for (size_t s = 0; s < chart->n_series; ++s) {
    if (chart->series[s].band)
      draw_band(&p, &chart->series[s]);
    else
      draw_bars(&p, &chart->series[s]);
    draw_line(&p, &chart->series[s]);
  }
  ms_text_add(p.svg, "</svg>\n");
  for (size_t s = 0; s < chart->n_series; ++s) {
    draw_dots(&p, &chart->series[s]);
    add_values(chart, &chart->series[s], panel);
  }
  draw_point(&p);
  draw_names(&p);
}
