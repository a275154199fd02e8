/* Parsing, checking and explaining command-line options. */
#define _GNU_SOURCE /* getopt_long */
#include "runtime/cli/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/platform/error.h"
#include "runtime/platform/files.h"

/* What getopt_long returns for the first option of the table: beyond every character and its own ':' and '?'. */
enum { FIRST_OPTION = 256 };

void cli_error(const struct cli_command *command, const char *format, ...) {
  va_list args;
  va_start(args, format);
  fflush(stdout);
  fprintf(stderr, "mnist_simd %s: ", command->name);
  vfprintf(stderr, format, args);
  fputc('\n', stderr);
  va_end(args);
}

int cli_fail(const struct cli_command *command, enum ms_status status) {
  cli_error(command, "%s", ms_error_message());
  return status == MS_ERROR_ARGUMENT ? EXIT_USAGE : EXIT_FAILURE;
}

static void print_help(const struct cli_command *command) {
  printf("Usage: mnist_simd %s [OPTION]... %s\n%s\n\nOptions:\n", command->name, command->arguments, command->summary);
  for (const struct cli_option *option = command->options; option->name; ++option) {
    char name[64];
    snprintf(name, sizeof name, "--%s%s%s", option->name, option->value ? " " : "", option->value ? option->value : "");
    printf("  %-22s ", name);
    for (const char *c = option->help; *c; ++c) {
      putchar(*c);
      if (*c == '\n')
        printf("%25s", "");
    }
    putchar('\n');
  }
  printf("  %-22s %s\n", "--help", "print this");
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
  *exit_code = EXIT_USAGE;
  opterr = 0; /* the messages are ours */
  optind = 1;
  for (;;) {
    const int current = optind;
    const int found = getopt_long(argc, argv, ":", long_options, NULL);
    if (found == -1)
      break;
    if (found == ':') {
      cli_error(command, "%s needs a value: see 'mnist_simd %s --help'", argv[current], command->name);
      return false;
    }
    if (found == '?') { /* optopt is set if the option is known */
      cli_error(command, "%s: %s: see 'mnist_simd %s --help'", argv[optind - 1],
                optopt >= FIRST_OPTION ? "takes no value" : "unknown or ambiguous option", command->name);
      return false;
    }
    const int index = found - FIRST_OPTION;
    if (index == n) {
      print_help(command);
      *exit_code = EXIT_SUCCESS;
      return false;
    }
    values->value[index] = optarg ? optarg : "";
  }
  if ((size_t)(argc - optind) != command->n_arguments) {
    if ((size_t)(argc - optind) > command->n_arguments)
      cli_error(command, "unexpected argument '%s': see 'mnist_simd %s --help'",
                argv[optind + (int)command->n_arguments], command->name);
    else
      cli_error(command, "%s is missing: see 'mnist_simd %s --help'", command->arguments, command->name);
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

/* The whole text must be the number. */
static bool parse_size(const char *text, size_t *out) {
  char *end;
  errno = 0;
  const unsigned long long value = strtoull(text, &end, 10);
  *out = (size_t)value;
  return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0;
}

static bool parse_number(const char *text, double *out) {
  char *end;
  *out = strtod(text, &end);
  return text[0] != '\0' && strchr("+-.0123456789", text[0]) && *end == '\0';
}

/* Calls accept for each part of a comma list. */
static bool each_part(const struct cli_values *values, const char *name, const char *text, size_t max_n,
                      bool (*accept)(const char *part, size_t index, void *context), void *context, size_t *n) {
  size_t count = 0;
  for (const char *part = text;;) {
    const size_t length = strcspn(part, ",");
    char copy[64];
    snprintf(copy, sizeof copy, "%.*s", (int)(length < sizeof copy ? length : sizeof copy - 1), part);
    if (count == max_n) {
      cli_error(values->command, "--%s %s: more than %zu values", name, text, max_n);
      return false;
    }
    if (length >= sizeof copy || !accept(copy, count, context))
      return false;
    ++count;
    if (part[length] == '\0')
      break;
    part += length + 1;
  }
  *n = count;
  return true;
}

struct list {
  const struct cli_values *values;
  const char *name;
  size_t min_size, max_size, *sizes;
  double min_number, max_number, *numbers;
};

static bool accept_size(const char *part, size_t index, void *context) {
  const struct list *list = context;
  size_t value;
  if (!parse_size(part, &value) || value < list->min_size || value > list->max_size) {
    cli_error(list->values->command, "--%s: '%s' is not a whole number from %zu to %zu", list->name, part,
              list->min_size, list->max_size);
    return false;
  }
  list->sizes[index] = value;
  return true;
}

static bool accept_number(const char *part, size_t index, void *context) {
  const struct list *list = context;
  double value;
  if (!parse_number(part, &value) || !(value >= list->min_number && value <= list->max_number)) {
    cli_error(list->values->command, "--%s: '%s' is not a number from %g to %g", list->name, part, list->min_number,
              list->max_number);
    return false;
  }
  list->numbers[index] = value;
  return true;
}

bool cli_sizes(const struct cli_values *values, const char *name, size_t min, size_t max, size_t max_n, size_t *out,
               size_t *n) {
  const char *text = cli_get(values, name);
  struct list list = {.values = values, .name = name, .min_size = min, .max_size = max, .sizes = out};
  *n = 0;
  return !text || each_part(values, name, text, max_n, accept_size, &list, n);
}

bool cli_numbers(const struct cli_values *values, const char *name, double min, double max, size_t max_n, double *out,
                 size_t *n) {
  const char *text = cli_get(values, name);
  struct list list = {.values = values, .name = name, .min_number = min, .max_number = max, .numbers = out};
  *n = 0;
  return !text || each_part(values, name, text, max_n, accept_number, &list, n);
}

bool cli_size(const struct cli_values *values, const char *name, size_t min, size_t max, size_t *out) {
  const char *text = cli_get(values, name);
  struct list list = {.values = values, .name = name, .min_size = min, .max_size = max, .sizes = out};
  return !text || accept_size(text, 0, &list);
}

bool cli_number(const struct cli_values *values, const char *name, double min, double max, double *out) {
  const char *text = cli_get(values, name);
  struct list list = {.values = values, .name = name, .min_number = min, .max_number = max, .numbers = out};
  return !text || accept_number(text, 0, &list);
}

int cli_init(const struct cli_values *values) {
  size_t threads = 0;
  if (!cli_size(values, "threads", 1, MS_MAX_THREADS, &threads))
    return EXIT_USAGE;
  const char *isa = cli_get(values, "isa"), *variable = getenv("MNIST_SIMD_ISA");
  const bool from_variable = !isa && variable && variable[0];
  if (from_variable)
    isa = variable;
  const enum ms_status status = ms_init(isa && isa[0] ? isa : NULL, threads);
  if (status == MS_OK)
    return 0;
  if (!from_variable)
    return cli_fail(values->command, status);
  cli_error(values->command, "MNIST_SIMD_ISA: %s", ms_error_message());
  return status == MS_ERROR_ARGUMENT ? EXIT_USAGE : EXIT_FAILURE;
}

int cli_load_data(const struct cli_values *values, struct ms_data *data, const char **folder) {
  *folder = cli_get(values, "data");
  if (!*folder)
    *folder = getenv("MNIST_SIMD_DATA");
  if (!*folder || !(*folder)[0]) {
    *folder = ms_is_folder("data/mnist") ? "data/mnist" : "../data/mnist";
    if (!ms_is_folder(*folder)) {
      cli_error(values->command,
                "data/mnist and ../data/mnist: there is no such folder: get MNIST with ci/get_data.sh, "
                "or name its folder with --data or MNIST_SIMD_DATA");
      return EXIT_FAILURE;
    }
  }
  const enum ms_status status = ms_data_load(*folder, data);
  return status == MS_OK ? 0 : cli_fail(values->command, status);
}
