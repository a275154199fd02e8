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

#endif
