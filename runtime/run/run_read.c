/* A run's folder, read back. */
#include "runtime/run/run_read.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/platform/error.h"
#include "runtime/platform/files.h"
#include "runtime/platform/text.h"
#include "runtime/run/folder.h"

enum { MAX_SUMMARY_BYTES = 1 << 20, MAX_METRICS_BYTES = 1 << 26 };

static enum ms_status read_file(const char *folder, const char *name, size_t max_bytes, struct ms_run *run,
                                enum ms_status (*parse)(const char *, const char *, size_t, struct ms_run *)) {
  char path[MS_PATH_SIZE];
  uint8_t *data;
  size_t n_bytes;
  MS_TRY(ms_path_join(path, folder, name));
  MS_TRY(ms_file_read(path, max_bytes, &data, &n_bytes));
  const enum ms_status status = parse(path, (const char *)data, n_bytes, run);
  free(data);
  return status;
}

/* The three files agree with each other. */
static enum ms_status check_run(const char *folder, const struct ms_run *run) {
  char digest[65];
  const char *kept = run->epochs[run->result.model_epoch - 1].weights_sha256;
  if (strcmp(kept, run->weights_sha256) != 0)
    return ms_fail(MS_ERROR_DATA,
                   "%s: %s says %.16s... for the weights of epoch %zu, %s says %.16s...: the files are of two runs",
                   folder, MS_METRICS_FILE, kept, run->result.model_epoch, MS_SUMMARY_FILE, run->weights_sha256);
  ms_network_sha256(run->network, digest);
  if (strcmp(digest, run->weights_sha256) != 0)
    return ms_fail(MS_ERROR_DATA, "%s: the SHA-256 of %s is %.16s..., %s says %.16s...: the files are of two runs",
                   folder, MS_MODEL_FILE, digest, MS_SUMMARY_FILE, run->weights_sha256);
  const size_t n_hidden = run->config->n_hidden;
  bool fits = ms_network_layers(run->network) == n_hidden + 1;
  for (size_t l = 0; fits && l < n_hidden; ++l)
    fits = ms_network_layer(run->network, l).n_out == run->config->hidden[l].units;
  return fits ? MS_OK
              : ms_fail(MS_ERROR_DATA, "%s: the layers of %s are not those of the configuration in %s", folder,
                        MS_MODEL_FILE, MS_SUMMARY_FILE);
}

static enum ms_status read_folder(const char *folder, struct ms_run *run) {
  char path[MS_PATH_SIZE];
  if (!ms_is_folder(folder))
    return ms_fail(MS_ERROR_DATA, "%s: there is no such folder: name the folder of a run, runs/final-seed42 for one",
                   folder);
  MS_TRY(ms_path_join(path, folder, MS_SUMMARY_FILE));
  if (!ms_exists(path))
    return ms_fail(MS_ERROR_DATA, "%s: holds no %s: not the folder of a run, or the run has not ended", folder,
                   MS_SUMMARY_FILE);
  MS_TRY(read_file(folder, MS_SUMMARY_FILE, MAX_SUMMARY_BYTES, run, ms_run_parse_summary));
  MS_TRY(read_file(folder, MS_METRICS_FILE, MAX_METRICS_BYTES, run, ms_run_parse_metrics));
  MS_TRY(ms_path_join(path, folder, MS_MODEL_FILE));
  MS_TRY(ms_network_load(path, &run->network));
  return check_run(folder, run);
}

enum ms_status ms_run_read(const char *folder, struct ms_run *run) {
  memset(run, 0, sizeof *run);
  const enum ms_status status = read_folder(folder, run);
  if (status != MS_OK)
    ms_run_free(run);
  return status;
}

bool ms_run_is_class_name(const char *name) {
  return name[0] && strlen(name) <= MS_MAX_CLASS_NAME && ms_is_utf8(name) && !ms_has_controls(name);
}

void ms_run_free(struct ms_run *run) {
  free(run->program);
  free(run->preset);
  free(run->isa);
  free(run->cpu);
  free(run->data);
  free(run->class_names_memory);
  ms_about_free(&run->about);
  ms_config_free(run->config);
  ms_evaluation_free(&run->train);
  ms_evaluation_free(&run->validation);
  ms_evaluation_free(&run->test);
  free(run->epochs);
  ms_network_free(run->network);
  memset(run, 0, sizeof *run);
}
