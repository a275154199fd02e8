/* Lines that fit a terminal. */
#define _POSIX_C_SOURCE 200809L /* strnlen */
#include "runtime/cli/terminal.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "runtime/platform/c_locale.h"
#include "runtime/platform/clock.h"
#include "runtime/platform/console.h"

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
  line_print(line, ms_console_columns(80) - 1, true);
  printf("\033[J\r");
  fflush(stdout);
}

void live_line_clear(const struct live_line *line) {
  if (line->is_shown)
    printf("\r\033[J");
}
