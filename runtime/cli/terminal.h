/* Lines that fit a terminal, and one that the next replaces. */
#ifndef MS_CLI_TERMINAL_H
#define MS_CLI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/* A line of parts, in their order, each with the blanks before it. */
struct line {
  struct {
    char text[320];
    int rank;
  } parts[8];
  size_t n;
};
/* rank: where the line is too long, parts of the highest go first, and those of 0 stay. */
__attribute__((format(printf, 3, 4))) void line_add(struct line *line, int rank, const char *format, ...);
/* Prints it, for so many columns; no '\n'. cut: also what stays is cut off there. */
void line_print(const struct line *line, size_t columns, bool cut);

/* Shows a line that the next one replaces; at most ten a second. */
struct live_line {
  bool is_shown;  /* on a terminal; else nothing is printed */
  double drawn_s; /* clock reading */
};
/* Whether it is time for another one. */
bool live_line_is_due(struct live_line *line);
void live_line_draw(const struct line *line);
/* Erases it, before anything else is printed. */
void live_line_clear(const struct live_line *line);

/* Adds "ETA 1:05", or "ETA 2:10 h", to a line: the time that what is left takes, where `done` took elapsed_s; nothing
 * before that means something. */
void line_add_eta(struct line *line, int rank, const char *before, double elapsed_s, double done, double left);

#endif
