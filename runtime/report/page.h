/* What all pages share: head and foot, numbers of figures, the files written. */
#ifndef MS_REPORT_PAGE_H
#define MS_REPORT_PAGE_H

#include "runtime/platform/files.h"
#include "runtime/report/figure.h"

struct ms_page {
  const char *path;
  struct ms_text html;
  struct ms_text links; /* to the sections */
  size_t links_at;      /* their place in html */
  bool in_section;
  char figures_folder[MS_PATH_SIZE];
  size_t n_figures;
};

/* Before the work: MS_OK if a page may be written there, that is, nothing else is (ms_check_place). */
enum ms_status ms_page_check(const char *path);

/* Makes the folder of the figures, <path without .html>_figures, and writes the head, up to <body>. title: escaped. A
 * page is freed by ms_page_finish. */
enum ms_status ms_page_begin(struct ms_page *page, const char *path, const char *title);

/* Ends <header>: the sections follow, behind links to them. */
void ms_page_main(struct ms_page *page);

/* Begins a section, which ends where the next one begins. title: escaped. */
void ms_page_section(struct ms_page *page, const char *id, const char *title);

/* Puts a figure that was filled with `status` into the page and into a file of its own, and frees it. */
enum ms_status ms_page_figure(struct ms_page *page, struct ms_figure *figure, enum ms_status status);

/* Around all that may differ between two machines. */
#define MS_PAGE_MACHINE "<!-- machine: all that may differ between two machines -->\n"
#define MS_PAGE_MACHINE_END "<!-- machine: end -->\n"

/* Begins the last section, which may differ between two machines. */
void ms_page_machine(struct ms_page *page);

/* Ends the page and, if status is MS_OK, writes it, and removes the files of figures that an earlier page of that name
 * had and this one has not. Returns status, or why it could not be written. */
enum ms_status ms_page_finish(struct ms_page *page, enum ms_status status);

#endif
