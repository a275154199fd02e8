/* Signals that end a run. */
#define _POSIX_C_SOURCE 200809L /* sigaction */
#include "runtime/cli/signals.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static volatile sig_atomic_t received;

static void on_signal(int number) {
  if (received)
    _exit(128 + number);
  received = number;
}

void signals_catch(void) {
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART}, before;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, NULL); /* also in the background of a script, where the shell has it ignored */
  sigaction(SIGTERM, &action, NULL);
  if (sigaction(SIGHUP, NULL, &before) != 0 || before.sa_handler != SIG_IGN) /* nohup keeps its word */
    sigaction(SIGHUP, &action, NULL);
}

int signals_received(void) {
  return received;
}

bool signals_stop(void *context) {
  (void)context;
  return received != 0;
}
