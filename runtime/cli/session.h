/* A training session: trains a configuration into a run folder, shows progress, keeps checkpoints, evaluates what came out and
 * tells how it went. */
#ifndef MS_CLI_SESSION_H
#define MS_CLI_SESSION_H

#include "runtime/cli/options.h"

/* What to do with a run that the folder holds already. */
enum session_start {
  SESSION_NEW,                /* nothing: it is an error */
  SESSION_OVERWRITE,          /* overwrite it */
  SESSION_RESUME,             /* go on with it */
  SESSION_RESUME_OR_OVERWRITE /* go on if there is a checkpoint that can be used, else begin anew */
};

struct session {
  const struct cli_command *command; /* in whose name errors are told */
  const char *preset;                /* that the configuration was made of */
  const struct ms_config *config;    /* also of the run that is gone on with: another one is an error */
  const struct ms_data *data;
  const char *data_folder; /* where it came from */
  const char *given_data;  /* as --data named it; NULL: not given */
  const char *folder;      /* of the run */
  enum session_start start;
  bool without_test;        /* do not look at the test images; else they are evaluated once, when the run is finished */
  size_t checkpoint_epochs; /* a checkpoint after every so many epochs */
  double checkpoint_s;      /* and as soon as so many seconds have passed; both 0: as keeper.h says */
  bool tell_resume;         /* tell the command that goes on with a run that was stopped */
};

/* After ms_init. The last config->val training images validate. A signal (signals.h) ends training after its step;
 * what is finished is evaluated and saved, and a checkpoint kept. Returns the program's exit code, having told errors. */
int session_train(const struct session *session);

#endif
