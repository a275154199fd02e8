/* Images of the data set: samples (Figure 1 of the report) and those that were misclassified (Figure 5). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/data/pixels.h"
#include "runtime/platform/columns.h"
#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"
#include "runtime/report/class_names.h"
#include "runtime/report/markup.h"
#include "runtime/report/png.h"
#include "runtime/report/report.h"

enum {
  WIDTH = 400,
  SAMPLE_COLUMNS = 10,
  SAMPLES = 4,
  FIRST_MISTAKES = 9,
  MISTAKE_COLUMNS = 3,
  MAX_BROWSED = 3000,
  MISTAKE_NAME = 17
};
#define TINY_COLUMN 4.9 /* width of a character */

static enum ms_status add_ink(struct ms_text *text, const struct ms_dataset *data, size_t index) {
  uint8_t *pixels;
  MS_TRY(ms_allocate(data->rows * data->cols, 1, "image", &pixels));
  ms_image_bytes(data, index, pixels);
  const enum ms_status status = ms_png_add_ink(text, pixels, data->cols, data->rows);
  free(pixels);
  return status;
}

/* <image> with its longer side `size` long, in the middle of the square at (x, y). */
static enum ms_status add_image(struct ms_text *svg, const struct ms_dataset *data, size_t index, double x, double y,
                                double size) {
  const double longer = (double)(data->rows > data->cols ? data->rows : data->cols);
  const double w = size * (double)data->cols / longer, h = size * (double)data->rows / longer;
  ms_text_printf(svg, "<image class=\"ink\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" href=\"",
                 x + (size - w) / 2, y + (size - h) / 2, w, h);
  const enum ms_status status = add_ink(svg, data, index);
  ms_text_add(svg, "\"/>");
  return status;
}

/* ---- Samples ---- */

/* The number of a class above its images, and below it what the column has room for of its name. */
static void add_head(const struct ms_report *report, size_t class, double cell, double x, double y,
                     struct ms_text *svg) {
  const char *name = report->class_names[class];
  char short_name[MS_CLASS_WORDS];
  ms_text_printf(svg, "<text class=\"strong\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%zu</text>\n", x, y, class);
  if (!name)
    return;
  ms_text_printf(svg, "<text class=\"tiny\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">", x, y + 13);
  ms_markup_escape(svg, ms_cut_columns(short_name, sizeof short_name, name, (size_t)(cell / TINY_COLUMN)));
  ms_text_add(svg, "<title>");
  ms_markup_escape(svg, name);
  ms_text_add(svg, "</title></text>\n");
}

/* The first SAMPLES images of each class in file order: a column a class, in bands of SAMPLE_COLUMNS classes. */
enum ms_status ms_figure_samples(const struct ms_report *report, struct ms_figure *f) {
  const struct ms_dataset *data = &report->data->train;
  struct ms_panel *panel = &f->panels[0];
  const size_t columns = data->n_classes < SAMPLE_COLUMNS ? data->n_classes : SAMPLE_COLUMNS;
  const bool named = ms_class_has_names(report->class_names, data->n_classes);
  const double cell = (double)WIDTH / (double)(columns < 5 ? 5 : columns), head = named ? 36 : 22;
  const double band = head + cell * SAMPLES;
  size_t found[256] = {0}, missing = data->n_classes * SAMPLES;
  enum ms_status status = MS_OK;
  f->n_panels = 1;
  panel->width = WIDTH;
  panel->height = band * (double)((data->n_classes + columns - 1) / columns);
  for (size_t c = 0; c < data->n_classes; ++c)
    add_head(report, c, cell, cell * ((double)(c % columns) + 0.5), band * (double)(c / columns) + 14, &panel->svg);
  for (size_t i = 0; status == MS_OK && i < data->n && missing > 0; ++i) {
    const size_t c = data->labels[i];
    if (found[c] == SAMPLES)
      continue;
    status = add_image(&panel->svg, data, i, cell * (double)(c % columns) + cell * 0.04,
                       band * (double)(c / columns) + head + cell * (double)found[c] + cell * 0.04, cell * 0.92);
    ms_text_add(&panel->svg, "\n");
    ++found[c];
    --missing;
  }
  ms_text_add(&f->title, "Sample images");
  ms_text_printf(&panel->label, "%d images of each class: ", SAMPLES);
  for (size_t c = 0; c < data->n_classes; ++c) {
    ms_text_add(&panel->label, c > 0 ? ", " : "");
    ms_class_add_markup(&panel->label, report->class_names, c, MS_CLASS_WORDS);
  }
  ms_text_printf(&f->caption, "The first %d training images of each class, in file order; %zu × %zu grey pixels.",
                 SAMPLES, data->rows, data->cols);
  return status == MS_OK ? ms_figure_status(f) : status;
}

/* ---- Misclassified images ---- */

/* "7 taken for 2" */
static void add_mistake(const struct ms_report *report, size_t index, const char *between, struct ms_text *text) {
  ms_class_add_markup(text, report->class_names, report->images.labels[index], MS_CLASS_WORDS);
  ms_text_add(text, between);
  ms_class_add_markup(text, report->class_names, report->evaluation.predicted[index], MS_CLASS_WORDS);
}

/* Names do not fit beside each other: the predicted one then gets a line of its own. */
static void add_mistake_words(const struct ms_report *report, size_t index, struct ms_text *svg, double x, double y) {
  const struct ms_evaluation *e = &report->evaluation;
  const bool named = ms_class_has_names(report->class_names, e->n_classes);
  char percent[MS_SHORT_TEXT];
  ms_text_printf(svg, "<text class=\"strong\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">", x, y);
  ms_class_add_markup(svg, report->class_names, report->images.labels[index], MISTAKE_NAME);
  if (named)
    ms_text_printf(svg, "<tspan x=\"%.1f\" dy=\"16\">→ ", x);
  else
    ms_text_add(svg, " taken for ");
  ms_class_add_markup(svg, report->class_names, e->predicted[index], MISTAKE_NAME - 2);
  ms_text_printf(svg, "%s</text><text class=\"tick\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s sure</text>\n",
                 named ? "</tspan>" : "", x, y + (named ? 32 : 16),
                 ms_markup_percent(percent, (double)e->confidence[index]));
}

/* The first nine, as in the report. */
static enum ms_status draw_first(const struct ms_report *report, struct ms_panel *panel) {
  const struct ms_evaluation *e = &report->evaluation;
  const double cell_width = (double)WIDTH / MISTAKE_COLUMNS, size = 84;
  const double cell_height = size + (ms_class_has_names(report->class_names, e->n_classes) ? 66 : 50);
  const size_t n = e->errors < FIRST_MISTAKES ? e->errors : FIRST_MISTAKES;
  enum ms_status status = MS_OK;
  panel->width = WIDTH;
  panel->height = n > 0 ? cell_height * (double)((n + MISTAKE_COLUMNS - 1) / MISTAKE_COLUMNS) - 8 : 20;
  ms_text_printf(&panel->label, "The first %zu misclassified %s images: ", n, report->images_kind);
  if (n == 0)
    ms_text_printf(&panel->svg, "<text class=\"tick\" x=\"0\" y=\"14\">No %s image is misclassified.</text>\n",
                   report->images_kind);
  for (size_t i = 0, k = 0; status == MS_OK && k < n; ++i) {
    if (e->predicted[i] == report->images.labels[i])
      continue;
    const double x = cell_width * (double)(k % MISTAKE_COLUMNS), y = cell_height * (double)(k / MISTAKE_COLUMNS);
    const double at = x + (cell_width - size) / 2;
    ms_text_printf(&panel->svg, "<rect class=\"frame\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"3\"/>",
                   at, y + 0.5, size, size);
    ms_text_add(&panel->label, k > 0 ? ", " : "");
    add_mistake(report, i, " taken for ", &panel->label);
    status = add_image(&panel->svg, &report->images, i, at + 4, y + 4.5, size - 8);
    add_mistake_words(report, i, &panel->svg, x + cell_width / 2, y + size + 16);
    ++k;
  }
  return status;
}

/* A choice of a class, filled by all that occur. */
static void add_choice(const struct ms_report *report, const char *name, const char *words, struct ms_text *text) {
  ms_text_printf(text, "<label>%s <select data-choice=\"%s\"><option value=\"\">any</option>", words, name);
  for (size_t c = 0; c < report->evaluation.n_classes; ++c) {
    ms_text_printf(text, "<option value=\"%zu\">", c);
    ms_class_add_markup(text, report->class_names, c, MS_CLASS_WORDS);
    ms_text_add(text, "</option>");
  }
  ms_text_add(text, "</select></label>\n");
}

/* The choices are shown by the script, without which they would do nothing. */
enum ms_status ms_report_browser(const struct ms_report *report, struct ms_text *text) {
  const struct ms_evaluation *e = &report->evaluation;
  const struct ms_dataset *data = &report->images;
  const bool named = ms_class_has_names(report->class_names, e->n_classes);
  char count[MS_SHORT_TEXT], percent[MS_SHORT_TEXT];
  enum ms_status status = MS_OK;
  size_t n = 0;
  if (e->errors == 0)
    return MS_OK;
  ms_text_printf(
      text,
      "<details id=\"mistakes\" open><summary>%s%s misclassified image%s</summary>\n<div class=\"choices\" hidden>",
      e->errors > MAX_BROWSED ? "The first 3,000 of "
      : e->errors > 1         ? "All "
                              : "",
      ms_markup_count(count, e->errors), e->errors == 1 ? "" : "s");
  add_choice(report, "true", "true class", text);
  add_choice(report, "predicted", "predicted", text);
  ms_text_add(text, "<label>order <select data-choice=\"order\"><option value=\"\">as in the file</option><option "
                    "value=\"sure\">surest first</option></select></label> <output></output></div>\n");
  ms_text_printf(text, "<ul class=\"mistakes%s\" tabindex=\"0\" aria-label=\"Misclassified images\">\n",
                 named ? " named" : "");
  for (size_t i = 0; status == MS_OK && i < data->n && n < MAX_BROWSED; ++i) {
    if (e->predicted[i] == data->labels[i])
      continue;
    ms_text_printf(text,
                   "<li data-true=\"%d\" data-predicted=\"%d\" data-sure=\"%.6f\"><img class=\"ink\" "
                   "width=\"%zu\" height=\"%zu\" title=\"image %zu of the %s file\" alt=\"",
                   data->labels[i], e->predicted[i], (double)e->confidence[i], data->cols, data->rows,
                   report->first_image + i, report->subject->run.has_test ? "test" : "training");
    add_mistake(report, i, " taken for ", text);
    ms_text_add(text, "\" src=\"");
    status = add_ink(text, data, i);
    ms_text_add(text, "\"><b>");
    add_mistake(report, i, named ? "<br>→ " : " → ", text);
    ms_text_printf(text, "</b> <span>%s</span></li>\n", ms_markup_percent(percent, (double)e->confidence[i]));
    ++n;
  }
  ms_text_add(text, "</ul></details>\n");
  return status;
}

enum ms_status ms_figure_mistakes(const struct ms_report *report, struct ms_figure *f) {
  const struct ms_evaluation *e = &report->evaluation;
  char count[MS_SHORT_TEXT], n[MS_SHORT_TEXT];
  f->n_panels = 1;
  ms_text_printf(&f->title, "Misclassified %s images, %s", report->images_kind, report->subject->name.data);
  if (e->errors > FIRST_MISTAKES)
    ms_text_printf(&f->caption, "The first %d of ", FIRST_MISTAKES);
  ms_text_printf(&f->caption,
                 "%s among %s %s images, in file order: true class, predicted class, and the probability that the "
                 "network gives to its prediction.",
                 e->errors > 0 ? ms_markup_count(count, e->errors) : "None", ms_markup_count(n, e->n),
                 report->images_kind);
  MS_TRY(draw_first(report, &f->panels[0]));
  return ms_figure_status(f);
}
