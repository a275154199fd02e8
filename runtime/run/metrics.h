/* metrics.csv and times.csv. run.h reads the former back. */
#ifndef MS_RUN_METRICS_H
#define MS_RUN_METRICS_H

#include "runtime/platform/text.h"

/* metrics.csv and times.csv as they grow: one row an epoch, the whole files written anew each time. Times are apart,
 * so that metrics.csv is the same, byte for byte, for the same seed. */
struct ms_metrics_log {
  struct ms_text metrics, times;
  bool is_behind;            /* a row is not written yet */
  double written_s, write_s; /* clock reading after the last writing; seconds that it took */
};

enum ms_status ms_metrics_log_add(struct ms_metrics_log *log, const struct ms_epoch *epoch);
/* Goes on with texts of before, which it copies. */
enum ms_status ms_metrics_log_resume(struct ms_metrics_log *log, const char *metrics, const char *times);
/* Writes both files, if a row is behind. */
enum ms_status ms_metrics_log_write(struct ms_metrics_log *log, const char *folder);
/* The same, unless more than a hundredth of the time would go into it: files that grow for 100,000 epochs. */
enum ms_status ms_metrics_log_offer(struct ms_metrics_log *log, const char *folder);
void ms_metrics_log_free(struct ms_metrics_log *log);

#endif
