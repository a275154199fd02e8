/* Reliability of confidences, accuracy of the two best guesses. */
#include "runtime/report/calibration.h"

#include <math.h>
#include <stdlib.h>

#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"
#include "runtime/report/line_chart.h"
#include "runtime/report/markup.h"
#include "runtime/report/report.h"

void ms_calibration_make(const struct ms_evaluation *e, const uint8_t *labels, struct ms_calibration *c) {
  *c = (struct ms_calibration){.error = 0};
  for (size_t i = 0; i < e->n; ++i) {
    const double confidence = (double)e->confidence[i];
    size_t bin = 0;
    while (bin + 1 < MS_CALIBRATION_BINS && confidence * MS_CALIBRATION_BINS > (double)(bin + 1))
      ++bin;
    ++c->n[bin];
    c->confidence[bin] += confidence;
    c->accuracy[bin] += e->predicted[i] == labels[i];
  }
  for (size_t b = 0; b < MS_CALIBRATION_BINS; ++b) {
    if (c->n[b] == 0)
      continue;
    c->error += fabs(c->accuracy[b] - c->confidence[b]) / (double)e->n;
    c->confidence[b] /= (double)c->n[b];
    c->accuracy[b] /= (double)c->n[b];
  }
}

static bool is_among_two(const float *p, size_t n_classes, size_t class) {
  size_t before = 0;
  for (size_t c = 0; c < n_classes; ++c)
    before += p[c] > p[class] || (c < class && p[c] == p[class]);
  return before < 2;
}

enum ms_status ms_top2_accuracy(const struct ms_network *network, const struct ms_dataset *images, double *accuracy) {
  enum { AT_ONCE = 1000 };
  const size_t n_classes = ms_network_layer(network, ms_network_layers(network) - 1).n_out;
  const size_t pixels = images->rows * images->cols;
  enum ms_status status = MS_OK;
  size_t right = 0;
  float *p;
  MS_TRY(ms_allocate(AT_ONCE * n_classes, sizeof *p, "probabilities", &p));
  for (size_t first = 0; status == MS_OK && first < images->n; first += AT_ONCE) {
    const size_t n = images->n - first < AT_ONCE ? images->n - first : AT_ONCE;
    status = images->floats ? ms_predict_floats(network, n, images->floats + first * pixels, MS_PROBABILITIES, p)
                            : ms_predict_bytes(network, n, images->images + first * pixels, MS_PROBABILITIES, p);
    for (size_t i = 0; status == MS_OK && i < n; ++i)
      right += is_among_two(p + i * n_classes, n_classes, images->labels[first + i]);
  }
  *accuracy = images->n > 0 ? (double)right / (double)images->n : 0;
  free(p);
  return status;
}

/* ---- The figure ---- */

/* The bins that hold images, between two ends of the axis. */
static void draw(const struct ms_calibration *c, struct ms_panel *panel) {
  double x[MS_CALIBRATION_BINS + 2] = {0}, y[MS_CALIBRATION_BINS + 2] = {(double)NAN};
  size_t n = 1;
  for (size_t b = 0; b < MS_CALIBRATION_BINS; ++b)
    if (c->n[b] > 0) {
      x[n] = 100 * c->confidence[b];
      y[n++] = 100 * c->accuracy[b];
    }
  x[n] = 100;
  y[n++] = (double)NAN;
  const struct ms_line_chart chart = {
      .title = "Accuracy by confidence, %",
      .x_name = "confidence, %",
      .n = n,
      .x = x,
      .point_name = "mean confidence",
      .n_series = 2,
      .series = {{.name = "accuracy", .style = "validation", .y = y},
                 {.name = "calibrated", .style = "level", .y = x, .bare = true}},
      .low = 0,
      .high = 100,
      .high_limit = 100,
      .decimals = 2,
      .unit = "",
      .without_names = true,
  };
  ms_text_add(&panel->label, "Reliability: accuracy of the predictions by their confidence");
  ms_line_chart_draw(&chart, panel);
}

static void add_table(const struct ms_calibration *c, struct ms_text *text) {
  static const char *const names[] = {"confidence", "images", "mean confidence", "accuracy"};
  struct ms_table table = ms_table_begin(text, "Values as a table", true, "numbers", names, 4);
  char count[MS_SHORT_TEXT], percent[MS_SHORT_TEXT];
  for (size_t b = 0; b < MS_CALIBRATION_BINS; ++b) {
    ms_table_row(&table, "");
    ms_table_printf(&table, "%.1f to %.1f %%", 100.0 * (double)b / MS_CALIBRATION_BINS,
                    100.0 * (double)(b + 1) / MS_CALIBRATION_BINS);
    ms_table_printf(&table, "%s", ms_markup_count(count, c->n[b]));
    ms_table_printf(&table, "%s", c->n[b] > 0 ? ms_markup_percent(percent, c->confidence[b]) : "–");
    ms_table_printf(&table, "%s", c->n[b] > 0 ? ms_markup_percent(percent, c->accuracy[b]) : "–");
  }
  ms_table_end(&table);
}

enum ms_status ms_figure_calibration(const struct ms_report *report, struct ms_figure *f) {
  struct ms_calibration c;
  double top2;
  char percent[MS_SHORT_TEXT], other[MS_SHORT_TEXT];
  MS_TRY(ms_top2_accuracy(report->subject->run.network, &report->images, &top2));
  ms_calibration_make(&report->evaluation, report->images.labels, &c);
  f->n_panels = 1;
  ms_text_printf(&f->title, "Calibration, %s", report->subject->name.data);
  draw(&c, &f->panels[0]);
  ms_text_printf(
      &f->caption,
      "Expected calibration error: %s, of %d bins of equal width. On the dashed line the network would be right "
      "as often as it says; below it, it is too sure. The class is among the two most probable ones for %s of "
      "the %s images. ",
      ms_markup_percent(percent, c.error), MS_CALIBRATION_BINS, ms_markup_percent(other, top2), report->images_kind);
  add_table(&c, &f->details);
  return ms_figure_status(f);
}
