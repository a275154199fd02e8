/* The page about runs: its sections in their order. */
#include <stdio.h>

#include "runtime/platform/c_locale.h"
#include "runtime/platform/error.h"
#include "runtime/report/claims.h"
#include "runtime/report/markup.h"
#include "runtime/report/page.h"
#include "runtime/report/report.h"
#include "runtime/report/tables.h"

static enum ms_status add_samples(const struct ms_report *report, struct ms_page *page) {
  struct ms_figure f = {0};
  return ms_page_figure(page, 1, &f, ms_figure_samples(report, &f));
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
  MS_TRY(ms_page_figure(page, 2, &f, ms_figure_architecture(report, report->subject, &f)));
  for (size_t r = 0; r < report->n_runs; ++r) {
    const struct ms_network *network = report->runs[r].run.network;
    bool drawn = same_layers(network, report->subject->run.network);
    for (size_t before = 0; !drawn && before < r; ++before)
      drawn = same_layers(network, report->runs[before].run.network);
    if (!drawn)
      MS_TRY(ms_page_figure(page, 0, &f, ms_figure_architecture(report, &report->runs[r], &f)));
  }
  return MS_OK;
}

/* The first run of stage 1 is Figure 3, the first of stage 2 is Figure 4. */
static enum ms_status add_curves(const struct ms_report *report, struct ms_page *page) {
  bool drawn[MS_N_STAGES] = {false, false, true};
  for (size_t r = 0; r < report->n_runs; ++r) {
    const struct ms_report_run *run = &report->runs[r];
    const bool of_the_report = run->stage < MS_N_STAGES && !drawn[run->stage];
    struct ms_figure f = {0};
    if (of_the_report)
      drawn[run->stage] = true;
    MS_TRY(ms_page_figure(page, of_the_report ? 3 + run->stage : 0, &f, ms_figure_curves(run, &f)));
  }
  return MS_OK;
}

static enum ms_status add_evaluation(const struct ms_report *report, struct ms_page *page) {
  struct ms_figure f = {0};
  ms_text_add(&page->html, "<div class=\"pair\">\n");
  MS_TRY(ms_page_figure(page, 5, &f, ms_figure_mistakes(report, &f)));
  MS_TRY(ms_page_figure(page, 6, &f, ms_figure_classes(report, &f)));
  MS_TRY(ms_page_figure(page, 7, &f, ms_figure_confusion(report, &f)));
  MS_TRY(ms_report_browser(report, &page->html));
  ms_text_add(&page->html, "</div>\n");
  return MS_OK;
}

static enum ms_status add_weights(const struct ms_report *report, struct ms_page *page) {
  struct ms_figure f = {0};
  return ms_page_figure(page, 0, &f, ms_figure_weights(report, &f));
}

/* ---- The page ---- */

static void add_card(struct ms_text *html, const char *value, const char *what) {
  ms_text_printf(html, "<div><dt>%s</dt><dd>%s</dd></div>\n", what, value);
}

static void add_head(const struct ms_report *report, struct ms_page *page) {
  const struct ms_report_run *subject = report->subject;
  const struct ms_data *data = report->data;
  char value[MS_SHORT_TEXT], other[MS_SHORT_TEXT];
  struct ms_text *html = &page->html;
  ms_text_add(html, "<header><p class=\"kicker\">mnist_simd report</p>\n<h1>");
  ms_markup_layers(html, subject->run.network);
  ms_text_printf(
      html, "</h1>\n<p>A dense network of %s weights, trained on %zu × %zu images of %zu classes: %s to train with, ",
      ms_markup_count(value, ms_network_parameters(subject->run.network)), data->train.rows, data->train.cols,
      data->train.n_classes, ms_markup_count(other, data->train.n));
  ms_text_printf(html, "%s to test. The same seed gives the same bits on every CPU.</p>\n<dl class=\"cards\">\n",
                 data->test.n > 0 ? ms_markup_count(value, data->test.n) : "none");
  snprintf(other, sizeof other, "%s accuracy", report->images_kind);
  add_card(html, ms_markup_percent(value, report->evaluation.accuracy), other);
  add_card(html, ms_markup_count(value, report->evaluation.errors), "misclassified");
  ms_snprintf(value, sizeof value, "%.4f", report->evaluation.macro_f1);
  add_card(html, value, "macro F1");
  snprintf(value, sizeof value, "<code>%.8s</code>", subject->run.weights_sha256);
  add_card(html, value, "SHA-256 of the weights");
  ms_text_printf(html, "</dl><p class=\"note\">Of the run %s.</p></header>\n<main>\n",
                 subject->name.data ? subject->name.data : "");
}

static enum ms_status add_body(const struct ms_report *report, struct ms_page *page) {
  struct ms_text *html = &page->html;
  ms_table_claims(report, html);
  ms_text_add(html, "<section id=\"runs\"><h2>Runs</h2>\n");
  ms_table_runs(report, html);
  ms_text_add(
      html, "<p class=\"note\">Accuracies are of the kept model with dropout off, on all training, validation and test "
            "images.</p></section>\n<section id=\"data\"><h2>Data and network</h2>\n<div class=\"pair\">\n");
  MS_TRY(add_samples(report, page));
  MS_TRY(add_architectures(report, page));
  ms_text_add(html, "</div></section>\n<section id=\"training\"><h2>Training</h2>\n");
  MS_TRY(add_curves(report, page));
  ms_text_add(html, "</section>\n<section id=\"evaluation\"><h2>Evaluation</h2>\n");
  MS_TRY(add_evaluation(report, page));
  ms_text_add(html, "</section>\n<section id=\"weights\"><h2>What units look for</h2>\n");
  MS_TRY(add_weights(report, page));
  ms_text_add(html, "</section>\n<section id=\"configuration\"><h2>Configuration</h2>\n");
  ms_table_settings(report, html);
  ms_text_add(html,
              "<p class=\"note\">As the options of <code>mnist_simd train</code> take them.</p>\n<h3>Digests</h3>\n");
  ms_table_digests(report, html);
  ms_text_add(html, "</section>\n");
  ms_page_machine(page);
  ms_table_machines(report, html);
  return MS_OK;
}

enum ms_status ms_report_write(const struct ms_report *report, const char *path) {
  struct ms_page page;
  enum ms_status status = ms_page_begin(&page, path, report->subject->name.data ? report->subject->name.data : "");
  add_head(report, &page);
  if (status == MS_OK)
    status = add_body(report, &page);
  return ms_page_finish(&page, status);
}
