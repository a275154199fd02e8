/* mnist_simd: the program. Chooses the sub-command. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/kernels.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/options.h"
#include "runtime/platform/console.h"
#include "runtime/platform/did_you_mean.h"
#include "runtime/platform/error.h"

static void print_help(FILE *stream) {
  fprintf(stream, "Usage: mnist_simd COMMAND [OPTION]...\n%s\n\nCommands:\n", cli_about);
  for (const struct cli_entry *command = cli_commands; command->name; ++command)
    fprintf(stream, "  %-10s %s\n", command->name, command->summary);
  fprintf(stream,
          "\n'mnist_simd COMMAND --help' lists a command's options. 'mnist_simd --version' prints the version.\n"
          "Exit codes: %s\n",
          cli_exit_codes);
}

static int run(int argc, char **argv) {
  if (argc < 2) {
    print_help(stderr);
    return EXIT_USAGE;
  }
  if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
    print_help(stdout);
    return EXIT_SUCCESS;
  }
  if (strcmp(argv[1], "--version") == 0 && argc > 2) {
    ms_remove_controls(argv[2]);
    fprintf(stderr, "mnist_simd: unexpected argument '%s': see 'mnist_simd --help'\n", argv[2]);
    return EXIT_USAGE;
  }
  if (strcmp(argv[1], "--version") == 0) {
    printf("mnist_simd %s (numerics contract %d)\n", MS_VERSION, MS_CONTRACT_VERSION);
    return EXIT_SUCCESS;
  }
  for (const struct cli_entry *command = cli_commands; command->name; ++command)
    if (strcmp(argv[1], command->name) == 0)
      return command->run(argc - 1, argv + 1);
  char hint[MS_HINT_SIZE];
  ms_did_you_mean(hint, argv[1], &cli_commands->name, SIZE_MAX, sizeof *cli_commands);
  ms_remove_controls(argv[1]);
  fprintf(stderr, "mnist_simd: unknown command '%s'%s, must be", argv[1], hint);
  for (const struct cli_entry *command = cli_commands; command->name; ++command)
    fprintf(stderr, "%s %s", command == cli_commands ? "" : command[1].name ? "," : " or", command->name);
  fprintf(stderr, ": see 'mnist_simd --help'\n");
  return EXIT_USAGE;
}

int main(int argc, char **argv) {
  ms_console_start(&argc, &argv);
  if (argc > 0 && argv[0][0])
    cli_program = argv[0];
  const int exit_code = run(argc, argv);
  if (fflush(stdout) != 0 || ferror(stdout)) {
    fprintf(stderr, "mnist_simd: standard output cannot be written\n");
    return exit_code == EXIT_SUCCESS ? EXIT_FAILURE : exit_code;
  }
  return exit_code;
}
