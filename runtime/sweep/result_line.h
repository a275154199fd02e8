/* Lines of results.jsonl and times.jsonl: one run each, as JSON. What depends on machine or moment stands in times
 * alone, so that results are the same bytes wherever they come from. */
#ifndef MS_SWEEP_RESULT_LINE_H
#define MS_SWEEP_RESULT_LINE_H

#include "runtime/platform/text.h"
#include "runtime/sweep/sweep.h"

/* Adds the line, its newline included. MS_ERROR_MEMORY. */
enum ms_status ms_sweep_result_line(const struct ms_sweep_result *result, struct ms_text *text);
enum ms_status ms_sweep_time_line(const struct ms_sweep_result *result, struct ms_text *text);

/* A new result from n_bytes of a line, which may be anything. where: file and line, for the message. MS_ERROR_DATA: it
 * is no result. */
enum ms_status ms_sweep_result_parse(const char *where, const char *line, size_t n_bytes,
                                     struct ms_sweep_result **result);
void ms_sweep_result_free(struct ms_sweep_result *result);

/* The same of a time: id, seconds, threads, isa and cpu of *result are filled in. */
enum ms_status ms_sweep_time_parse(const char *where, const char *line, size_t n_bytes, struct ms_sweep_result *result);

/* Whether two results of a run agree; times do not matter. */
bool ms_sweep_same_result(const struct ms_sweep_result *a, const struct ms_sweep_result *b);

#endif
