/* Signals that end a run or ask for a checkpoint. */
#define _XOPEN_SOURCE 700 /* sigaction, SIGXCPU */
#include "runtime/cli/signals.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static volatile sig_atomic_t received, requested;

static void on_stop(int number) {
  if (received && number != SIGXCPU)
    _exit(128 + number);
  if (!received)
    received = number;
}

static void on_request(int number) {
  (void)number;
  requested = 1;
}

void signals_catch(void) {
  struct sigaction stop = {.sa_handler = on_stop, .sa_flags = SA_RESTART}, request = stop, before;
  request.sa_handler = on_request;
  sigemptyset(&stop.sa_mask);
  sigemptyset(&request.sa_mask);
  sigaction(SIGINT, &stop, NULL); /* also in the background of a script, where the shell has it ignored */
  sigaction(SIGTERM, &stop, NULL);
  sigaction(SIGXCPU, &stop, NULL);
  if (sigaction(SIGHUP, NULL, &before) != 0 || before.sa_handler != SIG_IGN) /* nohup keeps its word */
    sigaction(SIGHUP, &stop, NULL);
  sigaction(SIGUSR1, &request, NULL);
  sigaction(SIGUSR2, &request, NULL);
}

int signals_received(void) {
  return received;
}

bool signals_stop(void *context) {
  (void)context;
  return received != 0;
}

void signals_pass_on(struct ms_checkpoint_saver *saver, const struct live_line *line) {
  if (saver->request == MS_REQUEST_DONE) {
    live_line_clear(line);
    printf("checkpoint written, as a signal asked: epoch %zu, after step %zu\n", saver->epoch, saver->step);
    fflush(stdout);
    saver->request = MS_NO_REQUEST;
  }
  if (requested) {
    requested = 0;
    saver->request = MS_REQUESTED;
  }
}
