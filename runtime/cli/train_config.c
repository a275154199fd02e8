/* Options of 'mnist_simd train' and the configuration made of them. */
#include "runtime/cli/train_config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/platform/memory.h"

/* JSON readers that hold numbers as doubles keep integers up to here. */
#define MAX_SEED ((UINT64_C(1) << 53) - 1)
#define MAX_IMAGES UINT32_MAX

const struct cli_option train_options[] = {
    {"preset", "NAME",
     "unregularised, regularised or final: the report's three stages (default: final).\n"
     "The defaults of the options below are those of the preset; [final's]"},
    {"seed", "N", "seed of weights, dropout and order of images, 0 to 2^53 - 1 [42]"},
    {"epochs", "N", "passes over the training images, 1 to 100000 [50]"},
    {"batch", "N", "images of a step, 1 to 65536 [512]"},
    {"lr", "X", "Adam's learning rate, 1e-12 to 10 [0.00025]"},
    {"hidden", "N,N,...",
     "units of the hidden layers, 1 to 65536 each, up to 64 layers, or 'none' [1024,512];\n"
     "layers beyond those of the preset take the values of its last"},
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
    {"force", NULL, "overwrite a run that the folder holds already"},
    {0},
};

/* --hidden: layers of the preset keep their regularisers, further ones take those of the last. */
static bool set_hidden(const struct cli_values *values, struct ms_config *config) {
  size_t units[MS_MAX_HIDDEN], n;
  const char *text = cli_get(values, "hidden");
  if (!text)
    return true;
  if (strcmp(text, "none") == 0) {
    config->n_hidden = 0;
    return true;
  }
  if (!cli_sizes(values, "hidden", 1, MS_MAX_UNITS, MS_MAX_HIDDEN, units, &n))
    return false;
  struct ms_layer_config *hidden;
  if (ms_allocate(n, sizeof *hidden, "configuration", &hidden) != MS_OK) {
    cli_error(values->command, "%s", ms_error_message());
    return false;
  }
  for (size_t l = 0; l < n; ++l) {
    hidden[l] = config->hidden[l < config->n_hidden ? l : config->n_hidden - 1];
    hidden[l].units = units[l];
  }
  free(config->hidden);
  config->hidden = hidden;
  config->n_hidden = n;
  return true;
}

/* A per-layer option; `member` is its offset in struct ms_layer_config. */
static bool set_layers(const struct cli_values *values, const char *name, double min, double max,
                       struct ms_config *config, size_t member) {
  double numbers[MS_MAX_HIDDEN];
  size_t n;
  if (!cli_numbers(values, name, min, max, MS_MAX_HIDDEN, numbers, &n))
    return false;
  if (n == 0)
    return true;
  if (n != 1 && n != config->n_hidden) {
    cli_error(values->command, "--%s %s: has %zu values, must have 1 or %zu, one for each hidden layer", name,
              cli_get(values, name), n, config->n_hidden);
    return false;
  }
  for (size_t l = 0; l < config->n_hidden; ++l)
    memcpy((char *)&config->hidden[l] + member, &numbers[n == 1 ? 0 : l], sizeof numbers[0]);
  return true;
}

static bool set_monitor(const struct cli_values *values, struct ms_config *config) {
  const char *text = cli_get(values, "monitor");
  if (!text)
    return true;
  if (strcmp(text, "val_accuracy") != 0 && strcmp(text, "val_loss") != 0) {
    cli_error(values->command, "--monitor: '%s' is neither val_accuracy nor val_loss", text);
    return false;
  }
  config->monitor = strcmp(text, "val_loss") == 0 ? MS_VAL_LOSS : MS_VAL_ACCURACY;
  return true;
}

static bool set_all(const struct cli_values *values, struct ms_config *c) {
  size_t seed = c->seed;
  if (!cli_size(values, "seed", 0, MAX_SEED, &seed) || !cli_size(values, "epochs", 1, MS_MAX_EPOCHS, &c->epochs) ||
      !cli_size(values, "batch", 1, MS_MAX_BATCH, &c->batch) ||
      !cli_number(values, "lr", 1e-12, MS_MAX_LEARNING_RATE, &c->learning_rate) ||
      !cli_size(values, "val", 0, MAX_IMAGES, &c->n_validation) ||
      !cli_size(values, "patience", 0, MS_MAX_EPOCHS, &c->patience) ||
      !cli_number(values, "min-delta", 0, 1, &c->min_delta))
    return false;
  c->seed = seed;
  if (!set_monitor(values, c) || !set_hidden(values, c) ||
      !set_layers(values, "dropout", 0, MS_MAX_DROPOUT, c, offsetof(struct ms_layer_config, dropout)) ||
      !set_layers(values, "l1", 0, MS_MAX_PENALTY, c, offsetof(struct ms_layer_config, l1)) ||
      !set_layers(values, "l2", 0, MS_MAX_PENALTY, c, offsetof(struct ms_layer_config, l2)) ||
      !set_layers(values, "maxnorm", 0, MS_MAX_MAX_NORM, c, offsetof(struct ms_layer_config, max_norm)))
    return false;
  if (c->patience > 0 && c->n_validation == 0) {
    cli_error(values->command, "--patience %zu: early stopping watches validation images: give --val too", c->patience);
    return false;
  }
  if (ms_config_check(c) == MS_OK)
    return true;
  cli_error(values->command, "%s", ms_error_message());
  return false;
}

bool train_config_from_options(const struct cli_values *values, const char **preset, struct ms_config **config) {
  *preset = cli_get(values, "preset");
  if (!*preset)
    *preset = "final";
  if (ms_config_preset(*preset, config) != MS_OK) {
    cli_error(values->command, "--%s", ms_error_message());
    return false;
  }
  if (set_all(values, *config))
    return true;
  ms_config_free(*config);
  *config = NULL;
  return false;
}
