/* mnist_simd_manual: writes the manual pages and the completions of three shells from the tables of the commands'
 * options, into the folder that is its only argument. Run by the build, not installed. */
#include "runtime/cli/manual.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/cli/commands.h"

FILE *manual_open(const char *folder, const char *format, ...) {
  char name[64], path[4096];
  va_list args;
  va_start(args, format);
  vsnprintf(name, sizeof name, format, args);
  va_end(args);
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "w");
  if (!file) {
    perror(path);
    exit(EXIT_FAILURE);
  }
  return file;
}

void manual_close(FILE *file) {
  if (ferror(file) || fclose(file) != 0) {
    perror("mnist_simd_manual");
    exit(EXIT_FAILURE);
  }
}

/* As it is typed: no hyphens, no curved quotes. c is not 0. */
static void put_char(FILE *out, char c) {
  static const char special[] = "\\-'^", *const escaped[] = {"\\e", "\\-", "\\(aq", "\\(ha"};
  const char *at = strchr(special, c);
  if (at)
    fputs(escaped[at - special], out);
  else
    putc(c, out);
}

/* Lines are filled, but for those that begin with spaces. */
static void put_text(FILE *out, const char *text) {
  bool begins = true, kept = false;
  for (const char *c = text; *c; ++c) {
    if (begins && kept != (*c == ' ')) {
      kept = !kept;
      fputs(kept ? ".nf\n" : ".fi\n", out);
    }
    if (begins && *c == '\n')
      fputs(".PP", out);
    else if (begins && *c == '.')
      fputs("\\&", out); /* no request of roff */
    begins = *c == '\n';
    put_char(out, *c);
  }
  fputs(kept ? "\n.fi\n" : "\n", out);
}

static void put_title(FILE *out, const char *page, const char *summary) {
  fprintf(out, ".TH %s 1 \"\" \"mnist_simd %s\" \"mnist_simd\"\n.SH NAME\n", page, MS_VERSION);
  fprintf(out, "%s \\- ", page);
  put_text(out, summary);
}

static void put_exit_codes(FILE *out) {
  fprintf(out, ".SH EXIT STATUS\n");
  put_text(out, cli_exit_codes);
}

static void write_page(const char *folder, const struct cli_entry *entry, const struct cli_command *command) {
  char page[64];
  snprintf(page, sizeof page, "mnist_simd-%s", entry->name);
  FILE *out = manual_open(folder, "%s.1", page);
  put_title(out, page, entry->summary);
  fprintf(out, ".SH SYNOPSIS\n.B mnist_simd %s\n[\\fIOPTION\\fR]...", entry->name);
  fprintf(out, " \\fI%s\\fR\n.SH DESCRIPTION\n", command->arguments);
  put_text(out, command->summary);
  fprintf(out, ".SH OPTIONS\n");
  for (const struct cli_option *option = command->options; option->name; ++option) {
    fprintf(out, ".TP\n\\fB\\-\\-");
    for (const char *c = option->name; *c; ++c)
      put_char(out, *c);
    fprintf(out, "\\fR%s\\fI%s\\fR\n", option->value ? " " : "", option->value ? option->value : "");
    put_text(out, option->help);
  }
  fprintf(out, ".TP\n\\fB\\-h\\fR, \\fB\\-\\-help\\fR\nprint the options\n");
  put_exit_codes(out);
  fprintf(out, ".SH SEE ALSO\n.BR mnist_simd (1)\n");
  manual_close(out);
}

static void write_overview(const char *folder) {
  FILE *out = manual_open(folder, "mnist_simd.1");
  put_title(out, "mnist_simd", "train dense neural networks to the same bits on every CPU");
  fprintf(out, ".SH SYNOPSIS\n.B mnist_simd\n\\fICOMMAND\\fR [\\fIOPTION\\fR]...\n.SH DESCRIPTION\n");
  put_text(out, cli_about);
  fprintf(out, ".SH COMMANDS\n");
  for (const struct cli_entry *entry = cli_commands; entry->name; ++entry) {
    fprintf(out, ".TP\n.BR mnist_simd\\-%s (1)\n", entry->name);
    put_text(out, entry->summary);
  }
  put_exit_codes(out);
  manual_close(out);
}

static const struct cli_command *asked;

static void take(const struct cli_command *command) {
  asked = command;
}

int main(int argc, char **argv) {
  const struct cli_command *commands[MANUAL_MAX_COMMANDS];
  if (argc != 2) {
    fprintf(stderr, "Usage: mnist_simd_manual FOLDER\n");
    return EXIT_USAGE;
  }
  cli_help = take;
  for (size_t i = 0; cli_commands[i].name; ++i) {
    char name[32], help[] = "--help";
    snprintf(name, sizeof name, "%s", cli_commands[i].name);
    asked = NULL;
    if (i == MANUAL_MAX_COMMANDS || cli_commands[i].run(2, (char *[]){name, help, NULL}) != EXIT_SUCCESS || !asked) {
      fprintf(stderr, "mnist_simd_manual: %s has no help\n", name);
      return EXIT_FAILURE;
    }
    commands[i] = asked;
    write_page(argv[1], &cli_commands[i], asked);
  }
  write_overview(argv[1]);
  write_completions(argv[1], commands);
  return EXIT_SUCCESS;
}
