/* Command-line options: one table per sub-command gives the parser and the help. */
#ifndef MS_CLI_OPTIONS_H
#define MS_CLI_OPTIONS_H

#include "runtime/mnist_simd.h"

enum { EXIT_USAGE = 2 };

struct cli_option {
  const char *name;  /* without "--" */
  const char *value; /* what stands for the value in the help; NULL: takes none */
  const char *help;
};

#define CLI_MAX_OPTIONS 40

struct cli_command {
  const char *name;
  const char *arguments; /* "MODEL", or "RUN..." where more of them may follow, or "" */
  const char *summary;
  const struct cli_option *options; /* ended by a NULL name; "help" is added by itself */
  size_t n_arguments;
  const char *number,
      *number_range; /* an argument that is a number, and which: for a negative one, which looks like an option */
};

struct cli_values {
  const struct cli_command *command;
  const char *value[CLI_MAX_OPTIONS]; /* as in command->options; NULL: not given; "" for an option without value */
  const char **arguments;             /* (n_arguments) */
  size_t n_arguments;
  int n_words;
  char *const *words; /* (n_words): the whole command line, the name of the sub-command first */
};

/* What --help calls; the generator of the manual pages (manual.c) takes the table from it. */
extern void (*cli_help)(const struct cli_command *command);

/* Parses what follows the sub-command's name. Returns false if the program is to end now with *exit_code: help was
 * printed, or an error was told in one line. */
bool cli_parse(const struct cli_command *command, int argc, char **argv, struct cli_values *values, int *exit_code);

/* The value of an option, NULL if it was not given. */
const char *cli_get(const struct cli_values *values, const char *name);

/* Changes *out only if the option was given. False, having told the error, if its value is not legal. */
bool cli_u64(const struct cli_values *values, const char *name, uint64_t min, uint64_t max, uint64_t *out);
bool cli_size(const struct cli_values *values, const char *name, size_t min, size_t max, size_t *out);

bool cli_number(const struct cli_values *values, const char *name, double min, double max, double *out);

extern const char *cli_program; /* as it was called: argv[0] */

/* "mnist_simd COMMAND: message", on standard error. */
__attribute__((format(printf, 2, 3))) void cli_error(const struct cli_command *command, const char *format, ...);

/* " with --data" or another option of the command, where ms_error_message() ends in what it chooses; else "". */
const char *cli_remedy(const struct cli_command *command);

/* Tells ms_error_message() and that, and gives the exit code that belongs to a failed status. */
int cli_fail(const struct cli_command *command, enum ms_status status);

/* ---- What several sub-commands share ---- */

#define CLI_ISA_OPTION                                                                                                 \
  {                                                                                                                    \
    "isa", "NAME",                                                                                                     \
        "kernels to use, a name that 'mnist_simd kernels' lists (default: $MNIST_SIMD_ISA,\n"                          \
        "else the best of this CPU); never changes a result"                                                           \
  }
#define CLI_FORCE_FILE_OPTION                                                                                          \
  { "force", NULL, "overwrite a file that is there already" }
#define CLI_THREADS_OPTION                                                                                             \
  { "threads", "N", "threads, 1 to 1024 (default: as many of the cores as are fastest); never changes a result" }

/* ms_init by --isa, MNIST_SIMD_ISA and --threads. Returns 0 or an exit code, having told the error. */
int cli_init(const struct cli_values *values);

#endif
