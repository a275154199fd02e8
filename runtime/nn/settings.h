/* The table of settings. A setting is described in its row in settings.c, and its member stands in struct ms_config or
 * struct ms_layer_config: names, ranges, options, files, messages and tables follow from the row. */
#ifndef MS_NN_SETTINGS_H
#define MS_NN_SETTINGS_H

#include "runtime/mnist_simd.h"
#include "runtime/platform/did_you_mean.h"
#include "runtime/platform/parse.h"

enum ms_setting_kind { MS_KIND_SEED, MS_KIND_SIZE, MS_KIND_NUMBER, MS_KIND_CHOICE };

struct ms_setting {
  const char *name; /* of the option and in files */
  enum ms_setting_kind kind;
  bool of_layer; /* one value for each hidden layer */
  size_t at;     /* offset of the member in struct ms_config or struct ms_layer_config */
  double min, max;
  const char *zero;       /* what 0 means, where it is legal below min; else NULL */
  const char *choices[2]; /* of MS_KIND_CHOICE: texts of the values 0 and 1 */
  const char *label;      /* the name in prose */
  const char *help;       /* the program adds range and default */
};
extern const struct ms_setting ms_settings[]; /* ended by a NULL name */

/* As ms_did_you_mean, for the name of a setting. */
const char *ms_setting_hint(char hint[MS_HINT_SIZE], const char *name);

/* The value of a hidden layer, from 0; layer does not matter to the other settings. Every legal value is exact as a
 * double. */
double ms_setting_get(const struct ms_setting *setting, const struct ms_config *config, size_t layer);
/* MS_ERROR_ARGUMENT, naming setting and range: out of range. */
enum ms_status ms_setting_set(const struct ms_setting *setting, struct ms_config *config, size_t layer, double value);

/* MS_ERROR_ARGUMENT, as ms_config_set: the text is no legal value. */
enum ms_status ms_setting_parse(const struct ms_setting *setting, const char *text, double *value);
/* The value in a few digits, or its choice. Out of range: as a number. */
void ms_setting_format(const struct ms_setting *setting, double value, char text[MS_NUMBER_SIZE]);
/* "0 to 0.99", "1 to 100000, or 0 for never", "constant or cosine" */
#define MS_RANGE_SIZE 96
const char *ms_setting_range(const struct ms_setting *setting, char text[MS_RANGE_SIZE]);
/* A choice of no and yes. */
bool ms_setting_is_switch(const struct ms_setting *setting);
/* The name of the member, with '-' for '_': "units" for "hidden". */
const char *ms_setting_member(const struct ms_setting *setting);

/* The presets by name; NULL from the last on. */
const char *ms_preset_name(size_t index);

/* Changes the number of hidden layers, whose units are to be set then. Existing layers keep their values, further ones
 * take those of the last. MS_ERROR_ARGUMENT: over MS_MAX_HIDDEN. */
enum ms_status ms_config_resize(struct ms_config *config, size_t n_hidden);

#endif
