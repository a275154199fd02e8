/* Line charts: series over a common x, with values that a page's script shows where it is pointed at. */
#ifndef MS_REPORT_LINE_CHART_H
#define MS_REPORT_LINE_CHART_H

#include "runtime/report/figure.h"

struct ms_series {
  const char *name;        /* "training" */
  const char *style;       /* its class in figures.css: "training", "validation", "s0", "s1", ..., "level" */
  const double *y;         /* (n); NAN where there is no value */
  const double *from, *to; /* (n): what y is the mean of; NULL: none */
  bool band;               /* from and to are drawn as a band along the line, not as bars */
  bool bare;               /* without dots and values */
};

/* A vertical line at an x. */
struct ms_mark {
  double x;
  const char *text; /* above the frame */
  bool to_the_right;
};

struct ms_line_chart {
  const char *title, *x_name;
  size_t n;                    /* at least 1 */
  const double *x;             /* (n), ascending */
  const char *const *x_labels; /* (n); NULL: x are whole numbers and get ticks */
  const char *point_name;      /* what an x is called where its values are shown: "epoch" */
  size_t n_series;
  struct ms_series series[MS_MAX_KEYS];
  double low, high; /* what the y axis must hold; it goes on to the next ticks, but not beyond the limits */
  double low_limit, high_limit;
  int decimals;     /* of the values shown */
  const char *unit; /* " %" behind them, or "" */
  size_t n_marks;
  struct ms_mark marks[2];
  bool without_names; /* of the series at the ends of their lines, of which the first two may have some */
  bool has_level;     /* a horizontal line, with a word at its end */
  double level;
  const char *level_text;
  bool has_point;
  double point_x, point_y; /* a diamond of the first series' colour; a triangle at the frame, if it lies beyond */
};

void ms_line_chart_draw(const struct ms_line_chart *chart, struct ms_panel *panel);

/* Ticks at multiples of 1, 2 or 5 times a power of ten, at most max_ticks steps over low .. high. */
struct ms_ticks {
  double step;
  int decimals;
};
struct ms_ticks ms_ticks_for(double low, double high, int max_steps);

#endif
