/* metrics.csv and times.csv. run.h reads the former back. */
#ifndef MS_RUN_METRICS_H
#define MS_RUN_METRICS_H

#include "runtime/platform/text.h"

/* metrics.csv and times.csv as they grow: one row an epoch, the whole files written anew each time. Times are apart,
 * so that metrics.csv is the same, byte for byte, for the same seed. */
struct ms_metrics_log {
  struct ms_text metrics, times;
};

enum ms_status ms_metrics_log_add(struct ms_metrics_log *log, const struct ms_epoch *epoch);
/* Goes on with texts of before, which it copies. */
enum ms_status ms_metrics_log_resume(struct ms_metrics_log *log, const char *metrics, const char *times);
/* Writes both files, if there is an epoch. */
enum ms_status ms_metrics_log_write(const struct ms_metrics_log *log, const char *folder);
void ms_metrics_log_free(struct ms_metrics_log *log);

#endif
