/* What a report is made of: the runs, and one model evaluated anew. */
#include "runtime/report/report.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"
#include "runtime/report/claims.h"
#include "runtime/report/class_names.h"

/* The run was trained, or tested, on the images with this digest; "" is not known. */
static enum ms_status check_images(const struct ms_report *report, const char *folder, const char *done,
                                   const char *digest, const char *found) {
  if (!digest[0] || !found[0] || strcmp(digest, found) == 0)
    return MS_OK;
  return ms_fail_by(
      MS_ERROR_DATA, MS_OTHER_DATA,
      "%s: was %s on other images than those of %s (SHA-256 %.16s..., these have %.16s...): name its data", folder,
      done, report->data_folder, digest, found);
}

static enum ms_status read_run(struct ms_report *report, const char *folder, struct ms_report_run *r) {
  r->folder = folder;
  MS_TRY(ms_run_read(folder, &r->run));
  MS_TRY(check_images(report, folder, "trained", r->run.data_sha256, report->train_sha256));
  if (r->run.has_test)
    MS_TRY(check_images(report, folder, "tested", r->run.test_sha256, report->test_sha256));
  r->stage = ms_stage_of(r->run.config);
  return ms_verified_read(folder, &r->verified);
}

/* In the order of the report's stages, others after them; the order they were named in stands where it does not
 * matter. */
static void sort_runs(struct ms_report *report) {
  for (size_t i = 1; i < report->n_runs; ++i)
    for (size_t j = i; j > 0 && report->runs[j].stage < report->runs[j - 1].stage; --j) {
      const struct ms_report_run run = report->runs[j];
      report->runs[j] = report->runs[j - 1];
      report->runs[j - 1] = run;
    }
}

/* The first final model, or else the run that was named last. */
static const struct ms_report_run *choose_subject(const struct ms_report *report, const char *last) {
  const struct ms_report_run *subject = NULL;
  for (size_t r = 0; r < report->n_runs; ++r) {
    if (report->runs[r].stage == MS_N_STAGES - 1)
      return &report->runs[r];
    if (report->runs[r].folder == last)
      subject = &report->runs[r];
  }
  return subject;
}

static const char *const *choose_names(const struct ms_report *report) {
  const struct ms_run *run = &report->subject->run;
  return ms_class_has_names(run->class_names, MS_MAX_CLASSES) ? run->class_names : report->data->class_names;
}

/* Never test images that the run itself has left alone. */
static enum ms_status choose_images(struct ms_report *report) {
  const struct ms_run *run = &report->subject->run;
  const struct ms_dataset *train = &report->data->train;
  MS_TRY(ms_split_make(train, run->config, &report->split));
  if (run->has_test) {
    report->images_kind = "test";
    report->images = report->data->test;
  } else if (run->has_validation) {
    const bool are_last = run->config->val_shuffle == MS_VAL_LAST;
    report->images_kind = are_last ? "validation" : "drawn validation"; /* numbered among themselves */
    report->first_image = are_last ? train->n - run->config->val : 0;
    report->images = report->split.validation;
  } else {
    report->images_kind = "training";
    report->images = *train;
  }
  return MS_OK;
}

static enum ms_status evaluate(struct ms_report *report) {
  const struct ms_run *run = &report->subject->run;
  const char *folder = report->subject->folder;
  if (run->has_test && report->data->test.n == 0)
    return ms_fail_by(MS_ERROR_DATA, MS_OTHER_DATA, "%s: was tested on images that %s does not hold: name its data",
                      folder, report->data_folder);
  MS_TRY(choose_images(report));
  MS_TRY(ms_evaluate(run->network, &report->images, &report->evaluation));
  const struct ms_evaluation *found = &report->evaluation;
  const struct ms_evaluation *stored = run->has_test         ? &run->test
                                       : run->has_validation ? &run->validation
                                                             : &run->train;
  if (found->n != stored->n || found->errors != stored->errors || found->n_classes != stored->n_classes)
    return ms_fail_by(MS_ERROR_DATA, MS_OTHER_DATA,
                      "%s: %zu of %zu %s images are misclassified, its run.json says %zu of %zu: name its data", folder,
                      found->errors, found->n, report->images_kind, stored->errors, stored->n);
  return MS_OK;
}

enum ms_status ms_report_create(const char *const *folders, size_t n_runs, const struct ms_data *data,
                                const char *data_folder, struct ms_report *report) {
  memset(report, 0, sizeof *report);
  report->data = data;
  report->data_folder = data_folder;
  ms_dataset_sha256(&data->train, report->train_sha256);
  if (data->test.n > 0)
    ms_dataset_sha256(&data->test, report->test_sha256);
  enum ms_status status = ms_allocate(n_runs, sizeof *report->runs, "report", &report->runs);
  for (size_t r = 0; status == MS_OK && r < n_runs; ++r) {
    report->n_runs = r + 1;
    status = read_run(report, folders[r], &report->runs[r]);
  }
  if (status == MS_OK) {
    sort_runs(report);
    status = ms_report_name_runs(report);
  }
  if (status == MS_OK) {
    report->subject = choose_subject(report, folders[n_runs - 1]);
    report->class_names = choose_names(report);
    status = evaluate(report);
  }
  if (status != MS_OK)
    ms_report_free(report);
  return status;
}

void ms_report_free(struct ms_report *report) {
  for (size_t r = 0; r < report->n_runs; ++r) {
    ms_run_free(&report->runs[r].run);
    ms_text_free(&report->runs[r].name);
  }
  for (size_t g = 0; g < report->n_groups; ++g)
    ms_text_free(&report->groups[g].name);
  free(report->groups);
  free(report->runs);
  ms_evaluation_free(&report->evaluation);
  ms_split_free(&report->split);
  memset(report, 0, sizeof *report);
}
