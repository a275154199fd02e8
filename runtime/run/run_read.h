/* A run: a training from its first step to its last, as its folder (folder.h) keeps it. A folder that is read may come
 * from anywhere: nothing in its files is believed unchecked. */
#ifndef MS_RUN_RUN_READ_H
#define MS_RUN_RUN_READ_H

#include "runtime/run/about.h"

/* What run.json, metrics.csv and model.safetensors of one run hold. */
struct ms_run {
  char *program, *preset, *isa, *cpu; /* as written, at most MS_RUN_TEXT_BYTES: to be escaped where they are shown */
  size_t numerics_contract, threads;
  struct ms_run_about about;
  struct ms_config *config;
  struct ms_train_result result;           /* without phase_seconds */
  char *data;                              /* how its files were understood, as ms_data.description; NULL: not known */
  const char *class_names[MS_MAX_CLASSES]; /* as in struct ms_data */
  char *class_names_memory;                /* their text, where it is the run's own */
  struct ms_evaluation train, validation,
      test; /* dropout off: n, n_classes, errors, loss, accuracy, f1, macro_f1, no more */
  size_t n_epochs;
  struct ms_epoch *epochs; /* (n_epochs): 1, 2, ...; without `improved` and `seconds` */
  struct ms_network *network;
  bool interrupted, has_validation, has_test;
  char data_sha256[65]; /* of all training images */
  char test_sha256[65]; /* of the test images; "": there were none, or not known */
  char weights_sha256[65];
};
#define MS_RUN_TEXT_BYTES 256
#define MS_MAX_LOSS 1e300 /* far beyond what weights of 32 bits can give, so that sums and differences stay finite */

/* Reads all three files. MS_ERROR_DATA, naming the file: missing, not what training writes, a value out of its range,
 * or files that are not of one run (the digests of weights differ, the epochs do). On failure *run is empty. */
enum ms_status ms_run_read(const char *folder, struct ms_run *run);
void ms_run_free(struct ms_run *run);

/* Writes run.json: of this program on this machine, with an ISA and threads of ms_init's. epochs and network are not
 * looked at. is_durable: whether the folder's file system can sync; checkpoints_s: time spent on writing checkpoints;
 * both of the session that ended the run. about: what ms_about_write wrote, or NULL. */
enum ms_status ms_run_write_summary(const char *folder, const struct ms_run *run, const char *about, bool is_durable,
                                    double checkpoints_s);

/* Whether a text may name a class: UTF-8 without control characters, of 1 to MS_MAX_CLASS_NAME bytes. */
bool ms_run_is_class_name(const char *name);

/* The parts of ms_run_read, for tests: each takes the bytes of its file, and path for the message. */
enum ms_status ms_run_parse_summary(const char *path, const char *text, size_t n_bytes, struct ms_run *run);
enum ms_status ms_run_parse_metrics(const char *path, const char *text, size_t n_bytes, struct ms_run *run);

#endif
