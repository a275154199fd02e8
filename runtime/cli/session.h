/* A training session: trains a configuration into a run folder, shows progress, evaluates what came out and tells how it went. */
#ifndef MS_CLI_SESSION_H
#define MS_CLI_SESSION_H

#include "runtime/cli/options.h"

/* When the test images are evaluated. */
enum session_test { SESSION_TEST, SESSION_TEST_FINISHED /* not after an interruption */, SESSION_NO_TEST };

struct session {
  const struct cli_command *command; /* in whose name errors are told */
  const char *preset;                /* that the configuration was made of */
  const struct ms_config *config;
  const struct ms_data *data;
  const char *data_folder; /* where it came from */
  const char *folder;      /* of the run */
  bool overwrite;          /* a run that the folder holds already */
  enum session_test test;
};

/* After ms_init. The last config->n_validation training images validate. A signal (signals.h) ends training after its step,
 * and what is finished is evaluated and saved. Returns the program's exit code, having told errors. */
int session_train(const struct session *session);

#endif
