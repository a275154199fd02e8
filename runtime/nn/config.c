/* Configurations: the report's three stages, the best that we know, copies. What training accepts is settings.c's. */
#include <stdlib.h>
#include <string.h>

#include "runtime/nn/settings.h"
#include "runtime/platform/did_you_mean.h"
#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"

static struct ms_layer_config plain[2] = {{.units = 1024}, {.units = 512}};
static struct ms_layer_config regularised[2] = {{.units = 1024, .dropout = 0.6, .l1 = 1e-6, .l2 = 1e-4, .maxnorm = 0.5},
                                                {.units = 512, .dropout = 0.5, .l1 = 1e-6, .l2 = 1e-4, .maxnorm = 0.5}};
static struct ms_layer_config best[2] = {{.units = 1024, .dropout = 0.5, .maxnorm = 3},
                                         {.units = 512, .dropout = 0.1, .maxnorm = 3}};

/* A setting that is not named is 0: off, or its first choice. */
#define COMMON .seed = 42, .batch = 512, .min_delta = 0.0001, .n_hidden = 2
static const struct {
  const char *name;
  struct ms_config config;
} presets[] = {
    {"unregularised", {COMMON, .epochs = 15, .lr = 0.00025, .val = 10000, .hidden = plain}},
    {"regularised", {COMMON, .epochs = 50, .lr = 0.00025, .val = 10000, .patience = 5, .hidden = regularised}},
    {"final", {COMMON, .epochs = 50, .lr = 0.00025, .hidden = regularised}},
    /* Chosen on validation images by sweeps/best.txt and sweeps/best-finalists.txt. */
    {"best",
     {COMMON, .epochs = 150, .lr = 0.003, .schedule = MS_SCHEDULE_COSINE, .input_dropout = 0.2, .hidden = best}},
};

const char *ms_preset_name(size_t index) {
  return index < sizeof presets / sizeof presets[0] ? presets[index].name : NULL;
}

enum ms_status ms_config_preset(const char *name, struct ms_config **config) {
  MS_REQUIRE(config);
  *config = NULL;
  MS_REQUIRE(name);
  for (size_t i = 0; i < sizeof presets / sizeof presets[0]; ++i)
    if (strcmp(presets[i].name, name) == 0)
      return ms_config_copy(&presets[i].config, config);
  char hint[MS_HINT_SIZE];
  ms_did_you_mean(hint, name, &presets->name, sizeof presets / sizeof presets[0], sizeof presets[0]);
  return ms_fail(MS_ERROR_ARGUMENT, "preset '%s': unknown%s, must be unregularised, regularised, final or best", name,
                 hint);
}

enum ms_status ms_config_copy(const struct ms_config *config, struct ms_config **copy) {
  struct ms_layer_config *hidden;
  MS_REQUIRE(copy);
  *copy = NULL;
  MS_REQUIRE(config);
  if (config->n_hidden > 0)
    MS_REQUIRE(config->hidden);
  MS_TRY(ms_allocate(config->n_hidden, sizeof *hidden, "configuration", &hidden));
  const enum ms_status status = ms_allocate(1, sizeof **copy, "configuration", copy);
  if (status != MS_OK) {
    free(hidden);
    return status;
  }
  if (config->n_hidden > 0)
    memcpy(hidden, config->hidden, config->n_hidden * sizeof *hidden);
  **copy = *config;
  (*copy)->hidden = hidden;
  return MS_OK;
}

void ms_config_free(struct ms_config *config) {
  if (config)
    free(config->hidden);
  free(config);
}
