/* What all pages share: head and foot, numbers of figures, the files written. */
#ifndef MS_REPORT_PAGE_H
#define MS_REPORT_PAGE_H

#include "runtime/platform/files.h"
#include "runtime/report/figure.h"

enum { MS_PAGE_FIGURES = 7 }; /* of the report */

struct ms_page {
  const char *path;
  struct ms_text html;
  char figures_folder[MS_PATH_SIZE];
  unsigned figures; /* bit n: Figure n is there */
  size_t n_further; /* figures that the report does not have */
};

/* Before the work: MS_OK if a page may be written there, that is, nothing else is (ms_check_place). */
enum ms_status ms_page_check(const char *path);

/* Makes the folder of the figures, <path without .html>_figures, and writes the head, up to <body>. title: escaped. A
 * page is freed by ms_page_finish. */
enum ms_status ms_page_begin(struct ms_page *page, const char *path, const char *title);

/* Puts a figure that was filled with `status` into the page and into a file of its own, and frees it. number: 1 to 7 as
 * in the report, 0 for a figure that the report does not have. */
enum ms_status ms_page_figure(struct ms_page *page, size_t number, struct ms_figure *figure, enum ms_status status);

/* What follows may differ between two machines, until the page ends. */
void ms_page_machine(struct ms_page *page);

/* Ends the page and, if status is MS_OK, writes it, and removes the files of figures that an earlier page of that name
 * had and this one has not. Returns status, or why it could not be written. */
enum ms_status ms_page_finish(struct ms_page *page, enum ms_status status);

#endif
