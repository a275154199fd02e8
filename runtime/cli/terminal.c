/* Lines that fit a terminal. */
#define _DEFAULT_SOURCE /* struct winsize */
#include "runtime/cli/terminal.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "runtime/platform/c_locale.h"
#include "runtime/platform/clock.h"
#include "runtime/platform/parse.h"

static const double redraw_s = 0.1;
static const double first_eta_s = 1; /* the first steps wait for memory and for the other threads */

void line_add(struct line *line, int rank, const char *format, ...) {
  va_list args;
  assert(line->n < sizeof line->parts / sizeof line->parts[0]);
  va_start(args, format);
  ms_vsnprintf(line->parts[line->n].text, sizeof line->parts[0].text, format, args);
  va_end(args);
  line->parts[line->n++].rank = rank;
}

bool is_terminal(void) {
  const char *terminal = getenv("TERM");
  return isatty(STDOUT_FILENO) && terminal && strcmp(terminal, "dumb") != 0;
}

size_t output_width(size_t otherwise) {
  const char *variable = getenv("COLUMNS");
  struct winsize size;
  size_t columns;
  if (!isatty(STDOUT_FILENO))
    return otherwise;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return size.ws_col; /* before the variable, which knows of no change of the window */
  return variable && ms_parse_size(variable, &columns) && columns > 0 ? columns : 80;
}

/* The first of the three variables that is set decides, as for setlocale. */
bool is_utf8_locale(void) {
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

/* ---- Lines ---- */

void line_print(const struct line *line, size_t columns, bool cut) {
  size_t length = 0;
  int highest = 0, kept;
  for (size_t i = 0; i < line->n; ++i) {
    length += strlen(line->parts[i].text);
    highest = line->parts[i].rank > highest ? line->parts[i].rank : highest;
  }
  for (kept = highest; length > columns && kept > 0; --kept)
    for (size_t i = 0; i < line->n; ++i)
      if (line->parts[i].rank == kept)
        length -= strlen(line->parts[i].text);
  size_t left = cut ? columns : SIZE_MAX;
  for (size_t i = 0; i < line->n; ++i)
    if (line->parts[i].rank <= kept) {
      const size_t n = strnlen(line->parts[i].text, left);
      printf("%.*s", (int)n, line->parts[i].text);
      left -= n;
    }
}

void line_add_eta(struct line *line, int rank, const char *before, double elapsed_s, double done, double left) {
  if (!(done > 0) || elapsed_s < first_eta_s)
    return;
  const double eta_s = elapsed_s * left / done + 0.5;
  if (eta_s < 3600)
    line_add(line, rank, "%sETA %d:%02d", before, (int)eta_s / 60, (int)eta_s % 60);
  else if (eta_s < 1e8)
    line_add(line, rank, "%sETA %d:%02d h", before, (int)eta_s / 3600, (int)eta_s / 60 % 60);
}

/* ---- The live line ---- */

bool live_line_is_due(struct live_line *line) {
  const double now = ms_clock_s();
  if (!line->is_shown || now - line->drawn_s < redraw_s)
    return false;
  line->drawn_s = now;
  return true;
}

/* The last column stays free: a character there leaves some terminals at the beginning of the next row. The cursor
 * waits at the line's beginning: where a narrower window breaks the line, its other rows are then below, and erased. */
void live_line_draw(const struct line *line) {
  printf("\r");
  line_print(line, output_width(80) - 1, true);
  printf("\033[J\r");
  fflush(stdout);
}

void live_line_clear(const struct live_line *line) {
  if (line->is_shown)
    printf("\r\033[J");
}
