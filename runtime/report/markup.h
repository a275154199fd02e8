/* What pages and figures are written with: text made safe for HTML and SVG, numbers for people. All of it is
 * independent of the locale. */
#ifndef MS_REPORT_MARKUP_H
#define MS_REPORT_MARKUP_H

#include "runtime/platform/text.h"

/* string as the content of an element or of a quoted attribute. What is not UTF-8, and control characters, become
 * U+FFFD. */
void ms_markup_escape(struct ms_text *text, const char *string);

#define MS_SHORT_TEXT 64
/* 1234567 as "1,234,567". */
const char *ms_markup_count(char out[MS_SHORT_TEXT], size_t count);
/* A share of 1 as "98.37 %", the blank not breaking. */
const char *ms_markup_percent(char out[MS_SHORT_TEXT], double share);
/* A score as "0.9837", a dash for NAN. */
const char *ms_markup_score(char out[MS_SHORT_TEXT], double score);
/* "784 → 1024 → 10" */
void ms_markup_layers(struct ms_text *text, const struct ms_network *network);
/* All settings of a configuration under a summary, side by side, but for those of n names. */
void ms_markup_settings(struct ms_text *text, const char *summary, const struct ms_config *config,
                        const char *const *without, size_t n);
/* A relative path as a reference of a link: everything but plain characters and '/' becomes %XX. */
void ms_markup_url(struct ms_text *text, const char *path);

/* A table in the making: the first cell of a row is its heading. */
struct ms_table {
  struct ms_text *text;
  const char *const *names; /* (n), of the columns; escaped */
  size_t n, column;
  bool folded, stacks;
};
/* label: what it is, escaped; a folded table is opened by clicking on that. style: classes of report.css; with "stack",
 * a narrow screen shows the cells of a row below each other, each under the name of its column. names are kept. */
struct ms_table ms_table_begin(struct ms_text *text, const char *label, bool folded, const char *style,
                               const char *const *names, size_t n);
/* Begins a row of that class, or "". */
void ms_table_row(struct ms_table *table, const char *style);
/* Begins the next cell, of that class or "", to which anything may be added; the one before has ended. */
void ms_table_cell(struct ms_table *table, const char *style);
/* A cell of markup, or of a text that is escaped. */
__attribute__((format(printf, 2, 3))) void ms_table_printf(struct ms_table *table, const char *format, ...);
void ms_table_text(struct ms_table *table, const char *string);
void ms_table_end(struct ms_table *table);

#endif
