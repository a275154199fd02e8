/* mnist_simd import: a model of this program from a file of another. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/cli/commands.h"
#include "runtime/cli/options.h"
#include "runtime/cli/print.h"
#include "runtime/exchange/exchange.h"
#include "runtime/platform/error.h"

static const struct cli_option options[] = {
    {"layout", "LAYOUT",
     "how weights lie: in-out, (inputs, outputs), or out-in, (outputs, inputs)\n(default: as their names and shapes "
     "say)"},
    CLI_FORCE_FILE_OPTION,
    {0},
};

static const struct cli_command command = {
    .name = "import",
    .arguments = "FILE MODEL",
    .summary =
        "Makes MODEL, a .safetensors file for 'eval' and 'show', of another program's dense layers with ReLU between "
        "them.\nFILE is a safetensors file or a NumPy archive (.npz) of float32 tensors, a weight and a bias for each "
        "layer:\n"
        "  PREFIX0.weight, PREFIX0.bias, ...    PyTorch: weight (outputs, inputs); numbers ascend\n"
        "  dense/kernel, dense_1/kernel, ...    Keras: kernel (inputs, outputs)\n"
        "  dense1.weight, dense2.weight, ...    this program: weight (inputs, outputs)\n"
        "The network takes pixels as p / 255.",
    .options = options,
    .n_arguments = 2,
};

/* Changes *layout only if the option was given. */
static bool read_layout(const struct cli_values *values, enum ms_weight_layout *layout) {
  const char *text = cli_get(values, "layout");
  if (!text)
    return true;
  for (*layout = MS_IN_OUT; *layout <= MS_OUT_IN; ++*layout)
    if (strcmp(text, ms_weight_layout_name(*layout)) == 0)
      return true;
  cli_error(&command, "--layout: '%s' is neither in-out nor out-in", text);
  return false;
}

static enum ms_status check_model_name(const char *path) {
  static const char ending[] = ".safetensors";
  const size_t length = strlen(path), ending_length = sizeof ending - 1;
  if (length > ending_length && strcmp(path + length - ending_length, ending) == 0)
    return MS_OK;
  return ms_fail(MS_ERROR_ARGUMENT, "%s: MODEL must end in %s", path, ending);
}

static enum ms_status import_model(const struct cli_values *values, enum ms_weight_layout layout) {
  const char *file = values->arguments[0], *model = values->arguments[1];
  struct ms_network *network;
  MS_TRY(check_model_name(model));
  MS_TRY(ms_check_vacant(model, cli_get(values, "force") != NULL));
  MS_TRY(ms_import(file, &layout, &network));
  const enum ms_status status = ms_network_save(network, model);
  if (status == MS_OK) {
    printf("Read: %s: weights lie %s\n", file, ms_weight_layout_name(layout));
    print_model("Written", model, network);
  }
  ms_network_free(network);
  return status;
}

int cmd_import(int argc, char **argv) {
  struct cli_values values;
  enum ms_weight_layout layout = MS_BY_NAMES;
  int exit_code;
  if (!cli_parse(&command, argc, argv, &values, &exit_code))
    return exit_code;
  if (!read_layout(&values, &layout))
    return EXIT_USAGE;
  const enum ms_status status = import_model(&values, layout);
  return status == MS_OK ? EXIT_SUCCESS : cli_fail(&command, status);
}
