/* Shows a training session (runtime/run/session.h): what it does, its progress, what came out. */
#ifndef MS_CLI_TRAIN_SESSION_H
#define MS_CLI_TRAIN_SESSION_H

#include "runtime/cli/options.h"
#include "runtime/run/session.h"

struct session {
  const struct cli_command *command; /* printed in error messages */
  struct ms_session_plan plan;
  const char *data_folder;         /* where plan.data came from */
  const struct cli_values *values; /* the options that say what the data is are part of the command that resumes */
  bool print_resume;               /* print the command that resumes a stopped run */
};

/* What run.json is to say of the run's start: --name, else name; --author; the command line. To text, which the plan's
 * about may point into. */
enum ms_status session_describe(const struct cli_values *values, const char *name, size_t keep_epochs,
                                struct ms_run_origin *origin, struct ms_text *text);

/* After ms_init. A signal (signals.h) ends training after its step; what is finished is evaluated and saved, and a
 * checkpoint kept. Returns the program's exit code, having printed errors. */
int session_train(const struct session *session);

#endif
