/* The tables of a report page. */
#ifndef MS_REPORT_TABLES_H
#define MS_REPORT_TABLES_H

#include "runtime/report/page.h"
#include "runtime/report/report.h"

/* A section: the report's claims against the runs of its stages; nothing if there is none of them. */
void ms_table_claims(const struct ms_report *report, struct ms_page *page);
/* A row per run: epochs, accuracies, digest. */
void ms_table_runs(const struct ms_report *report, struct ms_text *text);
/* A row per group of several seeds: means and spreads; nothing if there is none. */
void ms_table_seeds(const struct ms_report *report, struct ms_text *text);
/* Those that differ, then those that do not. */
void ms_table_settings(const struct ms_report *report, struct ms_text *text);
/* Digests of data and weights. */
void ms_table_digests(const struct ms_report *report, struct ms_text *text);
/* What made the subject: in the head of the page. It may differ between machines. */
void ms_report_about(const struct ms_report *report, struct ms_text *text);
/* Where and how fast: what else may differ between machines. page: its path, from which files are linked. */
void ms_table_machines(const struct ms_report *report, const char *page, struct ms_text *text);

#endif
