/* Options of 'mnist_simd train' and the configuration made of them. */
#include "runtime/cli/train_config.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "runtime/cli/data.h"
#include "runtime/nn/settings.h"
#include "runtime/platform/error.h"
#include "runtime/platform/sha256.h"
#include "runtime/platform/text.h"

#define DEFAULT_PRESET "final"

static const struct cli_option preset_option = {
    "preset", "NAME",
    "unregularised, regularised or final: the report's three stages; best: the same network\n"
    "with settings found by sweeps (default: " DEFAULT_PRESET ").\n"
    "The defaults of the options below are those of the preset; [" DEFAULT_PRESET "'s]"};
static const struct cli_option run_options[] = {
    CLI_THREADS_OPTION,
    CLI_ISA_OPTION,
    CLI_DATA_OPTIONS,
    CLI_VAL_DATA_OPTION,
    {"out", "DIR", "folder of the run (default: runs/<preset>-seed<seed>, and what differs from the preset)"},
    {"force", NULL, "overwrite a run that the folder holds already: it stays until this one's first checkpoint"},
    {"resume", "RUN",
     "go on with the run in this folder that was stopped, with its settings: the result is that of a run\n"
     "that was never stopped. Settings that are given too must be the same"},
    {"from", "RUN",
     "begin with the model of this finished run and train it further, to more --epochs, with its settings\n"
     "but for those that are given; with Adam's moments too if a checkpoint of the model's epoch was kept"},
    {"keep-checkpoints", "N",
     "keep checkpoints for good after every N epochs and the last: for --from, and for spot checks by\n"
     "'verify'. Each has three times the size of the model"},
    {"name", "TEXT", "what the run is called in reports (default: its settings, as in the default folder)"},
    {"author", "TEXT", "who did it"},
    {"checkpoint-every", "N",
     "keep a checkpoint after every N epochs, 1 to 100000 (default: after each epoch, and once a minute\n"
     "within a longer one, as long as they all take less than 1 % of the time)"},
    {"checkpoint-seconds", "S", "keep one as soon as S seconds have passed, 0.001 to 1000000, within an epoch too"},
    {0},
};

enum ms_status train_options(const struct cli_option **options) {
  static struct cli_option all[CLI_MAX_OPTIONS];
  static char help[CLI_MAX_OPTIONS][512];
  static const char *const values[][2] = {[MS_KIND_SEED] = {"N"},
                                          [MS_KIND_SIZE] = {"N", "N,N,..."},
                                          [MS_KIND_NUMBER] = {"X", "X,X,..."},
                                          [MS_KIND_CHOICE] = {"WHAT", "WHAT,..."}};
  struct ms_config *config;
  size_t n = 0;
  MS_TRY(ms_config_preset(DEFAULT_PRESET, &config));
  all[n++] = preset_option;
  for (const struct ms_setting *s = ms_settings; s->name; ++s, ++n) {
    char range[MS_RANGE_SIZE], value[MS_SETTING_SIZE];
    ms_config_get(config, s->name, value);
    if (ms_setting_is_switch(s))
      snprintf(help[n], sizeof help[n], "%s [%.64s]", s->help, value);
    else
      snprintf(help[n], sizeof help[n], "%s, %s [%.64s]", s->help, ms_setting_range(s, range), value);
    all[n] = (struct cli_option){s->name, ms_setting_is_switch(s) ? NULL : values[s->kind][s->of_layer], help[n]};
  }
  assert(n + sizeof run_options / sizeof run_options[0] <= CLI_MAX_OPTIONS);
  memcpy(&all[n], run_options, sizeof run_options);
  ms_config_free(config);
  *options = all;
  return MS_OK;
}

/* The messages of settings begin with their names. */
static int refuse(const struct cli_values *values, enum ms_status status) {
  if (status != MS_ERROR_ARGUMENT)
    return cli_fail(values->command, status);
  cli_error(values->command, "--%s", ms_error_message());
  return EXIT_USAGE;
}

/* All images of --val-data validate. */
static int set_val(const struct cli_values *values, struct ms_config *c) {
  if (!cli_get(values, "val-data"))
    return 0;
  if (cli_get(values, "val") || c->val_shuffle != MS_VAL_LAST) {
    cli_error(values->command, "--val-data gives the validation images: leave --%s out",
              cli_get(values, "val") ? "val" : "val-shuffle");
    return EXIT_USAGE;
  }
  return cli_count_validation(values, &c->val);
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
      status = ms_config_set(c, name, ms_setting_is_switch(&ms_settings[i]) ? "yes" : value);
  }
  if (status == MS_OK) {
    const int exit_code = set_val(values, c);
    if (exit_code != 0)
      return exit_code;
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
    *preset = DEFAULT_PRESET;
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

enum ms_status train_default_folder(const char *preset, const struct ms_config *config, char folder[MS_PATH_SIZE]) {
  enum { MAX_DIFFERENCES = 80, KEPT = 60 };
  struct ms_config *base;
  struct ms_text differences = {0};
  MS_TRY(ms_config_preset(preset, &base));
  enum ms_status status = MS_OK;
  for (const struct ms_setting *s = ms_settings; status == MS_OK && s->name; ++s) {
    char value[MS_SETTING_SIZE], before[MS_SETTING_SIZE];
    ms_config_get(config, s->name, value);
    ms_config_get(base, s->name, before);
    if (s->kind != MS_KIND_SEED && strcmp(value, before) != 0)
      ms_text_printf(&differences, "-%s%s%s", s->name, isdigit((unsigned char)s->name[strlen(s->name) - 1]) ? "_" : "",
                     value);
    if (strcmp(s->name, "hidden") == 0) /* lists of other layers differ by their length alone */
      status = ms_config_resize(base, config->n_hidden);
  }
  ms_config_free(base);
  if (status == MS_OK)
    status = ms_text_status(&differences, "name of the run's folder");
  if (status == MS_OK) {
    char *text = differences.data, digest[65];
    for (char *c = text; c && *c; ++c)
      if (*c == ',')
        *c = '_';
    if (differences.length > MAX_DIFFERENCES) { /* a file name has at most 255 bytes */
      struct ms_sha256 sha;
      ms_sha256_init(&sha);
      ms_sha256_update(&sha, text, differences.length);
      ms_sha256_finish(&sha, digest);
      snprintf(text + KEPT, differences.length - KEPT, "-%.8s", digest);
    }
    snprintf(folder, MS_PATH_SIZE, "runs/%s-seed%llu%s", preset, (unsigned long long)config->seed, text ? text : "");
  }
  ms_text_free(&differences);
  return status;
}
