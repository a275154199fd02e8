/* mnist_simd: the program. Chooses the sub-command. */
#define _XOPEN_SOURCE 700 /* SIGXFSZ */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/kernels.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/options.h"
#include "runtime/platform/error.h"

static const struct {
  const char *name;
  int (*run)(int argc, char **argv);
  const char *summary;
} commands[] = {
    {"train", cmd_train, "train a network, evaluate it on the test images, save it"},
    {"reproduce", cmd_reproduce, "train the report's three stages and compare them with its claims"},
    {"eval", cmd_eval, "evaluate a saved model on the test images"},
    {"sweep", cmd_sweep, "search settings: train all that a file asks for, compare by validation images"},
    {"report", cmd_report, "write a page with figures and tables of one run or several"},
    {"show", cmd_show, "draw an image of the data in the terminal"},
    {"verify", cmd_verify, "reproduce the published digests, with every ISA of this CPU"},
    {"kernels", cmd_kernels, "list the CPU's features and which ISA serves each kernel"},
};

enum { N_COMMANDS = sizeof commands / sizeof commands[0] };

static void print_help(FILE *stream) {
  fprintf(stream, "Usage: mnist_simd COMMAND [OPTION]...\n"
                  "Trains dense networks with hand-written SIMD kernels: the same seed gives the "
                  "same bits on every CPU\n"
                  "and at every thread count.\n\nCommands:\n");
  for (size_t i = 0; i < N_COMMANDS; ++i)
    fprintf(stream, "  %-10s %s\n", commands[i].name, commands[i].summary);
  fprintf(stream, "\n'mnist_simd COMMAND --help' lists a command's options. 'mnist_simd --version' prints the "
                  "version.\n"
                  "Exit codes: 0 success, 1 failure, 2 wrong usage, 129, 130 and 143 interrupted by a signal (a second "
                  "one ends at once).\n");
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
  for (size_t i = 0; i < N_COMMANDS; ++i)
    if (strcmp(argv[1], commands[i].name) == 0)
      return commands[i].run(argc - 1, argv + 1);
  ms_remove_controls(argv[1]);
  fprintf(stderr, "mnist_simd: unknown command '%s', must be", argv[1]);
  for (size_t i = 0; i < N_COMMANDS; ++i)
    fprintf(stderr, "%s %s", i == 0 ? "" : i + 1 < N_COMMANDS ? "," : " or", commands[i].name);
  fprintf(stderr, ": see 'mnist_simd --help'\n");
  return EXIT_USAGE;
}

int main(int argc, char **argv) {
  signal(SIGPIPE, SIG_IGN); /* a reader that is gone must not cost a training run */
  signal(SIGXFSZ, SIG_IGN); /* a file over its limit (ulimit -f) is told as an error, and its beginning removed */
  if (argc > 0 && argv[0][0])
    cli_program = argv[0];
  const int exit_code = run(argc, argv);
  if (fflush(stdout) != 0 || ferror(stdout)) {
    fprintf(stderr, "mnist_simd: standard output cannot be written\n");
    return exit_code == EXIT_SUCCESS ? EXIT_FAILURE : exit_code;
  }
  return exit_code;
}
