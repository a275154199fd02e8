/* Terminal and signals on POSIX. */
#define _XOPEN_SOURCE 700 /* sigaction, SIGXCPU, SIGXFSZ */
#define _DEFAULT_SOURCE   /* struct winsize, where there is one */
#include "runtime/platform/console.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "runtime/platform/parse.h"

void ms_console_start(int *argc, char ***argv) {
  (void)argc;
  (void)argv;
  signal(SIGPIPE, SIG_IGN); /* a reader that is gone must not cost a training run */
  signal(SIGXFSZ, SIG_IGN); /* a file over its limit (ulimit -f) is reported, and its beginning removed */
}

/* ---- The terminal ---- */

bool ms_console_erases(void) {
  const char *terminal = getenv("TERM");
  return isatty(STDOUT_FILENO) && terminal && strcmp(terminal, "dumb") != 0;
}

size_t ms_console_columns(size_t otherwise) {
  const char *variable = getenv("COLUMNS");
  size_t columns;
  if (!isatty(STDOUT_FILENO))
    return otherwise;
#if defined(TIOCGWINSZ)
  struct winsize size;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return size.ws_col; /* before the variable, which knows of no change of the window */
#endif
  return variable && ms_parse_size(variable, &columns) && columns > 0 ? columns : 80;
}

/* The first of the three variables that is set decides, as for setlocale. */
bool ms_console_is_utf8(void) {
  static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
  for (size_t i = 0; i < sizeof variables / sizeof variables[0]; ++i) {
    const char *value = getenv(variables[i]);
    if (!value || !value[0])
      continue;
    const char *charset = strchr(value, '.');
    return charset && (strncasecmp(charset, ".utf-8", 6) == 0 || strncasecmp(charset, ".utf8", 5) == 0);
  }
  return false;
}

/* ---- Signals ---- */

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

void ms_console_catch(void) {
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

int ms_console_stop(void) {
  return received;
}

bool ms_console_requested(void) {
  const bool is_new = requested;
  if (is_new)
    requested = 0;
  return is_new;
}
