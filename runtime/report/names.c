/* Groups of runs that differ in their seeds alone, and names that say what runs differ in. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/nn/settings.h"
#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"
#include "runtime/report/claims.h"
#include "runtime/report/markup.h"
#include "runtime/report/report.h"

/* Differences that a name may list. A preset says more in fewer words than longer lists. */
enum { MAX_LISTED = 4 };

static bool same_setting(const struct ms_config *a, const struct ms_config *b, const char *setting) {
  char of_a[MS_SETTING_SIZE], of_b[MS_SETTING_SIZE];
  ms_config_get(a, setting, of_a);
  ms_config_get(b, setting, of_b);
  return strcmp(of_a, of_b) == 0;
}

static bool same_but_seed(const struct ms_config *a, const struct ms_config *b) {
  for (size_t i = 0; ms_setting_name(i); ++i)
    if (strcmp(ms_setting_name(i), "seed") != 0 && !same_setting(a, b, ms_setting_name(i)))
      return false;
  return true;
}

/* Whether both began with the same weights, or with random ones. */
static bool same_origin(const struct ms_run *a, const struct ms_run *b) {
  const struct ms_run_origin *of_a = a->about.origin, *of_b = b->about.origin;
  return of_a && of_b ? strcmp(of_a->weights_sha256, of_b->weights_sha256) == 0 : !of_a && !of_b;
}

/* A second run of the same seed has the same bits, and an interrupted one is shorter: neither may enter a mean. */
static bool belongs_to(const struct ms_report *report, const struct ms_report_run *r, size_t group) {
  for (const struct ms_report_run *other = report->runs; other < r; ++other)
    if (other->group == group &&
        (other->run.interrupted || other->run.config->seed == r->run.config->seed ||
         !same_origin(&other->run, &r->run) || !same_but_seed(other->run.config, r->run.config)))
      return false;
  return !r->run.interrupted;
}

static void make_groups(struct ms_report *report) {
  for (struct ms_report_run *r = report->runs; r < report->runs + report->n_runs; ++r) {
    r->group = 0;
    while (r->group < report->n_groups && !belongs_to(report, r, r->group))
      ++r->group;
    if (r->group == report->n_groups)
      ++report->n_groups;
    ++report->groups[r->group].n;
  }
}

bool ms_report_is_common(const struct ms_report *report, const char *setting) {
  for (size_t r = 1; r < report->n_runs; ++r)
    if (!same_setting(report->runs[0].run.config, report->runs[r].run.config, setting))
      return false;
  return true;
}

static size_t count_varied(const struct ms_report *report) {
  size_t n = 0;
  for (size_t i = 0; ms_setting_name(i); ++i)
    n += strcmp(ms_setting_name(i), "seed") != 0 && !ms_report_is_common(report, ms_setting_name(i));
  return n;
}

/* The settings that differ among the runs, or from base unless it is NULL; the name may already hold a word. */
static void add_settings(const struct ms_report *report, const struct ms_config *config, struct ms_config *base,
                         struct ms_text *name) {
  size_t n = 0;
  for (size_t i = 0; ms_setting_name(i); ++i) {
    const char *setting = ms_setting_name(i);
    char value[MS_SETTING_SIZE];
    const bool same = base ? same_setting(base, config, setting) : ms_report_is_common(report, setting);
    if (base && strcmp(setting, "hidden") == 0 && ms_config_resize(base, config->n_hidden) != MS_OK)
      name->failed = true; /* lists of other layers would differ by their length alone */
    if (same || strcmp(setting, "seed") == 0)
      continue;
    if (n++ == MAX_LISTED) {
      ms_text_add(name, ", …");
      break;
    }
    ms_config_get(config, setting, value);
    ms_text_printf(name, "%s%s ", name->length > 0 ? ", " : "", setting);
    ms_markup_escape(name, value);
  }
}

/* Whether somebody has named the run. Else it has the name of the default folder, which begins in this way. */
static bool is_named(const struct ms_run *run) {
  char start[MS_RUN_TEXT_BYTES + 64];
  const int n = snprintf(start, sizeof start, "%s-seed%llu", run->preset, (unsigned long long)run->config->seed);
  const char *name = run->about.name;
  return name && (strncmp(name, start, (size_t)n) != 0 || (name[n] != '\0' && name[n] != '-'));
}

/* A run that was named keeps its name, unless it is one of several seeds. */
static void name_group(const struct ms_report *report, size_t group, const struct ms_run *run, struct ms_text *name) {
  const size_t n_varied = count_varied(report);
  struct ms_config *preset = NULL;
  if (is_named(run) && report->groups[group].n == 1) {
    ms_markup_escape(name, run->about.name);
    return;
  }
  if (n_varied > 0 && n_varied <= MAX_LISTED) {
    add_settings(report, run->config, NULL, name);
    return;
  }
  ms_markup_escape(name, run->preset);
  const enum ms_status status = ms_config_preset(run->preset, &preset);
  if (status == MS_OK)
    add_settings(report, run->config, preset, name);
  name->failed |= status == MS_ERROR_MEMORY; /* else no preset of this program's: its name alone */
  ms_config_free(preset);
}

static enum ms_status name_groups(struct ms_report *report) {
  for (size_t g = 0, r = 0; g < report->n_groups; ++g) {
    struct ms_text *name = &report->groups[g].name, base = {0};
    size_t same = 1;
    while (report->runs[r].group != g)
      ++r;
    name_group(report, g, &report->runs[r].run, &base);
    for (size_t other = 0; base.data && other < g; ++other) {
      const char *of_other = report->groups[other].name.data;
      same += strncmp(of_other, base.data, base.length) == 0 &&
              (of_other[base.length] == '\0' || strncmp(of_other + base.length, " (", 2) == 0);
    }
    ms_text_printf(name, same > 1 ? "%s (%zu)" : "%s", base.data ? base.data : "", same);
    name->failed |= base.failed;
    ms_text_free(&base);
    MS_TRY(ms_text_status(name, "names of runs"));
  }
  return MS_OK;
}

enum ms_status ms_report_name_runs(struct ms_report *report) {
  MS_TRY(ms_allocate(report->n_runs, sizeof *report->groups, "report", &report->groups));
  make_groups(report);
  MS_TRY(name_groups(report));
  const bool seeds_matter = report->n_runs == 1 || !ms_report_is_common(report, "seed");
  for (struct ms_report_run *r = report->runs; r < report->runs + report->n_runs; ++r) {
    const bool seed_alone = report->n_groups == 1 && report->n_runs > 1;
    if (!seed_alone)
      ms_text_add(&r->name, report->groups[r->group].name.data);
    if (seeds_matter && !(is_named(&r->run) && report->groups[r->group].n == 1))
      ms_text_printf(&r->name, "%sseed %llu", seed_alone ? "" : ", ", (unsigned long long)r->run.config->seed);
    MS_TRY(ms_text_status(&r->name, "names of runs"));
  }
  return MS_OK;
}
