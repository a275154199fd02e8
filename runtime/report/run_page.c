/* The page about runs: its sections in their order. */
#include <stdio.h>
#include <string.h>

#include "runtime/data/known.h"
#include "runtime/platform/c_locale.h"
#include "runtime/platform/error.h"
#include "runtime/report/claims.h"
#include "runtime/report/markup.h"
#include "runtime/report/page.h"
#include "runtime/report/report.h"
#include "runtime/report/tables.h"

static enum ms_status add_samples(const struct ms_report *report, struct ms_page *page) {
  struct ms_figure f = {0};
  return ms_page_figure(page, &f, ms_figure_samples(report, &f));
}

static bool same_layers(const struct ms_network *a, const struct ms_network *b) {
  bool same = ms_network_layers(a) == ms_network_layers(b);
  for (size_t l = 0; same && l < ms_network_layers(a); ++l)
    same = ms_network_layer(a, l).n_in == ms_network_layer(b, l).n_in &&
           ms_network_layer(a, l).n_out == ms_network_layer(b, l).n_out;
  return same;
}

/* The subject's network, then those of runs with other layers than all before. */
static enum ms_status add_architectures(const struct ms_report *report, struct ms_page *page) {
  struct ms_figure f = {0};
  MS_TRY(ms_page_figure(page, &f, ms_figure_architecture(report, report->subject, &f)));
  for (size_t r = 0; r < report->n_runs; ++r) {
    const struct ms_network *network = report->runs[r].run.network;
    bool drawn = same_layers(network, report->subject->run.network);
    for (size_t before = 0; !drawn && before < r; ++before)
      drawn = same_layers(network, report->runs[before].run.network);
    if (!drawn)
      MS_TRY(ms_page_figure(page, &f, ms_figure_architecture(report, &report->runs[r], &f)));
  }
  return MS_OK;
}

/* Several runs on the same axes, then each by itself, folded away where they are many. */
static enum ms_status add_curves(const struct ms_report *report, struct ms_page *page) {
  const bool several = report->n_runs > 1;
  struct ms_figure f = {0};
  if (several) {
    MS_TRY(ms_page_figure(page, &f, ms_figure_comparison(report, &f)));
    ms_text_printf(&page->html,
                   "<details class=\"each\"%s><summary>Training and validation of each run, figures %zu to "
                   "%zu</summary>\n",
                   report->n_runs > MS_N_STAGES ? "" : " open", page->n_figures + 1, page->n_figures + report->n_runs);
  }
  for (size_t r = 0; r < report->n_runs; ++r)
    MS_TRY(ms_page_figure(page, &f, ms_figure_curves(&report->runs[r], &f)));
  ms_text_add(&page->html, several ? "</details>\n" : "");
  return MS_OK;
}

static enum ms_status add_evaluation(const struct ms_report *report, struct ms_page *page) {
  struct ms_figure f = {0};
  ms_text_add(&page->html, "<div class=\"pair\">\n");
  MS_TRY(ms_page_figure(page, &f, ms_figure_mistakes(report, &f)));
  MS_TRY(ms_page_figure(page, &f, ms_figure_classes(report, &f)));
  MS_TRY(ms_page_figure(page, &f, ms_figure_calibration(report, &f)));
  MS_TRY(ms_page_figure(page, &f, ms_figure_confusion(report, &f)));
  MS_TRY(ms_report_browser(report, &page->html));
  ms_text_add(&page->html, "</div>\n");
  return MS_OK;
}

static enum ms_status add_weights(const struct ms_report *report, struct ms_page *page) {
  struct ms_figure f = {0};
  return ms_page_figure(page, &f, ms_figure_weights(report, &f));
}

/* ---- The page ---- */

static void add_card(struct ms_text *html, const char *value, const char *what) {
  ms_text_printf(html, "<div><dt>%s</dt><dd>%s</dd></div>\n", what, value);
}

/* Of a published data set; NULL: it is not known. */
static const char *data_name(const struct ms_report *report) {
  const struct ms_dataset *train = &report->data->train;
  const struct ms_known_data *known = ms_known_by_labels(train->n, train->labels);
  return strcmp(report->train_sha256, MS_MNIST_SHA256) == 0 ? "MNIST" : known ? known->name : NULL;
}

static void add_head(const struct ms_report *report, struct ms_page *page) {
  const struct ms_report_run *subject = report->subject;
  const struct ms_data *data = report->data;
  const char *name = data_name(report);
  char value[MS_SHORT_TEXT], other[MS_SHORT_TEXT];
  struct ms_text *html = &page->html;
  ms_text_add(html, "<header><p class=\"kicker\">mnist_simd report</p>\n<h1>");
  ms_markup_layers(html, subject->run.network);
  ms_text_printf(
      html,
      "</h1>\n<p>A dense network of %s weights, trained on %s%s%zu × %zu images of %zu classes: %s to train with, ",
      ms_markup_count(value, ms_network_parameters(subject->run.network)), name ? name : "", name ? ", " : "",
      data->train.rows, data->train.cols, data->train.n_classes, ms_markup_count(other, data->train.n));
  ms_text_printf(html, "%s to test. The same seed gives the same bits on every CPU.</p>\n<dl class=\"cards\">\n",
                 data->test.n > 0 ? ms_markup_count(value, data->test.n) : "none");
  snprintf(other, sizeof other, "%s accuracy", report->images_kind);
  add_card(html, ms_markup_percent(value, report->evaluation.accuracy), other);
  add_card(html, ms_markup_count(value, report->evaluation.errors), "misclassified");
  ms_snprintf(value, sizeof value, "%.4f", report->evaluation.macro_f1);
  add_card(html, value, "macro F1");
  snprintf(value, sizeof value, "<code>%.8s</code>", subject->run.weights_sha256);
  add_card(html, value, "SHA-256 of the weights");
  snprintf(other, sizeof other, "%s accuracy by epoch", subject->run.has_validation ? "validation" : "training");
  ms_text_printf(html, "<div><dt>%s</dt><dd>", other);
  ms_report_spark(report, html);
  ms_text_printf(html, "</dd></div>\n</dl><p class=\"note\">Of the run %s", subject->name.data);
  if (report->n_runs > 1)
    ms_text_printf(html, ", the %s of %zu runs", subject->stage == MS_N_STAGES - 1 ? "final model" : "last named",
                   report->n_runs);
  ms_text_add(html, ".</p>\n" MS_PAGE_MACHINE);
  ms_report_about(report, html);
  ms_text_add(html, MS_PAGE_MACHINE_END);
  ms_page_main(page);
}

static enum ms_status add_body(const struct ms_report *report, struct ms_page *page) {
  struct ms_text *html = &page->html;
  ms_table_claims(report, page);
  ms_page_section(page, "runs", "Runs");
  ms_table_runs(report, html);
  ms_text_add(html, "<p class=\"note\">Accuracies are of the kept model with dropout off, on all training, validation "
                    "and test images.</p>\n");
  ms_table_seeds(report, html);
  ms_table_settings(report, html);
  ms_page_section(page, "training", "Training");
  MS_TRY(add_curves(report, page));
  ms_page_section(page, "evaluation", "Evaluation");
  MS_TRY(add_evaluation(report, page));
  ms_page_section(page, "data", "Data and network");
  ms_text_add(html, "<div class=\"pair\">\n");
  MS_TRY(add_samples(report, page));
  MS_TRY(add_architectures(report, page));
  ms_text_add(html, "</div>\n");
  ms_page_section(page, "weights", "What units look for");
  MS_TRY(add_weights(report, page));
  ms_page_section(page, "digests", "Digests");
  ms_table_digests(report, html);
  ms_page_machine(page);
  ms_table_machines(report, page->path, html);
  return MS_OK;
}

enum ms_status ms_report_write(const struct ms_report *report, const char *path) {
  struct ms_page page;
  enum ms_status status = ms_page_begin(&page, path, report->subject->name.data);
  add_head(report, &page);
  if (status == MS_OK)
    status = add_body(report, &page);
  return ms_page_finish(&page, status);
}
