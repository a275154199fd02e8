/* The tables of a report page. */
#include "runtime/report/tables.h"

#include <math.h>
#include <string.h>

#include "kernels/kernels.h"
#include "runtime/report/claims.h"
#include "runtime/report/markup.h"

enum { MAX_SETTINGS = 64 };

static const char *name_of(const struct ms_report_run *r) {
  return r->name.data;
}

/* ---- Claims ---- */

/* A true minus sign lines up with the plus. */
static void add_figure_cell(struct ms_table *table, const char *string) {
  ms_table_cell(table, "");
  ms_text_add(table->text, string[0] == '-' ? "−" : "");
  ms_markup_escape(table->text, string[0] == '-' ? string + 1 : string);
}

static void add_claim(const struct ms_claim *claim, struct ms_table *table) {
  static const char *const styles[] = {"", "met", "better", "missed"};
  ms_table_row(table, "");
  ms_table_cell(table, "text");
  ms_markup_escape(table->text, claim->text);
  ms_table_printf(table, "%s", ms_stage_preset(claim->stage));
  add_figure_cell(table, claim->has_report ? claim->report_text : "–");
  add_figure_cell(table, claim->has_run ? claim->run_text : "–");
  add_figure_cell(table, claim->difference_text[0] ? claim->difference_text : "–");
  ms_table_cell(table, "verdict");
  ms_text_printf(table->text, "<b class=\"%s\">", styles[claim->verdict]);
  ms_markup_escape(table->text, claim->verdict_text);
  ms_text_add(table->text, "</b> ");
  ms_markup_escape(table->text, claim->note);
}

void ms_table_claims(const struct ms_report *report, struct ms_page *page) {
  static const char *const names[] = {"claim", "stage", "report", "this run", "difference", ""};
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
  ms_page_section(page, "claims", "The report’s claims");
  struct ms_table table = ms_table_begin(&page->html, "Claims", false, "claims stack", names, 6);
  for (size_t i = 0; i < MS_N_CLAIMS; ++i)
    if (claims[i].has_run)
      add_claim(&claims[i], &table);
  ms_table_end(&table);
  if (!is_mnist)
    ms_text_add(&page->html, "<p class=\"note\">The data is not MNIST, for which the report’s figures are.</p>\n");
}

/* ---- Runs ---- */

void ms_table_runs(const struct ms_report *report, struct ms_text *text) {
  static const char *const names[] = {"run",      "test",   "wrong", "macro F1", "validation",
                                      "training", "epochs", "kept",  "weights"};
  struct ms_table table = ms_table_begin(text, "Runs", false, "numbers runs stack", names, 9);
  for (size_t i = 0; i < report->n_runs; ++i) {
    const struct ms_report_run *r = &report->runs[i];
    const struct ms_run *run = &r->run;
    char percent[MS_SHORT_TEXT], count[MS_SHORT_TEXT];
    ms_table_row(&table, "");
    ms_table_printf(&table, "%s%s", name_of(r), run->interrupted ? ", interrupted" : "");
    ms_table_printf(&table, "%s", run->has_test ? ms_markup_percent(percent, run->test.accuracy) : "–");
    ms_table_printf(&table, "%s", run->has_test ? ms_markup_count(count, run->test.errors) : "–");
    ms_table_printf(&table, "%s", ms_markup_score(count, run->has_test ? run->test.macro_f1 : (double)NAN));
    ms_table_printf(&table, "%s", run->has_validation ? ms_markup_percent(percent, run->validation.accuracy) : "–");
    ms_table_printf(&table, "%s", ms_markup_percent(percent, run->train.accuracy));
    ms_table_printf(&table, "%zu", run->result.epochs_run);
    ms_table_printf(&table, "%zu", run->result.model_epoch);
    ms_table_printf(&table, "<code>%.8s</code>", run->weights_sha256);
  }
  ms_table_end(&table);
}

/* ---- Several seeds ---- */

enum measure { TEST, MACRO_F1, VALIDATION, TRAINING, N_MEASURES };

static double measure_of(const struct ms_run *run, size_t measure) {
  switch (measure) {
  case TEST:
    return run->has_test ? 100 * run->test.accuracy : (double)NAN;
  case MACRO_F1:
    return run->has_test ? run->test.macro_f1 : (double)NAN;
  case VALIDATION:
    return run->has_validation ? 100 * run->validation.accuracy : (double)NAN;
  default:
    return 100 * run->train.accuracy;
  }
}

/* "98.12 ± 0.05", and below it the range; a dash if a run has no such figure. */
static void add_spread(const struct ms_report *report, size_t group, size_t measure, struct ms_table *table) {
  const int decimals = measure == MACRO_F1 ? 4 : 2;
  const double n = (double)report->groups[group].n;
  double sum = 0, squares = 0, low = (double)INFINITY, high = -(double)INFINITY;
  for (int pass = 0; pass < 2; ++pass)
    for (size_t r = 0; r < report->n_runs; ++r) {
      if (report->runs[r].group != group)
        continue;
      const double value = measure_of(&report->runs[r].run, measure), off = value - sum / n;
      if (pass == 0)
        sum += value;
      else
        squares += off * off;
      low = fmin(low, value);
      high = fmax(high, value);
    }
  if (isnan(sum))
    ms_table_printf(table, "–");
  else
    ms_table_printf(table, "%.*f ± %.*f<small>%.*f to %.*f</small>", decimals, sum / n, decimals,
                    sqrt(squares / (n - 1)), decimals, low, decimals, high);
}

void ms_table_seeds(const struct ms_report *report, struct ms_text *text) {
  static const char *const names[] = {"settings", "n", "test, %", "macro F1", "validation, %", "training, %"};
  if (report->n_groups == report->n_runs)
    return;
  ms_text_add(text, "<h3>Over seeds</h3>\n");
  struct ms_table table = ms_table_begin(text, "Over seeds", false, "numbers seeds stack", names, 6);
  for (size_t g = 0; g < report->n_groups; ++g) {
    if (report->groups[g].n < 2)
      continue;
    ms_table_row(&table, "");
    ms_table_printf(&table, "%s", report->groups[g].name.data);
    ms_table_printf(&table, "%zu", report->groups[g].n);
    for (size_t m = 0; m < N_MEASURES; ++m)
      add_spread(report, g, m, &table);
  }
  ms_table_end(&table);
  ms_text_add(text, "<p class=\"note\">Mean ± standard deviation of a sample (n − 1), and the range, of n runs that "
                    "differ in their seeds alone.</p>\n");
}

/* ---- Settings and digests ---- */

/* A row per run, as many settings as differ in columns; then those that all runs share, side by side. */
void ms_table_settings(const struct ms_report *report, struct ms_text *text) {
  const char *names[MAX_SETTINGS] = {"run"};
  char value[MS_SETTING_SIZE];
  size_t n = 1;
  for (size_t i = 0; ms_setting_name(i) && n < MAX_SETTINGS; ++i)
    if (!ms_report_is_common(report, ms_setting_name(i)))
      names[n++] = ms_setting_name(i);
  ms_text_add(text, "<h3 id=\"configuration\">Configuration</h3>\n");
  if (n > 2 || (n == 2 && strcmp(names[1], "seed") != 0)) { /* seeds alone are in the names of the runs */
    struct ms_table table = ms_table_begin(text, "Settings that differ", false, "facts stack", names, n);
    for (size_t r = 0; r < report->n_runs; ++r) {
      ms_table_row(&table, "");
      ms_table_printf(&table, "%s", name_of(&report->runs[r]));
      for (size_t i = 1; i < n; ++i) {
        ms_config_get(report->runs[r].run.config, names[i], value);
        ms_table_text(&table, value);
      }
    }
    ms_table_end(&table);
  }
  ms_markup_settings(text, n > 1 ? "Settings that all runs share" : "All settings", report->runs[0].run.config, names,
                     n);
  ms_text_add(text, "<p class=\"note\">As the options of <code>mnist_simd train</code> take them.</p>\n");
}

void ms_table_digests(const struct ms_report *report, struct ms_text *text) {
  static const char *const names[] = {"SHA-256 of", ""};
  struct ms_table table = ms_table_begin(text, "Digests", false, "facts digests", names, 2);
  for (size_t r = 0; r < report->n_runs; ++r) {
    ms_table_row(&table, "");
    ms_table_printf(&table, "weights, %s, epoch %zu", name_of(&report->runs[r]),
                    report->runs[r].run.result.model_epoch);
    ms_table_printf(&table, "<code>%s</code>", report->runs[r].run.weights_sha256);
  }
  ms_table_row(&table, "");
  ms_table_printf(&table, "training images");
  ms_table_printf(&table, "<code>%s</code>", report->train_sha256);
  if (report->test_sha256[0]) {
    ms_table_row(&table, "");
    ms_table_printf(&table, "test images");
    ms_table_printf(&table, "<code>%s</code>", report->test_sha256);
  }
  ms_table_end(&table);
}

/* ---- Machines ---- */

/* " words text", if there is a text. */
static void add_fact(struct ms_text *text, const char *words, const char *string, const char *end) {
  if (!string)
    return;
  ms_text_add(text, words);
  ms_markup_escape(text, string);
  ms_text_add(text, end);
}

/* What verify said of the run, if it was this user's verify. */
static void add_verified(struct ms_text *text, const struct ms_verified *v) {
  if (v->state == MS_NOT_VERIFIED)
    ms_text_add(text, "no");
  else if (v->state == MS_VERIFIED_OTHERS)
    ms_text_add(text, "not by this user: verify it");
  else if (v->state == MS_VERIFIED_BEFORE)
    ms_text_printf(text, "no: its files have changed since %.10s", v->date);
  else if (!v->passed)
    add_fact(text, "<b class=\"missed\">differs</b>: ", v->difference, "");
  else
    ms_text_printf(text, "<b class=\"met\">%s</b>, epochs %zu to %zu, %.10s, by %s kernels",
                   v->is_whole ? "yes" : "in part", v->first, v->last, v->date, v->isa);
}

void ms_report_about(const struct ms_report *report, struct ms_text *text) {
  const struct ms_run *run = &report->subject->run;
  const struct ms_run_about *about = &run->about;
  ms_text_add(text, "<p class=\"note\">");
  add_fact(text, "<strong>", about->name, "</strong>: ");
  add_fact(text, about->name ? "preset " : "Preset ", run->preset, "");
  add_fact(text, ", begun <time>", about->date, "</time>");
  add_fact(text, " by ", about->author, "");
  add_fact(text, " with ", run->program, "");
  add_fact(text, " (commit ", about->commit, ")");
  add_fact(text, ", compiled by ", about->compiler, "");
  add_fact(text, ", ", run->isa, " kernels");
  ms_text_printf(text, " on %zu thread%s.", run->threads, run->threads == 1 ? "" : "s");
  if (about->origin) {
    ms_text_printf(text, " Its weights began as those of epoch %zu of ", about->origin->epoch);
    add_fact(text, "", about->origin->folder, ".");
  }
  add_fact(text, "<br><code>", about->command, "</code>");
  ms_text_add(text, "<br>Verified: ");
  add_verified(text, &report->subject->verified);
  ms_text_add(text, ".</p>\n");
}

/* The part of path behind the folders that it begins with, which both have. */
static void skip_common(const char **path, const char **other) {
  for (size_t i = 0; (*path)[i] && (*path)[i] == (*other)[i];)
    if ((*path)[i++] == '/') {
      *path += i;
      *other += i;
      i = 0;
    }
}

/* A file of a run as a link from the page; nothing where the two names do not tell the way from one to the other. */
static void add_link(struct ms_text *text, const char *page, const char *folder, const char *file) {
  struct ms_text whole = {0};
  ms_text_printf(&whole, "%s/%s", folder, file);
  if (whole.data)
    ms_path_forward(whole.data);
  const char *from = page, *to = whole.data ? whole.data : "";
  skip_common(&from, &to);
  if (from[0] != '/' && to[0] != '/' && strncmp(from, "..", 2) != 0 && !strstr(from, "/..") && !strchr(from, '\\') &&
      !strchr(to, ':')) {
    ms_text_add(text, " <a href=\"");
    for (; (from = strchr(from, '/')); ++from)
      ms_text_add(text, "../");
    ms_text_add(text, to[0] == '.' ? "" : "./");
    ms_markup_url(text, to);
    ms_text_printf(text, "\">%s</a>", file);
  }
  text->failed |= whole.failed;
  ms_text_free(&whole);
}

void ms_table_machines(const struct ms_report *report, const char *page, struct ms_text *text) {
  static const char *const names[] = {"run", "verified", "folder", "program", "CPU", "time per epoch"};
  struct ms_table table = ms_table_begin(text, "Machines", false, "facts machines stack", names, 6);
  for (size_t i = 0; i < report->n_runs; ++i) {
    const struct ms_report_run *r = &report->runs[i];
    ms_table_row(&table, "");
    ms_table_printf(&table, "%s", name_of(r));
    ms_table_cell(&table, "");
    add_verified(text, &r->verified);
    ms_table_text(&table, r->folder);
    ms_text_add(text, "<small>");
    add_link(text, page, r->folder, "metrics.csv");
    add_link(text, page, r->folder, "run.json");
    ms_text_add(text, "</small>");
    ms_table_text(&table, r->run.program);
    ms_text_printf(text, "<small>contract %zu</small>", r->run.numerics_contract);
    ms_table_text(&table, r->run.cpu);
    add_fact(text, "<small>", r->run.isa, " kernels, ");
    ms_text_printf(text, "%zu thread%s</small>", r->run.threads, r->run.threads == 1 ? "" : "s");
    ms_table_printf(&table, "%.3f s<small>%.1f s in all</small>", r->run.result.epoch_seconds_median,
                    r->run.result.elapsed_s);
  }
  ms_table_end(&table);
  ms_text_add(text, "<p class=\"note\">Data read from ");
  ms_markup_escape(text, report->data_folder);
  if (report->data->description[0]) {
    ms_text_add(text, " (");
    ms_markup_escape(text, report->data->description);
    ms_text_add(text, ")");
  }
  ms_text_printf(text, "; figures made by mnist_simd %s (contract %d) with %s kernels on %zu thread%s.</p>\n",
                 MS_VERSION, MS_CONTRACT_VERSION, ms_isa(), ms_threads(), ms_threads() == 1 ? "" : "s");
}
