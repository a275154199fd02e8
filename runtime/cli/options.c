/* Parsing, checking and explaining command-line options. */
#define _GNU_SOURCE /* getopt_long */
#include "runtime/cli/options.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/platform/console.h"
#include "runtime/platform/did_you_mean.h"
#include "runtime/platform/error.h"
#include "runtime/platform/files.h"
#include "runtime/platform/parse.h"

/* What getopt_long returns for the first option of the table: beyond every character and its own ':' and '?'. */
enum { FIRST_OPTION = 256 };

const char *cli_program = "mnist_simd";

void cli_error(const struct cli_command *command, const char *format, ...) {
  char text[8192]; /* two paths and words */
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  ms_remove_controls(text);
  fflush(stdout);
  fprintf(stderr, "mnist_simd %s: %s\n", command->name, text);
}

const char *cli_remedy(const struct cli_command *command) {
  static const struct {
    const char *option, *text;
  } remedies[] = {[MS_NO_OPTION] = {"", ""},
                  [MS_OTHER_DATA] = {"data", " with --data"},
                  [MS_SPLIT] = {"split", " with --split"},
                  [MS_OTHER_OUTPUT] = {"out", " with --out"},
                  [MS_WEIGHT_LAYOUT] = {"layout", " with --layout in-out or --layout out-in"},
                  [MS_OVERWRITE] = {"force", " with --force"},
                  [MS_OTHER_START] = {"force", " (--out, --force, --resume)"},
                  [MS_SHARED_WORK] = {"shard", " with --shard"},
                  [MS_FEWER_THREADS] = {"threads", " with --threads"}};
  /* No options: there was no memory for them. */
  for (const struct cli_option *option = command->options; option && option->name; ++option)
    if (strcmp(option->name, remedies[ms_error_remedy()].option) == 0)
      return remedies[ms_error_remedy()].text;
  return "";
}

int cli_fail(const struct cli_command *command, enum ms_status status) {
  cli_error(command, "%s%s", ms_error_message(), cli_remedy(command));
  return status == MS_ERROR_ARGUMENT ? EXIT_USAGE : EXIT_FAILURE;
}

/* Lines behind so many blanks. On a terminal that is too narrow for one of them, paragraphs flow anew; lines that begin
 * with a blank stay as they are. */
static void print_lines(const char *text, size_t indent) {
  const size_t width = ms_console_columns(SIZE_MAX);
  size_t widest = 0, column = indent;
  bool is_flowing = false;
  for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n')
    widest = strcspn(line, "\n") > widest ? strcspn(line, "\n") : widest;
  while (*text) {
    const size_t end = strcspn(text, "\n");
    const bool flows = widest + indent > width && text[0] != ' ' && end > 0;
    if (column > indent && !(flows && is_flowing)) {
      printf("\n%*s", (int)indent, "");
      column = indent;
    }
    for (size_t at = 0, n; at < end; at += n + (text[at + n] == ' ')) {
      n = flows ? strcspn(text + at, " \n") : end;
      const bool breaks = flows && column > indent && column + 1 + n > width;
      printf("%s%*s%.*s", breaks ? "\n" : "", breaks ? (int)indent : column > indent, "", (int)n, text + at);
      column = (breaks ? indent : column + (column > indent)) + n;
    }
    is_flowing = flows;
    column += end == 0;
    text += end + (text[end] == '\n');
  }
  putchar('\n');
}

static void print_help(const struct cli_command *command) {
  printf("Usage: mnist_simd %s [OPTION]...%s%s\n", command->name, command->arguments[0] ? " " : "", command->arguments);
  print_lines(command->summary, 0);
  puts("\nOptions:");
  for (const struct cli_option *option = command->options; option->name; ++option) {
    char name[64];
    snprintf(name, sizeof name, "--%s%s%s", option->name, option->value ? " " : "", option->value ? option->value : "");
    printf("  %-22s ", name);
    print_lines(option->help, 25);
  }
  printf("  %-22s %s\n", "-h, --help", "print this");
}

void (*cli_help)(const struct cli_command *command) = print_help;

static void tell_unknown_option(const struct cli_command *command, const char *word) {
  char hint[MS_HINT_SIZE], name[64];
  const char *begin = word + strspn(word, "-");
  snprintf(name, sizeof name, "%.*s", (int)strcspn(begin, "="), begin);
  cli_error(command, "%s: unknown or ambiguous option%s: see 'mnist_simd %s --help'", word,
            ms_did_you_mean(hint, name, &command->options->name, SIZE_MAX, sizeof *command->options), command->name);
}

/* What getopt_long did not take. optopt says what it is: a known option that has a value too much, one letter of a
 * word with a single '-', or, being 0, a word with two. */
static void tell_wrong_option(const struct cli_command *command, char **argv) {
  const char *last = argv[optind - 1];
  if (optopt > 0 && optopt < FIRST_OPTION) {
    const char *word =
        last[0] == '-' && last[1] == optopt && !last[2] ? last : argv[optind]; /* of more letters: not passed yet */
    if (command->number && optopt >= '0' && optopt <= '9')
      cli_error(command, "%s: '%s' is not %s", command->number, word, command->number_range);
    else
      tell_unknown_option(command, word);
  } else if (optopt > 0) {
    cli_error(command, "%s: takes no value: see 'mnist_simd %s --help'", last, command->name);
  } else {
    tell_unknown_option(command, last);
  }
}

bool cli_parse(const struct cli_command *command, int argc, char **argv, struct cli_values *values, int *exit_code) {
  struct option long_options[CLI_MAX_OPTIONS + 2] = {{0}};
  int n = 0;
  for (; command->options[n].name; ++n) {
    long_options[n].name = command->options[n].name;
    long_options[n].has_arg = command->options[n].value ? required_argument : no_argument;
    long_options[n].val = FIRST_OPTION + n;
  }
  long_options[n].name = "help";
  long_options[n].val = FIRST_OPTION + n;

  memset(values, 0, sizeof *values);
  values->command = command;
  values->n_words = argc;
  values->words = argv;
  *exit_code = EXIT_USAGE;
  opterr = 0; /* the messages are ours */
  optind = 1;
  for (;;) {
    const int found = getopt_long(argc, argv, ":h", long_options, NULL);
    if (found == -1)
      break;
    const int known = optopt - FIRST_OPTION;
    if (found == ':' && known >= 0 && known < n && command->options[known].value) {
      cli_error(command, "%s needs a value: see 'mnist_simd %s --help'", argv[optind - 1], command->name);
      return false;
    }
    if (found == '?' || found == ':') { /* BSD's says ':' too of a value that an option does not take */
      tell_wrong_option(command, argv);
      return false;
    }
    const int index = found - FIRST_OPTION;
    if (found == 'h' || index == n) {
      cli_help(command);
      *exit_code = EXIT_SUCCESS;
      return false;
    }
    values->value[index] = optarg ? optarg : "";
  }
  const size_t length = strlen(command->arguments);
  const bool more = length >= 3 && strcmp(command->arguments + length - 3, "...") == 0;
  values->n_arguments = (size_t)(argc - optind);
  if (values->n_arguments < command->n_arguments || (values->n_arguments > command->n_arguments && !more)) {
    if (values->n_arguments > command->n_arguments)
      cli_error(command, "unexpected argument '%s': see 'mnist_simd %s --help'",
                argv[optind + (int)command->n_arguments], command->name);
    else {
      const char *missing = command->arguments;
      for (size_t i = 0; i < values->n_arguments; ++i)
        missing += strcspn(missing, " ") + 1;
      cli_error(command, "%s %s missing: see 'mnist_simd %s --help'", missing, strchr(missing, ' ') ? "are" : "is",
                command->name);
    }
    return false;
  }
  values->arguments = (const char **)(argv + optind);
  return true;
}

const char *cli_get(const struct cli_values *values, const char *name) {
  for (size_t i = 0; values->command->options[i].name; ++i)
    if (strcmp(values->command->options[i].name, name) == 0)
      return values->value[i];
  return NULL;
}

bool cli_u64(const struct cli_values *values, const char *name, uint64_t min, uint64_t max, uint64_t *out) {
  const char *text = cli_get(values, name);
  uint64_t value;
  if (!text)
    return true;
  if (!ms_parse_u64(text, &value) || value < min || value > max) {
    cli_error(values->command, "--%s: '%s' is not a whole number from %" PRIu64 " to %" PRIu64, name, text, min, max);
    return false;
  }
  *out = value;
  return true;
}

bool cli_size(const struct cli_values *values, const char *name, size_t min, size_t max, size_t *out) {
  uint64_t value = *out;
  const bool legal = cli_u64(values, name, min, max, &value);
  *out = (size_t)value;
  return legal;
}

bool cli_number(const struct cli_values *values, const char *name, double min, double max, double *out) {
  const char *text = cli_get(values, name);
  double value;
  if (!text)
    return true;
  if (!ms_parse_number(text, &value) || !(value >= min && value <= max)) {
    cli_error(values->command, "--%s: '%s' is not a number from %g to %.7g", name, text, min, max);
    return false;
  }
  *out = value;
  return true;
}

int cli_init(const struct cli_values *values) {
  size_t threads = 0;
  if (!cli_size(values, "threads", 1, MS_MAX_THREADS, &threads))
    return EXIT_USAGE;
  const char *isa = cli_get(values, "isa"), *variable = getenv("MNIST_SIMD_ISA");
  const bool from_variable = !isa && variable && variable[0];
  if (from_variable)
    isa = variable;
  const enum ms_status status = ms_init(isa, threads);
  if (status == MS_OK)
    return 0;
  if (!from_variable)
    return cli_fail(values->command, status);
  cli_error(values->command, "MNIST_SIMD_ISA: %s%s", ms_error_message(), cli_remedy(values->command));
  return status == MS_ERROR_ARGUMENT ? EXIT_USAGE : EXIT_FAILURE;
}
