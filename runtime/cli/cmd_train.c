/* mnist_simd train: trains a network, evaluates it and saves the run. */
#include <stdio.h>

#include "runtime/cli/commands.h"
#include "runtime/cli/options.h"
#include "runtime/cli/session.h"
#include "runtime/cli/train_config.h"
#include "runtime/platform/files.h"

static const struct cli_command command = {
    "train", "",
    "Trains a network on MNIST, evaluates it on the test images and saves the run. Without "
    "options: the report's final\n"
    "configuration. Values per hidden layer are comma lists; a single value serves all hidden "
    "layers.",
    train_options, 0};

static int train(const struct cli_values *values, struct session *session) {
  struct ms_data data = {0};
  int exit_code = cli_init(values);
  if (exit_code == 0)
    exit_code = cli_load_data(values, &data, &session->data_folder);
  if (exit_code == 0) {
    session->data = &data;
    exit_code = session_train(session);
  }
  ms_data_free(&data);
  ms_shutdown();
  return exit_code;
}

int cmd_train(int argc, char **argv) {
  struct cli_values values;
  struct ms_config *config;
  struct session session = {.command = &command};
  char folder[MS_PATH_SIZE];
  int exit_code;
  if (!cli_parse(&command, argc, argv, &values, &exit_code))
    return exit_code;
  if (!train_config_from_options(&values, &session.preset, &config))
    return EXIT_USAGE;

  const char *out = cli_get(&values, "out");
  const int length =
      out ? snprintf(folder, sizeof folder, "%s", out)
          : snprintf(folder, sizeof folder, "runs/%s-seed%llu", session.preset, (unsigned long long)config->seed);
  if (length <= 0 || length >= (int)sizeof folder) {
    cli_error(&command, "--out: must be a folder's name of 1 to %zu bytes", sizeof folder - 1);
    exit_code = EXIT_USAGE;
  } else {
    session.config = config;
    session.folder = folder;
    session.overwrite = cli_get(&values, "force") != NULL;
    exit_code = train(&values, &session);
  }
  ms_config_free(config);
  return exit_code;
}
