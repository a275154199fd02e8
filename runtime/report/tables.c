/* The tables of a report page. */
#include "runtime/report/tables.h"

#include <string.h>

#include "kernels/kernels.h"
#include "runtime/report/claims.h"
#include "runtime/report/markup.h"

static const char *name_of(const struct ms_report_run *r) {
  return r->name.data ? r->name.data : "";
}

static void add_head(struct ms_text *text, const char *style, const char *const *names, size_t n) {
  ms_text_printf(text, "<div class=\"scroll\"><table class=\"%s\"><thead><tr>", style);
  for (size_t i = 0; i < n; ++i)
    ms_text_printf(text, "<th>%s</th>", names[i]);
  ms_text_add(text, "</tr></thead><tbody>\n");
}

static void add_cell(struct ms_text *text, const char *style, const char *string) {
  ms_text_printf(text, style ? "<td class=\"%s\">" : "<td>", style);
  ms_markup_escape(text, string);
  ms_text_add(text, "</td>");
}

/* ---- Claims ---- */

/* A true minus sign lines up with the plus. */
static void add_figure_cell(struct ms_text *text, const char *name, const char *string) {
  const bool negative = string[0] == '-';
  ms_text_printf(text, "<td data-name=\"%s\">%s", name, negative ? "−" : "");
  ms_markup_escape(text, negative ? string + 1 : string);
  ms_text_add(text, "</td>");
}

static void add_claim(const struct ms_claim *claim, bool of_a_new_stage, struct ms_text *text) {
  static const char *const styles[] = {"", "met", "better", "missed"};
  ms_text_printf(text, "<tr><td class=\"stage\">%s</td>", of_a_new_stage ? ms_stage_preset(claim->stage) : "");
  add_cell(text, "text", claim->text);
  add_figure_cell(text, "report", claim->has_report ? claim->report_text : "–");
  add_figure_cell(text, "this run", claim->has_run ? claim->run_text : "–");
  add_figure_cell(text, "difference", claim->difference_text[0] ? claim->difference_text : "–");
  ms_text_printf(text, "<td class=\"verdict\"><b class=\"%s\">", styles[claim->verdict]);
  ms_markup_escape(text, claim->verdict_text);
  ms_text_add(text, "</b> ");
  ms_markup_escape(text, claim->note);
  ms_text_add(text, "</td></tr>\n");
}

void ms_table_claims(const struct ms_report *report, struct ms_text *text) {
  static const char *const names[] = {"stage", "claim", "report", "this run", "difference", ""};
  struct ms_claim_run views[MS_N_STAGES];
  const struct ms_claim_run *stages[MS_N_STAGES] = {NULL};
  struct ms_claim claims[MS_N_CLAIMS];
  const bool is_mnist = strcmp(report->train_sha256, MS_MNIST_SHA256) == 0 &&
                        (!report->test_sha256[0] || strcmp(report->test_sha256, MS_MNIST_TEST_SHA256) == 0);
  bool any = false;
  for (size_t r = report->n_runs; r-- > 0;) { /* of several runs of a stage, the first is taken */
    const struct ms_report_run *run = &report->runs[r];
    if (run->stage == MS_N_STAGES || run->run.interrupted)
      continue;
    views[run->stage] = ms_claim_run(&run->run);
    stages[run->stage] = &views[run->stage];
    any = true;
  }
  if (!any)
    return;
  ms_claims(stages, is_mnist, claims);
  ms_text_add(text, "<section id=\"claims\"><h2>The report’s claims</h2>\n");
  add_head(text, "claims", names, 6);
  for (size_t i = 0, before = MS_N_STAGES; i < MS_N_CLAIMS; ++i)
    if (claims[i].has_run) {
      add_claim(&claims[i], claims[i].stage != before, text);
      before = claims[i].stage;
    }
  ms_text_add(text, "</tbody></table></div>\n");
  if (!is_mnist)
    ms_text_add(text, "<p class=\"note\">The data is not MNIST, for which the report’s figures are.</p>\n");
  ms_text_add(text, "</section>\n");
}

/* ---- Runs ---- */

void ms_table_runs(const struct ms_report *report, struct ms_text *text) {
  static const char *const names[] = {"run",      "test",   "wrong", "macro F1", "validation",
                                      "training", "epochs", "kept",  "weights"};
  add_head(text, "numbers runs", names, sizeof names / sizeof names[0]);
  for (size_t i = 0; i < report->n_runs; ++i) {
    const struct ms_report_run *r = &report->runs[i];
    const struct ms_run *run = &r->run;
    char percent[MS_SHORT_TEXT], count[MS_SHORT_TEXT];
    ms_text_printf(text, "<tr><td>%s%s</td>", name_of(r), run->interrupted ? ", interrupted" : "");
    if (run->has_test)
      ms_text_printf(text, "<td>%s</td><td>%s</td><td>%.4f</td>", ms_markup_percent(percent, run->test.accuracy),
                     ms_markup_count(count, run->test.errors), run->test.macro_f1);
    else
      ms_text_add(text, "<td>–</td><td>–</td><td>–</td>");
    ms_text_printf(text, "<td>%s</td>",
                   run->has_validation ? ms_markup_percent(percent, run->validation.accuracy) : "–");
    ms_text_printf(text, "<td>%s</td><td>%zu</td><td>%zu</td><td><code>%.8s</code></td></tr>\n",
                   ms_markup_percent(percent, run->train.accuracy), run->result.epochs_run, run->result.model_epoch,
                   run->weights_sha256);
  }
  ms_text_add(text, "</tbody></table></div>\n");
}

/* ---- Settings and digests ---- */

static void add_run_names(const struct ms_report *report, const char *first, const char *style, struct ms_text *text) {
  ms_text_printf(text, "<div class=\"scroll\"><table class=\"%s\"><thead><tr><th>%s</th>", style, first);
  for (size_t r = 0; r < report->n_runs; ++r)
    ms_text_printf(text, "<th>%s</th>", name_of(&report->runs[r]));
  ms_text_add(text, "</tr></thead><tbody>\n");
}

/* Rows in which the runs differ stand out. */
static void add_setting(const struct ms_report *report, const char *name, struct ms_text *text) {
  char first[MS_SETTING_SIZE], value[MS_SETTING_SIZE];
  bool differs = false;
  ms_config_get(report->runs[0].run.config, name, first);
  for (size_t r = 1; r < report->n_runs; ++r) {
    ms_config_get(report->runs[r].run.config, name, value);
    differs |= strcmp(first, value) != 0;
  }
  ms_text_printf(text, "<tr%s><td>%s</td>", differs ? " class=\"differs\"" : "", name);
  for (size_t r = 0; r < report->n_runs; ++r) {
    ms_config_get(report->runs[r].run.config, name, value);
    add_cell(text, NULL, value);
  }
  ms_text_add(text, "</tr>\n");
}

void ms_table_settings(const struct ms_report *report, struct ms_text *text) {
  add_run_names(report, "setting", "facts", text);
  for (size_t i = 0; ms_setting_name(i); ++i)
    add_setting(report, ms_setting_name(i), text);
  ms_text_add(text, "</tbody></table></div>\n");
}

void ms_table_digests(const struct ms_report *report, struct ms_text *text) {
  static const char *const names[] = {"SHA-256 of", ""};
  add_head(text, "facts digests", names, 2);
  for (size_t r = 0; r < report->n_runs; ++r)
    ms_text_printf(text, "<tr><td>weights, %s, epoch %zu</td><td><code>%s</code></td></tr>\n",
                   name_of(&report->runs[r]), report->runs[r].run.result.model_epoch,
                   report->runs[r].run.weights_sha256);
  ms_text_printf(text, "<tr><td>training images</td><td><code>%s</code></td></tr>\n", report->train_sha256);
  if (report->test_sha256[0])
    ms_text_printf(text, "<tr><td>test images</td><td><code>%s</code></td></tr>\n", report->test_sha256);
  ms_text_add(text, "</tbody></table></div>\n");
}

/* ---- Machines ---- */

void ms_table_machines(const struct ms_report *report, struct ms_text *text) {
  static const char *const names[] = {"run", "folder",  "program",        "contract", "kernels",
                                      "CPU", "threads", "time per epoch", "in all"};
  add_head(text, "facts machines", names, sizeof names / sizeof names[0]);
  for (size_t i = 0; i < report->n_runs; ++i) {
    const struct ms_report_run *r = &report->runs[i];
    ms_text_printf(text, "<tr><td>%s</td>", name_of(r));
    add_cell(text, NULL, r->folder);
    add_cell(text, NULL, r->run.program);
    ms_text_printf(text, "<td>%zu</td>", r->run.numerics_contract);
    add_cell(text, NULL, r->run.isa);
    add_cell(text, NULL, r->run.cpu);
    ms_text_printf(text, "<td>%zu</td><td>%.3f s</td><td>%.1f s</td></tr>\n", r->run.threads,
                   r->run.result.epoch_seconds_median, r->run.result.elapsed_s);
  }
  ms_text_add(text, "</tbody></table></div>\n<p class=\"note\">Data read from ");
  ms_markup_escape(text, report->data_folder);
  if (report->data->description[0]) {
    ms_text_add(text, " (");
    ms_markup_escape(text, report->data->description);
    ms_text_add(text, ")");
  }
  ms_text_printf(text, "; figures made by mnist_simd %s (contract %d) with %s kernels on %zu thread%s.</p>\n",
                 MS_VERSION, MS_CONTRACT_VERSION, ms_isa(), ms_threads(), ms_threads() == 1 ? "" : "s");
}
