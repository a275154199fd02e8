/* mnist_simd eval: evaluates a saved model on the test images. */
#include <stdio.h>
#include <stdlib.h>

#include "runtime/cli/class_tables.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/data.h"
#include "runtime/cli/model_data.h"
#include "runtime/cli/options.h"
#include "runtime/cli/predictions.h"
#include "runtime/cli/print.h"
#include "runtime/nn/network.h"
#include "runtime/platform/console.h"
#include "runtime/platform/files.h"
#include "runtime/run/folder.h"

enum { DEFAULT_SHOWN = 3, MAX_SHOWN = 1000 };

static const struct cli_option options[] = {
    {"predictions", "FILE", "write a CSV file: index, class, predicted class and all probabilities of each image"},
    {"show", "N", "draw the first N misclassified images, 0 to 1000 [3]; how: see 'show --help'"},
    CLI_DATA_OPTIONS,
    CLI_OTHER_DATA_OPTION,
    CLI_ISA_OPTION,
    CLI_THREADS_OPTION,
    {0},
};

static const struct cli_command command = {
    .name = "eval",
    .arguments = "MODEL",
    .summary = "Evaluates a saved model, a .safetensors file or the folder of a run, on the test images.",
    .options = options,
    .n_arguments = 1,
};

static void print_head(const char *model, const struct ms_network *network, const char *folder,
                       const struct ms_data *data, const char *remark) {
  printf("model     %s: ", model);
  print_network(network);
  if (network->is_rewritten)
    printf("          rewritten by another program, with the weights that mnist_simd wrote\n");
  const int column = print_item(printf("data      "), "%s: %zu test images", folder, data->test.n);
  if (data->description[0])
    print_item(column, "%s", data->description);
  putchar('\n');
  if (remark)
    printf("          %s\n", remark);
  printf("kernels   %s, %zu thread%s\n", ms_isa(), ms_threads(), plural_s(ms_threads()));
}

static int evaluate(const struct cli_values *values, const struct ms_network *network, const char *folder,
                    const struct ms_data *data, size_t n_shown) {
  const char *model = values->arguments[0], *remark;
  const int exit_code = cli_check_model_data(values, model, network, folder, data, &remark);
  if (exit_code != 0)
    return exit_code;
  static const char *const no_names[MS_MAX_CLASSES];
  struct ms_evaluation evaluation;
  enum ms_status status = ms_evaluate(network, &data->test, &evaluation);
  if (status != MS_OK) {
    cli_error(values->command, "%s on %s: %s", model, folder, ms_error_message());
    return EXIT_FAILURE;
  }
  char digest[65];
  ms_network_sha256(network, digest);
  print_head(model, network, folder, data, remark);
  const char *const *names = remark ? no_names : data->class_names; /* those of the data may not be the model's */
  print_tables(&evaluation, names, ms_console_columns(SIZE_MAX));
  status = print_mistakes(&data->test, names, &evaluation, n_shown);
  putchar('\n');
  print_test(&evaluation);
  printf("Weights SHA-256 %s\n", digest);
  ms_evaluation_free(&evaluation);
  const char *predictions = cli_get(values, "predictions");
  if (status == MS_OK && predictions) {
    status = write_predictions(predictions, network, &data->test);
    if (status == MS_OK)
      printf("Written: %s: predictions of %zu images\n", predictions, data->test.n);
  }
  return status == MS_OK ? EXIT_SUCCESS : cli_fail(values->command, status);
}

static int load_and_evaluate(const struct cli_values *values, const struct ms_network *network) {
  struct ms_data data;
  const char *folder;
  size_t n_shown = DEFAULT_SHOWN;
  if (!cli_size(values, "show", 0, MAX_SHOWN, &n_shown))
    return EXIT_USAGE;
  const char *predictions = cli_get(values, "predictions");
  const enum ms_status status =
      predictions ? ms_check_place(predictions, PREDICTIONS_HEAD, "choose another file") : MS_OK;
  if (status != MS_OK)
    return cli_fail(values->command, status);
  int exit_code = cli_load_data(values, MS_DATA_TEST, &data, &folder);
  if (exit_code == 0) {
    exit_code = evaluate(values, network, folder, &data, n_shown);
    ms_data_free(&data);
  }
  return exit_code;
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
  const enum ms_status status = ms_run_folder_model(values.arguments[0], &network);
  exit_code = status == MS_OK ? load_and_evaluate(&values, network) : cli_fail(&command, status);
  ms_network_free(network);
  ms_shutdown();
  return exit_code;
}
