/* Options of 'mnist_simd train' and the configuration made of them. */
#include "runtime/cli/train_config.h"

#include <string.h>

const struct cli_option train_options[] = {
    {"preset", "NAME",
     "unregularised, regularised or final: the report's three stages; best: the same network\n"
     "with settings found by sweeps (default: final).\n"
     "The defaults of the options below are those of the preset; [final's]"},
    {"seed", "N", "seed of weights, dropout and order of images, 0 to 2^53 - 1 [42]"},
    {"epochs", "N", "passes over the training images, 1 to 100000 [50]"},
    {"batch", "N", "images of a step, 1 to 65536 [512]"},
    {"lr", "X", "Adam's learning rate, 1e-12 to 10 [0.00025]"},
    {"schedule", "WHAT",
     "constant or cosine: how the learning rate goes over the epochs; cosine: down to 0 [constant]"},
    {"hidden", "N,N,...",
     "units of the hidden layers, 1 to 65536 each, up to 64 layers, or 'none' [1024,512];\n"
     "layers beyond those of the preset take the values of its last"},
    {"input-dropout", "X", "share of the pixels that is dropped, 0 to 0.99 [0]"},
    {"dropout", "X,X,...", "share of each hidden layer's outputs that is dropped, 0 to 0.99 [0.6,0.5]"},
    {"l1", "X,X,...", "L1 penalty on each hidden layer's weights, 0 to 10 [1e-6]"},
    {"l2", "X,X,...", "L2 penalty on each hidden layer's weights, 0 to 10 [1e-4]"},
    {"maxnorm", "X,X,...",
     "limit of the norm of each hidden unit's incoming weights, 1e-6 to 1e6,\n"
     "or 0 for none [0.5]"},
    {"val", "N", "validation images, taken from the end of the training file [0]"},
    {"patience", "N", "stop after N epochs without improvement and keep the best model; 0: never [0]"},
    {"min-delta", "X", "what counts as improvement, 0 to 1 [0.0001]"},
    {"monitor", "WHAT", "val_accuracy or val_loss: what early stopping watches [val_accuracy]"},
    CLI_THREADS_OPTION,
    CLI_ISA_OPTION,
    CLI_DATA_OPTION,
    {"out", "DIR", "folder of the run (default: runs/<preset>-seed<seed>)"},
    {"force", NULL, "overwrite a run that the folder holds already: it stays until this one's first checkpoint"},
    {"resume", "RUN",
     "go on with the run in this folder that was stopped, with its settings: the result is that of a run\n"
     "that was never stopped. Settings that are given too must be the same"},
    {"checkpoint-every", "N",
     "keep a checkpoint after every N epochs, 1 to 100000 (default: after each epoch, and once a minute\n"
     "within a longer one, as long as they all take less than 1 % of the time)"},
    {"checkpoint-seconds", "S", "keep one as soon as S seconds have passed, 0.001 to 1000000, within an epoch too"},
    {0},
};

/* The messages of settings begin with their names. */
static int refuse(const struct cli_values *values, enum ms_status status) {
  if (status != MS_ERROR_ARGUMENT)
    return cli_fail(values->command, status);
  cli_error(values->command, "--%s", ms_error_message());
  return EXIT_USAGE;
}

static int set_all(const struct cli_values *values, struct ms_config *c) {
  const char *name;
  enum ms_status status = MS_OK;
  for (size_t i = 0; status == MS_OK && (name = ms_setting_name(i)) != NULL; ++i) {
    const char *value = cli_get(values, name);
    if (value && c->n_hidden == 0 && ms_setting_is_list(i) && strcmp(name, "hidden") != 0) {
      cli_error(values->command, "--%s %.80s: there is no hidden layer: leave it out, or give layers with --hidden",
                name, value);
      return EXIT_USAGE;
    }
    if (value)
      status = ms_config_set(c, name, value);
  }
  if (status == MS_OK && c->patience > 0 && c->val == 0) {
    cli_error(values->command, "--patience %zu: early stopping watches validation images: give --val too", c->patience);
    return EXIT_USAGE;
  }
  if (status == MS_OK)
    status = ms_config_check(c);
  return status == MS_OK ? 0 : refuse(values, status);
}

int train_config_from_options(const struct cli_values *values, const struct ms_config *base, const char **preset,
                              struct ms_config **config) {
  *preset = cli_get(values, "preset");
  const bool from_base = base && !*preset;
  if (!*preset)
    *preset = "final";
  const enum ms_status status = from_base ? ms_config_copy(base, config) : ms_config_preset(*preset, config);
  if (status != MS_OK)
    return refuse(values, status);
  const int exit_code = set_all(values, *config);
  if (exit_code != 0) {
    ms_config_free(*config);
    *config = NULL;
  }
  return exit_code;
}
