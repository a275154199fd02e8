/* Precision, recall and F1 of each class, and the confusion matrix (Figures 6 and 7 of the report). */
#include <math.h>
#include <stdio.h>

#include "runtime/report/class_names.h"
#include "runtime/report/line_chart.h"
#include "runtime/report/markup.h"
#include "runtime/report/report.h"

enum { WIDTH = 400, LEFT = 40, RIGHT = 384, ROW = 22, NAME_ROOM = 100, NAME_COLUMNS = 16 };

/* How much wider a drawing is for the names at its left. */
static double name_room(const struct ms_report *report) {
  return ms_class_has_names(report->class_names, report->evaluation.n_classes) ? NAME_ROOM : 0;
}

/* A class at the left of a drawing, before x. */
static void add_class(const struct ms_report *report, struct ms_text *svg, size_t class, double x, double y) {
  ms_text_printf(svg, "<text class=\"strong\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">", x, y);
  ms_class_add_markup(svg, report->class_names, class, NAME_COLUMNS);
  ms_text_add(svg, "</text>");
}

/* ---- Precision, recall, F1 ---- */

/* fmin takes the number where the other one is NAN. */
static double lowest(const struct ms_evaluation *e) {
  double low = 1;
  for (size_t c = 0; c < e->n_classes; ++c)
    low = fmin(low, fmin(e->precision[c], fmin(e->recall[c], e->f1[c])));
  return low;
}

static void draw_scores(const struct ms_report *report, struct ms_panel *panel) {
  const struct ms_evaluation *e = &report->evaluation;
  const double left = LEFT + name_room(report), right = RIGHT + name_room(report);
  const double low_value = fmin(lowest(e), 0.995);
  const struct ms_ticks ticks = ms_ticks_for(low_value, 1, 6);
  const double low = fmax(floor(low_value / ticks.step - 0.25) * ticks.step, 0),
               bottom = 42 + ROW * (double)e->n_classes;
  struct ms_text *svg = &panel->svg;
#define X(value) (left + ((value)-low) / (1 - low) * (right - left))
  panel->width = WIDTH + name_room(report);
  panel->height = bottom + 40;
  ms_text_add(&panel->label, "Precision, recall and F1 of each class. F1: ");
  for (size_t c = 0; c < e->n_classes; ++c) {
    char score[MS_SHORT_TEXT];
    ms_class_add_markup(&panel->label, report->class_names, c, MS_CLASS_WORDS);
    ms_text_printf(&panel->label, " %s%s", ms_markup_score(score, e->f1[c]), c + 1 < e->n_classes ? ", " : "");
  }
  ms_text_printf(svg, "<g transform=\"translate(%.0f 10)\">", left);
  ms_text_add(
      svg, "<rect class=\"score precision\" x=\"0\" y=\"-4\" width=\"8\" height=\"8\"/><text class=\"tick\" x=\"14\" "
           "y=\"4\">precision</text><path class=\"score recall\" d=\"M86 -5l5 5l-5 5l-5 -5z\"/><text class=\"tick\" "
           "x=\"98\" y=\"4\">recall</text><circle class=\"score f1\" cx=\"154\" cy=\"0\" r=\"4\"/><text "
           "class=\"tick\" x=\"164\" y=\"4\">F1</text></g>\n");
  for (double i = fabs(ceil(low / ticks.step - 1e-9)) /* no -0 */; i * ticks.step <= 1 + 1e-9; ++i)
    ms_text_printf(svg,
                   "<path class=\"grid\" d=\"M%.1f 28V%.1f\"/><text class=\"tick\" x=\"%.1f\" y=\"%.1f\" "
                   "text-anchor=\"middle\">%.*f</text>\n",
                   X(i * ticks.step), bottom, X(i * ticks.step), bottom + 16, ticks.decimals, i * ticks.step);
  ms_text_printf(svg, "<text class=\"name\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">score</text>\n",
                 (left + right) / 2, bottom + 34);
  ms_text_printf(svg, "<path class=\"mark\" d=\"M%.1f 28V%.1f\"/>\n", X(e->macro_f1), bottom);
  for (size_t c = 0; c < e->n_classes; ++c) {
    const double y = 42 + ROW * (double)c;
    const double p = X(e->precision[c]), r = X(e->recall[c]), f = X(e->f1[c]);
    add_class(report, svg, c, left - 14, y + 4);
    if (!isnan(p) && !isnan(r))
      ms_text_printf(svg, "<path class=\"span\" d=\"M%.1f %.1fH%.1f\"/>", fmin(p, r), y, fmax(p, r));
    if (!isnan(p))
      ms_text_printf(svg, "<rect class=\"score precision\" x=\"%.1f\" y=\"%.1f\" width=\"8\" height=\"8\"/>", p - 4,
                     y - 4);
    if (!isnan(r))
      ms_text_printf(svg, "<path class=\"score recall\" d=\"M%.1f %.1fl5 5l-5 5l-5 -5z\"/>", r, y - 5);
    if (!isnan(f))
      ms_text_printf(svg, "<circle class=\"score f1\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>", f, y);
    ms_text_add(svg, "\n");
  }
#undef X
}

static void add_score_values(const struct ms_evaluation *e, struct ms_panel *panel) {
  const struct {
    const char *name;
    const double *values;
  } scores[] = {{"precision", e->precision}, {"recall", e->recall}, {"F1", e->f1}};
  for (size_t s = 0; s < sizeof scores / sizeof scores[0]; ++s)
    for (size_t c = 0; c < e->n_classes; ++c) {
      char class[32];
      snprintf(class, sizeof class, "%zu", c);
      ms_panel_value(panel, "score by class", scores[s].name, class, scores[s].values[c], (double)NAN, (double)NAN);
    }
}

static void add_score_table(const struct ms_report *report, struct ms_text *text) {
  static const char *const names[] = {"class", "precision", "recall", "F1", "images"};
  const struct ms_evaluation *e = &report->evaluation;
  char score[MS_SHORT_TEXT];
  struct ms_table table = ms_table_begin(text, "Values as a table", true, "numbers", names, 5);
  for (size_t c = 0; c < e->n_classes; ++c) {
    ms_table_row(&table, "");
    ms_table_cell(&table, "");
    ms_class_add_markup(text, report->class_names, c, MS_CLASS_WORDS);
    ms_table_printf(&table, "%s", ms_markup_score(score, e->precision[c]));
    ms_table_printf(&table, "%s", ms_markup_score(score, e->recall[c]));
    ms_table_printf(&table, "%s", ms_markup_score(score, e->f1[c]));
    ms_table_printf(&table, "%s", ms_markup_count(score, e->support[c]));
  }
  ms_table_row(&table, "sum");
  ms_table_printf(&table, "mean");
  ms_table_printf(&table, "–");
  ms_table_printf(&table, "–");
  ms_table_printf(&table, "%.4f", e->macro_f1);
  ms_table_printf(&table, "%s", ms_markup_count(score, e->n));
  ms_table_end(&table);
}

enum ms_status ms_figure_classes(const struct ms_report *report, struct ms_figure *f) {
  const struct ms_evaluation *e = &report->evaluation;
  f->n_panels = 1;
  ms_text_printf(&f->title, "Precision, recall and F1 per class, %s", report->subject->name.data);
  draw_scores(report, &f->panels[0]);
  add_score_values(e, &f->panels[0]);
  ms_text_printf(&f->caption, "Dashed: the mean of the classes’ F1, %.4f. Mind where the axis starts.", e->macro_f1);
  add_score_table(report, &f->details);
  return ms_figure_status(f);
}

/* ---- Confusion matrix ---- */

static size_t largest_mistake(const struct ms_evaluation *e) {
  size_t largest = 1;
  for (size_t i = 0; i < e->n_classes; ++i)
    for (size_t j = 0; j < e->n_classes; ++j)
      if (i != j && e->confusion[i * e->n_classes + j] > largest)
        largest = e->confusion[i * e->n_classes + j];
  return largest;
}

static void draw_cell(const struct ms_report *report, struct ms_text *svg, size_t i, size_t j, double left, double cell,
                      size_t largest) {
  const struct ms_evaluation *e = &report->evaluation;
  const size_t count = e->confusion[i * e->n_classes + j];
  if (count == 0 && i != j) /* its place is seen as it is: many classes make very many of them */
    return;
  const double x = left + cell * (double)j, y = LEFT + cell * (double)i;
  const double right = e->support[i] > 0 ? (double)count / (double)e->support[i] : 0;
  const double shade = i == j ? 0.55 * right * right : 0.08 + 0.52 * sqrt((double)count / (double)largest);
  ms_text_printf(svg,
                 "<g class=\"cell\" data-true=\"%zu\" data-predicted=\"%zu\"><rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" "
                 "width=\"%.1f\" height=\"%.1f\" fill-opacity=\"%.2f\"/>",
                 i, j, i == j ? "hit" : "miss", x + 0.5, y + 0.5, cell - 1, cell - 1, shade);
  ms_text_add(svg, "<title>");
  ms_class_add_markup(svg, report->class_names, i, MS_CLASS_WORDS);
  ms_text_add(svg, " taken for ");
  ms_class_add_markup(svg, report->class_names, j, MS_CLASS_WORDS);
  ms_text_printf(svg, ": %zu</title></g>", count);
  if (cell >= 18 && count > 0)
    ms_text_printf(svg, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%zu</text>",
                   count >= 1000 && cell < 32 ? "count tiny" : "count", x + cell / 2, y + cell / 2 + 4, count);
  ms_text_add(svg, "\n");
}

/* Of many classes the drawing alone. */
static void add_confusion_table(const struct ms_report *report, struct ms_text *text) {
  enum { MOST = 30 };
  const struct ms_evaluation *e = &report->evaluation;
  char numbers[MOST][4];
  const char *names[MOST + 1] = {"true class"};
  if (e->n_classes > MOST)
    return;
  for (size_t c = 0; c < e->n_classes; ++c) {
    snprintf(numbers[c], sizeof numbers[c], "%zu", c);
    names[c + 1] = numbers[c];
  }
  struct ms_table table = ms_table_begin(text, "Values as a table", true, "numbers", names, e->n_classes + 1);
  for (size_t i = 0; i < e->n_classes; ++i) {
    ms_table_row(&table, "");
    ms_table_cell(&table, "");
    ms_class_add_markup(text, report->class_names, i, MS_CLASS_WORDS);
    for (size_t j = 0; j < e->n_classes; ++j)
      ms_table_printf(&table, "%zu", e->confusion[i * e->n_classes + j]);
  }
  ms_table_end(&table);
}

enum ms_status ms_figure_confusion(const struct ms_report *report, struct ms_figure *f) {
  const struct ms_evaluation *e = &report->evaluation;
  struct ms_panel *panel = &f->panels[0];
  struct ms_text *svg = &panel->svg;
  char true_class[32], predicted[32];
  const double cell = (WIDTH - LEFT - 2) / (double)e->n_classes, left = LEFT + name_room(report);
  const size_t largest = largest_mistake(e), every = cell >= 14 ? 1 : (size_t)(14 / cell) + 1;
  f->n_panels = 1;
  panel->width = WIDTH + name_room(report);
  panel->height = WIDTH;
  ms_text_printf(&f->title, "Confusion matrix, %s", report->subject->name.data);
  ms_text_add(&panel->label, "Confusion matrix: a row per true class, a column per predicted class");
  ms_text_printf(svg, "<text class=\"name\" x=\"%.1f\" y=\"12\" text-anchor=\"middle\">predicted</text>\n",
                 (left + panel->width) / 2);
  ms_text_printf(svg,
                 "<text class=\"name\" transform=\"translate(8 %d) rotate(-90)\" text-anchor=\"middle\">true</text>\n",
                 (LEFT + WIDTH) / 2);
  for (size_t c = 0; c < e->n_classes; c += every) {
    const double middle = cell * ((double)c + 0.5);
    ms_text_printf(svg, "<text class=\"strong\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%zu</text>", left + middle,
                   LEFT - 8, c);
    add_class(report, svg, c, left - 8, LEFT + middle + 4);
    ms_text_add(svg, "\n");
  }
  for (size_t i = 0; i < e->n_classes; ++i)
    ms_text_printf(svg, "<rect class=\"empty\" x=\"%.0f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>\n", left,
                   LEFT + cell * (double)i + 0.5, cell * (double)e->n_classes, cell - 1);
  for (size_t i = 0; i < e->n_classes; ++i)
    for (size_t j = 0; j < e->n_classes; ++j) {
      draw_cell(report, svg, i, j, left, cell, largest);
      snprintf(true_class, sizeof true_class, "%zu", i);
      snprintf(predicted, sizeof predicted, "%zu", j);
      ms_panel_value(panel, "images by true and predicted class", true_class, predicted,
                     (double)e->confusion[i * e->n_classes + j], (double)NAN, (double)NAN);
    }
  ms_text_add(
      &f->caption,
      "Images of a true class (row) by predicted class (column). Blue: right, the deeper the larger the "
      "share of its class. Orange: wrong, shaded by the square root of the count; click one to see its images, or walk "
      "from cell to cell with the arrow keys and press Enter.");
  add_confusion_table(report, &f->details);
  return ms_figure_status(f);
}
