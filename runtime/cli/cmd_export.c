/* mnist_simd export: a model as a file for other programs. */
#include <stdio.h>
#include <stdlib.h>

#include "runtime/cli/commands.h"
#include "runtime/cli/options.h"
#include "runtime/cli/print.h"
#include "runtime/exchange/exchange.h"
#include "runtime/platform/error.h"
#include "runtime/run/folder.h"

static const struct cli_option options[] = {
    CLI_FORCE_FILE_OPTION,
    {0},
};

static const struct cli_command command = {
    .name = "export",
    .arguments = "MODEL FILE",
    .summary =
        "Writes a model, a .safetensors file or the folder of a run, for other programs. FILE's ending names the "
        "format:\n"
        "  .npz           NumPy: dense1.weight (inputs, outputs), dense1.bias, ...\n"
        "  .h             C99 without libraries: the weights, and a function NAME_forward, NAME.h being the file, "
        "whose\n"
        "                 logits are those of this program to the bit\n"
        "  .onnx          ONNX, opset 13: from \"input\" (N, pixels), each p / 255, to \"logits\" (N, classes)\n"
        "  .safetensors   PyTorch: 0.weight (outputs, inputs), 0.bias, 2.weight, ..., of nn.Sequential(Linear, ReLU, "
        "...)\n"
        "The same model gives the same bytes.",
    .options = options,
    .n_arguments = 2,
};

/* --force overwrites exports, but no model: the file may be the very one that is exported. */
static enum ms_status check_no_model(const char *path) {
  struct ms_network *network;
  if (!ms_exists(path) || ms_network_load(path, &network) != MS_OK)
    return MS_OK;
  ms_network_free(network);
  return ms_fail(MS_ERROR_ARGUMENT, "%s: is a model of this program, which an export is not: choose another file",
                 path);
}

static enum ms_status export_model(const struct cli_values *values) {
  const char *model = values->arguments[0], *path = values->arguments[1];
  struct ms_network *network;
  MS_TRY(ms_export_check(path));
  MS_TRY(ms_check_vacant(path, cli_get(values, "force") != NULL));
  MS_TRY(check_no_model(path));
  MS_TRY(ms_run_folder_model(model, &network));
  const enum ms_status status = ms_export(network, path);
  if (status == MS_OK)
    print_model("Written", path, network);
  ms_network_free(network);
  return status;
}

int cmd_export(int argc, char **argv) {
  struct cli_values values;
  int exit_code;
  if (!cli_parse(&command, argc, argv, &values, &exit_code))
    return exit_code;
  const enum ms_status status = export_model(&values);
  return status == MS_OK ? EXIT_SUCCESS : cli_fail(&command, status);
}
