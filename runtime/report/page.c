/* The page: its sections in their order, the numbers of figures, and the files written. */
#include <stdio.h>
#include <string.h>

#include "runtime/platform/error.h"
#include "runtime/platform/files.h"
#include "runtime/report/assets.h"
#include "runtime/report/claims.h"
#include "runtime/report/markup.h"
#include "runtime/report/report.h"
#include "runtime/report/tables.h"

struct page {
  const struct ms_report *report;
  struct ms_text html;
  char figures_folder[MS_PATH_SIZE];
  size_t n_further; /* figures that the report does not have */
};

/* Of the report's numbers 1 to 7; 0 for one that the report does not have. */
static void number_figure(struct page *page, size_t number, struct ms_figure *f) {
  if (number > 0) {
    snprintf(f->id, sizeof f->id, "figure-%zu", number);
    snprintf(f->number, sizeof f->number, "Figure %zu", number);
  } else {
    ++page->n_further;
    snprintf(f->id, sizeof f->id, "figure-a%zu", page->n_further);
    snprintf(f->number, sizeof f->number, "Figure A%zu", page->n_further);
  }
}

/* Puts a figure that was filled with `status` into the page and into a file of its own, and frees it. */
static enum ms_status add_figure(struct page *page, size_t number, struct ms_figure *f, enum ms_status status) {
  struct ms_text file = {0};
  char name[80], path[MS_PATH_SIZE];
  number_figure(page, number, f);
  if (status == MS_OK)
    status = ms_figure_status(f);
  if (status == MS_OK) {
    ms_figure_add_html(&page->html, f);
    ms_figure_add_svg(&file, f);
    snprintf(name, sizeof name, "%s.svg", f->id);
    status = ms_path_join(path, page->figures_folder, name);
  }
  if (status == MS_OK)
    status = ms_text_status(&file, path);
  if (status == MS_OK)
    status = ms_file_write(path, file.data, file.length);
  ms_text_free(&file);
  ms_figure_free(f);
  return status;
}

static enum ms_status add_samples(struct page *page) {
  struct ms_figure f = {0};
  return add_figure(page, 1, &f, ms_figure_samples(page->report, &f));
}

static bool same_layers(const struct ms_network *a, const struct ms_network *b) {
  bool same = ms_network_layers(a) == ms_network_layers(b);
  for (size_t l = 0; same && l < ms_network_layers(a); ++l)
    same = ms_network_layer(a, l).n_in == ms_network_layer(b, l).n_in &&
           ms_network_layer(a, l).n_out == ms_network_layer(b, l).n_out;
  return same;
}

/* The subject's network, then those of runs with other layers than all before. */
static enum ms_status add_architectures(struct page *page) {
  const struct ms_report *report = page->report;
  struct ms_figure f = {0};
  enum ms_status status = add_figure(page, 2, &f, ms_figure_architecture(report, report->subject, &f));
  for (size_t r = 0; status == MS_OK && r < report->n_runs; ++r) {
    const struct ms_network *network = report->runs[r].run.network;
    bool drawn = same_layers(network, report->subject->run.network);
    for (size_t before = 0; !drawn && before < r; ++before)
      drawn = same_layers(network, report->runs[before].run.network);
    if (!drawn)
      status = add_figure(page, 0, &f, ms_figure_architecture(report, &report->runs[r], &f));
  }
  return status;
}

/* The first run of stage 1 is Figure 3, the first of stage 2 is Figure 4. */
static enum ms_status add_curves(struct page *page) {
  bool drawn[MS_N_STAGES] = {false, false, true};
  enum ms_status status = MS_OK;
  for (size_t r = 0; status == MS_OK && r < page->report->n_runs; ++r) {
    const struct ms_report_run *run = &page->report->runs[r];
    const bool of_the_report = run->stage < MS_N_STAGES && !drawn[run->stage];
    struct ms_figure f = {0};
    if (of_the_report)
      drawn[run->stage] = true;
    status = add_figure(page, of_the_report ? 3 + run->stage : 0, &f, ms_figure_curves(run, &f));
  }
  return status;
}

static enum ms_status add_evaluation(struct page *page) {
  struct ms_figure f = {0};
  ms_text_add(&page->html, "<div class=\"pair\">\n");
  enum ms_status status = add_figure(page, 5, &f, ms_figure_mistakes(page->report, &f));
  if (status == MS_OK)
    status = add_figure(page, 6, &f, ms_figure_classes(page->report, &f));
  if (status == MS_OK)
    status = add_figure(page, 7, &f, ms_figure_confusion(page->report, &f));
  if (status == MS_OK)
    status = ms_report_browser(page->report, &page->html);
  ms_text_add(&page->html, "</div>\n");
  return status;
}

static enum ms_status add_weights(struct page *page) {
  struct ms_figure f = {0};
  return add_figure(page, 0, &f, ms_figure_weights(page->report, &f));
}

/* ---- The page ---- */

static void add_tile(struct ms_text *html, const char *value, const char *what) {
  ms_text_printf(html, "<div><dt>%s</dt><dd>%s</dd></div>\n", what, value);
}

static void add_head(struct page *page) {
  const struct ms_report *report = page->report;
  const struct ms_report_run *subject = report->subject;
  const struct ms_data *data = report->data;
  char value[MS_SHORT_TEXT], other[MS_SHORT_TEXT];
  struct ms_text *html = &page->html;
  ms_text_add(html,
              "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<meta name=\"viewport\" "
              "content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
              "<link rel=\"icon\" href=\"data:,\">\n<title>mnist_simd: ");
  ms_text_add(html, subject->name.data ? subject->name.data : "");
  ms_text_add(html, "</title>\n<style>\n");
  ms_text_add_bytes(html, ms_asset_figures_css, ms_asset_figures_css_bytes);
  ms_text_add_bytes(html, ms_asset_report_css, ms_asset_report_css_bytes);
  ms_text_add(html, "</style></head>\n<body>\n<header><p class=\"kicker\">mnist_simd report</p>\n<h1>");
  ms_markup_layers(html, subject->run.network);
  ms_text_printf(
      html, "</h1>\n<p>A dense network of %s weights, trained on %zu × %zu images of %zu classes: %s to train with, ",
      ms_markup_count(value, ms_network_parameters(subject->run.network)), data->train.rows, data->train.cols,
      data->train.n_classes, ms_markup_count(other, data->train.n));
  ms_text_printf(html, "%s to test. The same seed gives the same bits on every CPU.</p>\n<dl class=\"tiles\">\n",
                 ms_markup_count(value, data->test.n));
  snprintf(other, sizeof other, "%s accuracy", report->images_kind);
  add_tile(html, ms_markup_percent(value, report->evaluation.accuracy), other);
  add_tile(html, ms_markup_count(value, report->evaluation.errors), "misclassified");
  snprintf(value, sizeof value, "%.4f", report->evaluation.macro_f1);
  add_tile(html, value, "macro F1");
  snprintf(value, sizeof value, "<code>%.8s</code>", subject->run.weights_sha256);
  add_tile(html, value, "SHA-256 of the weights");
  ms_text_printf(html, "</dl><p class=\"note\">Of the run %s.</p></header>\n<main>\n",
                 subject->name.data ? subject->name.data : "");
}

static enum ms_status add_body(struct page *page) {
  struct ms_text *html = &page->html;
  enum ms_status status = MS_OK;
  ms_table_claims(page->report, html);
  ms_text_add(html, "<section id=\"runs\"><h2>Runs</h2>\n");
  ms_table_runs(page->report, html);
  ms_text_add(
      html, "<p class=\"note\">Accuracies are of the kept model with dropout off, on all training, validation and test "
            "images.</p></section>\n<section id=\"data\"><h2>Data and network</h2>\n<div class=\"pair\">\n");
  if (status == MS_OK)
    status = add_samples(page);
  if (status == MS_OK)
    status = add_architectures(page);
  ms_text_add(html, "</div></section>\n<section id=\"training\"><h2>Training</h2>\n");
  if (status == MS_OK)
    status = add_curves(page);
  ms_text_add(html, "</section>\n<section id=\"evaluation\"><h2>Evaluation</h2>\n");
  if (status == MS_OK)
    status = add_evaluation(page);
  ms_text_add(html, "</section>\n<section id=\"weights\"><h2>What units look for</h2>\n");
  if (status == MS_OK)
    status = add_weights(page);
  ms_text_add(html, "</section>\n<section id=\"configuration\"><h2>Configuration</h2>\n");
  ms_table_settings(page->report, html);
  ms_text_add(html,
              "<p class=\"note\">As the options of <code>mnist_simd train</code> take them.</p>\n<h3>Digests</h3>\n");
  ms_table_digests(page->report, html);
  ms_text_add(
      html,
      "</section>\n<!-- machine: all that may differ between two machines -->\n<section id=\"machine\"><h2>Machine "
      "and times</h2>\n");
  ms_table_machines(page->report, html);
  ms_text_add(html, "</section>\n<!-- machine: end -->\n</main>\n<script>\n");
  ms_text_add_bytes(html, ms_asset_report_js, ms_asset_report_js_bytes);
  ms_text_add(html, "</script>\n</body></html>\n");
  return status;
}

/* <path without .html>_figures */
static enum ms_status name_figures_folder(const char *path, char folder[MS_PATH_SIZE]) {
  size_t length = strlen(path);
  if (length > 5 && strcmp(path + length - 5, ".html") == 0)
    length -= 5;
  if (snprintf(folder, MS_PATH_SIZE, "%.*s_figures", (int)length, path) >= MS_PATH_SIZE)
    return ms_fail(MS_ERROR_ARGUMENT, "%.40s...: the name is too long", path);
  return MS_OK;
}

enum ms_status ms_report_write(const struct ms_report *report, const char *path) {
  struct page page = {.report = report};
  enum ms_status status = name_figures_folder(path, page.figures_folder);
  if (status == MS_OK)
    status = ms_make_folder(page.figures_folder);
  if (status == MS_OK) {
    add_head(&page);
    status = add_body(&page);
  }
  if (status == MS_OK)
    status = ms_text_status(&page.html, path);
  if (status == MS_OK)
    status = ms_file_write(path, page.html.data, page.html.length);
  ms_text_free(&page.html);
  return status;
}
