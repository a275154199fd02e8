/* The tables of a report page. */
#ifndef MS_REPORT_TABLES_H
#define MS_REPORT_TABLES_H

#include "runtime/report/report.h"

/* The report's claims against the runs of its stages; nothing if there is none of them. */
void ms_table_claims(const struct ms_report *report, struct ms_text *text);
/* A row per run: epochs, accuracies, digest. */
void ms_table_runs(const struct ms_report *report, struct ms_text *text);
/* A row per setting, a column per run. */
void ms_table_settings(const struct ms_report *report, struct ms_text *text);
/* Digests of data and weights. */
void ms_table_digests(const struct ms_report *report, struct ms_text *text);
/* Where and how fast: all of the page that may differ between machines. */
void ms_table_machines(const struct ms_report *report, struct ms_text *text);

#endif
