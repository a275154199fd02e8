/* Requests to stop, and for a checkpoint, passed on to training. */
#include "runtime/cli/signals.h"

#include <stdio.h>

#include "runtime/platform/console.h"

bool signals_stop(void *context) {
  (void)context;
  return ms_console_stop() != 0;
}

void signals_pass_on(struct ms_checkpoint_saver *saver, const struct live_line *line) {
  if (saver->request == MS_REQUEST_DONE) {
    live_line_clear(line);
    printf("checkpoint written, as a signal asked: epoch %zu, after step %zu\n", saver->epoch, saver->step);
    fflush(stdout);
    saver->request = MS_NO_REQUEST;
  }
  if (ms_console_requested())
    saver->request = MS_REQUESTED;
}
