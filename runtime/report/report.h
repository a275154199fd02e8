/* The report of one run or several: figures, tables, one HTML page. */
#ifndef MS_REPORT_REPORT_H
#define MS_REPORT_REPORT_H

#include "runtime/nn/split.h"
#include "runtime/report/figure.h"
#include "runtime/run/run_read.h"
#include "runtime/run/verified.h"

struct ms_report_run {
  const char *folder; /* as the user named it */
  struct ms_run run;  /* as read from there */
  struct ms_verified verified;
  size_t stage;        /* of the report, from 0, by its configuration; MS_N_STAGES: none of them */
  size_t group;        /* index */
  struct ms_text name; /* what it differs from the others by: "dropout 0.3, lr 0.0005"; escaped */
};

/* Runs that differ in nothing but the seed. */
struct ms_report_group {
  size_t n;
  struct ms_text name; /* escaped */
};

struct ms_report {
  size_t n_runs;
  struct ms_report_run *runs; /* (n_runs) */
  size_t n_groups;
  struct ms_report_group *groups; /* (n_groups), in the order of their first runs */
  const struct ms_data *data;
  const char *data_folder;
  char train_sha256[65], test_sha256[65]; /* of the data; "": no test images */
  /* The run whose mistakes, classes and weights are looked at: the final model, or else the last that was named. Its
   * test images are evaluated anew; if it left them alone its validation images, or else its training images. */
  const struct ms_report_run *subject;
  const char *const *class_names; /* of the subject's run, or else of the data: as struct ms_data has them */
  const char *images_kind;        /* "test", "validation", "drawn validation" or "training" */
  struct ms_dataset images;       /* those */
  size_t first_image;             /* where they begin in their file */
  struct ms_split split;          /* of data->train, as the model's run had it */
  struct ms_evaluation evaluation;
};

/* Reads the runs and evaluates the subject. folders: (n_runs), kept by the report, as is data, which may lack test
 * images if the subject was not tested. MS_ERROR_DATA: a run is damaged, or was trained or tested on other images. On
 * failure *report is empty. */
enum ms_status ms_report_create(const char *const *folders, size_t n_runs, const struct ms_data *data,
                                const char *data_folder, struct ms_report *report);
void ms_report_free(struct ms_report *report);

/* Writes the page to path, and each of its figures to a file of its own in the folder <path without .html>_figures. */
enum ms_status ms_report_write(const struct ms_report *report, const char *path);

/* All misclassified images, to be looked through: by class, in order. */
enum ms_status ms_report_browser(const struct ms_report *report, struct ms_text *text);

/* Gives all runs their groups and names. Part of ms_report_create. */
enum ms_status ms_report_name_runs(struct ms_report *report);
/* Whether the setting has one value in all runs. */
bool ms_report_is_common(const struct ms_report *report, const char *setting);

/* A small drawing of the subject's accuracy over its epochs, the validation images' if there are any. */
void ms_report_spark(const struct ms_report *report, struct ms_text *text);

/* ---- Its figures: each fills *figure but for id and number ---- */

enum ms_status ms_figure_samples(const struct ms_report *report, struct ms_figure *figure);
enum ms_status ms_figure_architecture(const struct ms_report *report, const struct ms_report_run *run,
                                      struct ms_figure *figure);
enum ms_status ms_figure_curves(const struct ms_report_run *run, struct ms_figure *figure);
/* All groups on the same axes; of a single one training and validation. */
enum ms_status ms_figure_comparison(const struct ms_report *report, struct ms_figure *figure);
enum ms_status ms_figure_calibration(const struct ms_report *report, struct ms_figure *figure);
enum ms_status ms_figure_mistakes(const struct ms_report *report, struct ms_figure *figure);
enum ms_status ms_figure_classes(const struct ms_report *report, struct ms_figure *figure);
enum ms_status ms_figure_confusion(const struct ms_report *report, struct ms_figure *figure);
enum ms_status ms_figure_weights(const struct ms_report *report, struct ms_figure *figure);

#endif
