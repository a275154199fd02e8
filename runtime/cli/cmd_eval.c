/* mnist_simd eval: evaluates a saved model on the test images. */
#include <stdio.h>
#include <stdlib.h>

#include "runtime/cli/commands.h"
#include "runtime/cli/options.h"
#include "runtime/cli/print.h"
#include "runtime/platform/files.h"
#include "runtime/run/run_folder.h"

static const struct cli_option options[] = {CLI_DATA_OPTION, CLI_ISA_OPTION, CLI_THREADS_OPTION, {0}};

static const struct cli_command command = {
    "eval", "MODEL", "Evaluates a saved model, a .safetensors file or the folder of a run, on the test images.",
    options, 1};

static enum ms_status load_model(const char *argument, struct ms_network **network) {
  char path[MS_PATH_SIZE];
  if (!ms_is_folder(argument))
    return ms_network_load(argument, network);
  const enum ms_status status = ms_path_join(path, argument, MS_MODEL_FILE);
  return status == MS_OK ? ms_network_load(path, network) : status;
}

static int evaluate(const struct cli_values *values, const struct ms_network *network) {
  struct ms_data data;
  const char *folder;
  const int exit_code = cli_load_data(values, &data, &folder);
  if (exit_code != 0)
    return exit_code;
  struct ms_evaluation evaluation;
  const enum ms_status status = ms_evaluate(network, &data.test, &evaluation);
  ms_data_free(&data);
  if (status != MS_OK) {
    cli_error(values->command, "%s on %s: %s", values->arguments[0], folder, ms_error_message());
    return EXIT_FAILURE;
  }
  char digest[65];
  ms_network_sha256(network, digest);
  printf("model     %s: ", values->arguments[0]);
  print_network(network);
  printf("data      %s: %zu test images\nkernels   %s, %zu thread%s\n\n", folder, evaluation.n, ms_isa(), ms_threads(),
         plural_s(ms_threads()));
  print_evaluation(&evaluation);
  printf("\nSHA-256 of the weights: %s\n", digest);
  ms_evaluation_free(&evaluation);
  return EXIT_SUCCESS;
}

int cmd_eval(int argc, char **argv) {
  struct cli_values values;
  int exit_code;
  if (!cli_parse(&command, argc, argv, &values, &exit_code))
    return exit_code;
  exit_code = cli_init(&values);
  if (exit_code != 0)
    return exit_code;
  struct ms_network *network;
  const enum ms_status status = load_model(values.arguments[0], &network);
  exit_code = status == MS_OK ? evaluate(&values, network) : cli_fail(&command, status);
  ms_network_free(network);
  ms_shutdown();
  return exit_code;
}
