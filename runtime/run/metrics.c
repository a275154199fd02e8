/* metrics.csv and times.csv: writing, and reading the former back. */
#include "runtime/run/metrics.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/platform/clock.h"
#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"
#include "runtime/platform/parse.h"
#include "runtime/run/folder.h"
#include "runtime/run/run_read.h"

enum { EPOCH, TRAIN_LOSS, TRAIN_ACCURACY, VAL_LOSS, VAL_ACCURACY, WEIGHTS, N_FIELDS, MAX_ROW_BYTES = 512 };
static const char header[] = "epoch,train_loss,train_accuracy,val_loss,val_accuracy,weights_sha256";

/* ---- Writing ---- */

static enum ms_status log_status(const struct ms_metrics_log *log) {
  MS_TRY(ms_text_status(&log->metrics, MS_METRICS_FILE));
  return ms_text_status(&log->times, MS_TIMES_FILE);
}

enum ms_status ms_metrics_log_add(struct ms_metrics_log *log, const struct ms_epoch *epoch) {
  if (log->metrics.length == 0) {
    ms_text_printf(&log->metrics, "%s\n", header);
    ms_text_add(&log->times, "epoch,seconds\n");
  }
  ms_text_printf(&log->metrics, "%zu,%.10g,%.10g,", epoch->epoch, epoch->train_loss, epoch->train_accuracy);
  /* Nothing is written where there was no validation. */
  if (epoch->has_validation)
    ms_text_printf(&log->metrics, "%.10g,%.10g,", epoch->val_loss, epoch->val_accuracy);
  else
    ms_text_add(&log->metrics, ",,");
  ms_text_printf(&log->metrics, "%s\n", epoch->weights_sha256);
  ms_text_printf(&log->times, "%zu,%.3f\n", epoch->epoch, epoch->seconds);
  log->is_behind = true;
  return log_status(log);
}

enum ms_status ms_metrics_log_resume(struct ms_metrics_log *log, const char *metrics, const char *times) {
  ms_text_add(&log->metrics, metrics);
  ms_text_add(&log->times, times);
  log->is_behind = log->metrics.length > 0;
  return log_status(log);
}

enum ms_status ms_metrics_log_write(struct ms_metrics_log *log, const char *folder) {
  const double start = ms_clock_s();
  if (!log->is_behind)
    return MS_OK;
  MS_TRY(ms_run_folder_write(folder, MS_METRICS_FILE, &log->metrics));
  MS_TRY(ms_run_folder_write(folder, MS_TIMES_FILE, &log->times));
  log->is_behind = false;
  log->written_s = ms_clock_s();
  log->write_s = log->written_s - start;
  return MS_OK;
}

enum ms_status ms_metrics_log_offer(struct ms_metrics_log *log, const char *folder) {
  const double share = 0.01;
  return share * (ms_clock_s() - log->written_s) < log->write_s ? MS_OK : ms_metrics_log_write(log, folder);
}

void ms_metrics_log_free(struct ms_metrics_log *log) {
  ms_text_free(&log->metrics);
  ms_text_free(&log->times);
}

/* ---- Reading ---- */

static bool number_to(const char *field, double max, double *out) {
  return ms_parse_number(field, out) && *out >= 0 && *out <= max;
}

/* The name of the first field that is not what it should be, NULL if there is none. */
static const char *read_fields(char *const field[N_FIELDS], const struct ms_run *run, struct ms_epoch *e) {
  if (!ms_parse_size(field[EPOCH], &e->epoch) || e->epoch != run->n_epochs + 1)
    return "epoch";
  if (!number_to(field[TRAIN_LOSS], MS_MAX_LOSS, &e->train_loss))
    return "train_loss";
  if (!number_to(field[TRAIN_ACCURACY], 1, &e->train_accuracy))
    return "train_accuracy";
  e->has_validation = run->has_validation;
  if (run->has_validation ? !number_to(field[VAL_LOSS], MS_MAX_LOSS, &e->val_loss) : field[VAL_LOSS][0] != '\0')
    return "val_loss";
  if (run->has_validation ? !number_to(field[VAL_ACCURACY], 1, &e->val_accuracy) : field[VAL_ACCURACY][0] != '\0')
    return "val_accuracy";
  if (!ms_is_hex(field[WEIGHTS], 64))
    return "weights_sha256";
  memcpy(e->weights_sha256, field[WEIGHTS], 65);
  return NULL;
}

static enum ms_status read_row(const char *path, size_t line, const char *text, size_t length, struct ms_run *run) {
  char row[MAX_ROW_BYTES], *field[N_FIELDS];
  size_t n_fields = 1;
  if (length >= sizeof row || memchr(text, '\0', length))
    return ms_fail(MS_ERROR_DATA, "%s: line %zu is too long, or holds a 0 byte: not a table that training wrote", path,
                   line);
  memcpy(row, text, length);
  row[length] = '\0';
  field[0] = row;
  for (char *c = row; *c; ++c)
    if (*c == ',') {
      *c = '\0';
      if (n_fields < N_FIELDS)
        field[n_fields] = c + 1;
      ++n_fields;
    }
  if (n_fields != N_FIELDS)
    return ms_fail(MS_ERROR_DATA, "%s: line %zu has %zu fields, must have %d", path, line, n_fields, N_FIELDS);
  if (run->n_epochs == run->result.epochs_run)
    return ms_fail(MS_ERROR_DATA, "%s: more rows than the %zu epochs of %s: the files are of two runs", path,
                   run->result.epochs_run, MS_SUMMARY_FILE);
  const char *wrong = read_fields(field, run, &run->epochs[run->n_epochs]);
  if (wrong)
    return ms_fail(MS_ERROR_DATA, "%s: line %zu: %s is not what training writes there", path, line, wrong);
  ++run->n_epochs;
  return MS_OK;
}

/* run: with its summary, which says how many rows there are. */
enum ms_status ms_run_parse_metrics(const char *path, const char *text, size_t n_bytes, struct ms_run *run) {
  MS_TRY(ms_allocate(run->result.epochs_run, sizeof *run->epochs, path, &run->epochs));
  size_t line = 0;
  ms_text_skip_mark(&text, &n_bytes);
  for (const char *at = text, *end = text + n_bytes; at < end;) {
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    if (!newline)
      return ms_fail(MS_ERROR_DATA, "%s: the last line has no end: the file is cut off", path);
    const size_t length = (size_t)(newline - at) - (newline > at && newline[-1] == '\r'); /* of other editors */
    ++line;
    if (line == 1 && (length != sizeof header - 1 || memcmp(at, header, length) != 0))
      return ms_fail(MS_ERROR_DATA, "%s: the first line is not '%s'", path, header);
    if (line > 1)
      MS_TRY(read_row(path, line, at, length, run));
    at = newline + 1;
  }
  if (run->n_epochs != run->result.epochs_run)
    return ms_fail(MS_ERROR_DATA, "%s: %zu rows, %s says %zu epochs: the files are of two runs", path, run->n_epochs,
                   MS_SUMMARY_FILE, run->result.epochs_run);
  return MS_OK;
}
