/* The table of settings, their values by name and as text, and what training accepts. */
#include "runtime/nn/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/platform/c_locale.h"
#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"

/* JSON readers that hold numbers as doubles keep integers up to here. */
#define MAX_SEED (0x1p53 - 1)
#define MAX_IMAGES UINT32_MAX

#define CONFIG(member) .at = offsetof(struct ms_config, member)
#define LAYER(member) .of_layer = true, .at = offsetof(struct ms_layer_config, member)
#define TEXT_OF(number) #number
#define TEXT(number) TEXT_OF(number)

const struct ms_setting ms_settings[] = {
    {"seed", MS_KIND_SEED, CONFIG(seed), .max = MAX_SEED, .label = "seed",
     .help = "seed of weights, dropout and order of images"},
    {"epochs", MS_KIND_SIZE, CONFIG(epochs), .min = 1, .max = MS_MAX_EPOCHS, .label = "epochs",
     .help = "passes over the training images"},
    {"batch", MS_KIND_SIZE, CONFIG(batch), .min = 1, .max = MS_MAX_BATCH, .label = "batch", .help = "images of a step"},
    {"lr", MS_KIND_NUMBER, CONFIG(lr), .min = MS_MIN_LEARNING_RATE, .max = MS_MAX_LEARNING_RATE,
     .label = "learning rate", .help = "Adam's learning rate"},
    {"schedule", MS_KIND_CHOICE, CONFIG(schedule), .max = 1, .choices = {"constant", "cosine"}, .label = "schedule",
     .help = "how the learning rate goes over the epochs (cosine: down to 0)"},
    {"hidden", MS_KIND_SIZE, LAYER(units), .min = 1, .max = MS_MAX_UNITS, .label = "units",
     .help = "units of the hidden layers, or 'none'; layers beyond those of the preset take the values of its last;\n"
             "up to " TEXT(MS_MAX_HIDDEN) " values"},
    {"input-dropout", MS_KIND_NUMBER, CONFIG(input_dropout), .max = MS_MAX_DROPOUT, .label = "input dropout",
     .help = "share of the pixels that is dropped"},
    {"dropout", MS_KIND_NUMBER, LAYER(dropout), .max = MS_MAX_DROPOUT, .label = "dropout",
     .help = "share of each hidden layer's outputs that is dropped"},
    {"l1", MS_KIND_NUMBER, LAYER(l1), .max = MS_MAX_PENALTY, .label = "L1",
     .help = "L1 penalty on each hidden layer's weights"},
    {"l2", MS_KIND_NUMBER, LAYER(l2), .max = MS_MAX_PENALTY, .label = "L2",
     .help = "L2 penalty on each hidden layer's weights"},
    {"maxnorm", MS_KIND_NUMBER, LAYER(maxnorm), .min = MS_MIN_MAX_NORM, .max = MS_MAX_MAX_NORM, .zero = "none",
     .label = "MaxNorm", .help = "limit of the norm of each hidden unit's incoming weights"},
    {"val", MS_KIND_SIZE, CONFIG(val), .max = MAX_IMAGES, .label = "validation images",
     .help = "validation images, kept out of training: the last of the training file"},
    {"val-shuffle", MS_KIND_CHOICE, CONFIG(val_shuffle), .max = 1, .choices = {"no", "yes"},
     .label = "drawn from the whole file",
     .help = "draw the validation images from the whole file, by the seed: for files in the order of their classes"},
    {"patience", MS_KIND_SIZE, CONFIG(patience), .min = 1, .max = MS_MAX_EPOCHS, .zero = "never", .label = "patience",
     .help = "stop after N epochs without improvement and keep the best model"},
    {"min-delta", MS_KIND_NUMBER, CONFIG(min_delta), .max = 1, .label = "least improvement",
     .help = "what counts as improvement"},
    {"monitor", MS_KIND_CHOICE, CONFIG(monitor), .max = 1, .choices = {"val_accuracy", "val_loss"}, .label = "monitor",
     .help = "what early stopping watches"},
    {0},
};

enum { N_SETTINGS = sizeof ms_settings / sizeof ms_settings[0] - 1 };

const char *ms_setting_name(size_t index) {
  return index < N_SETTINGS ? ms_settings[index].name : NULL;
}

bool ms_setting_is_list(size_t index) {
  return index < N_SETTINGS && ms_settings[index].of_layer;
}

static const struct ms_setting *find(const char *name) {
  for (const struct ms_setting *s = ms_settings; s->name; ++s)
    if (strcmp(s->name, name) == 0)
      return s;
  return NULL;
}

const char *ms_setting_hint(char hint[MS_HINT_SIZE], const char *name) {
  return ms_did_you_mean(hint, name, &ms_settings->name, N_SETTINGS, sizeof *ms_settings);
}

/* Setting it changes the number of layers. */
static bool is_hidden(const struct ms_setting *s) {
  return s->of_layer && s->at == offsetof(struct ms_layer_config, units);
}

bool ms_setting_is_switch(const struct ms_setting *s) {
  return s->kind == MS_KIND_CHOICE && strcmp(s->choices[0], "no") == 0;
}

const char *ms_setting_member(const struct ms_setting *s) {
  return is_hidden(s) ? "units" : s->name;
}

/* ---- A value ---- */

/* Every choice is an enum, which is an unsigned int to gcc and clang. */
_Static_assert(sizeof(enum ms_schedule) == sizeof(unsigned) && sizeof(enum ms_monitor) == sizeof(unsigned) &&
                   sizeof(enum ms_val_shuffle) == sizeof(unsigned),
               "");

static void *at(const struct ms_setting *s, const struct ms_config *config, size_t layer) {
  return (s->of_layer ? (char *)&config->hidden[layer] : (char *)config) + s->at;
}

double ms_setting_get(const struct ms_setting *s, const struct ms_config *config, size_t layer) {
  const void *member = at(s, config, layer);
  switch (s->kind) {
  case MS_KIND_SEED:
    return (double)*(const uint64_t *)member;
  case MS_KIND_SIZE:
    return (double)*(const size_t *)member;
  case MS_KIND_CHOICE:
    return *(const unsigned *)member;
  default:
    return *(const double *)member;
  }
}

static void store(const struct ms_setting *s, struct ms_config *config, size_t layer, double value) {
  void *member = at(s, config, layer);
  switch (s->kind) {
  case MS_KIND_SEED:
    *(uint64_t *)member = (uint64_t)value;
    break;
  case MS_KIND_SIZE:
    *(size_t *)member = (size_t)value;
    break;
  case MS_KIND_CHOICE:
    *(unsigned *)member = (unsigned)value;
    break;
  default:
    *(double *)member = value;
  }
}

static bool is_legal(const struct ms_setting *s, double value) {
  return (value >= s->min && value <= s->max) || (s->zero && value == 0);
}

static enum ms_status check(const struct ms_setting *s, size_t layer, double value) {
  char text[MS_NUMBER_SIZE], range[MS_RANGE_SIZE];
  if (is_legal(s, value))
    return MS_OK;
  ms_setting_format(s, value, text);
  ms_setting_range(s, range);
  if (s->of_layer)
    return ms_fail(MS_ERROR_ARGUMENT, "hidden layer %zu: %s is %s, must be %s", layer + 1, ms_setting_member(s), text,
                   range);
  return ms_fail(MS_ERROR_ARGUMENT, "%s is %s, must be %s", s->name, text, range);
}

enum ms_status ms_setting_set(const struct ms_setting *s, struct ms_config *config, size_t layer, double value) {
  MS_TRY(check(s, layer, value));
  store(s, config, layer, value);
  return MS_OK;
}

enum ms_status ms_config_check(const struct ms_config *config) {
  MS_REQUIRE(config);
  if (config->n_hidden > MS_MAX_HIDDEN)
    return ms_fail(MS_ERROR_ARGUMENT, "hidden: %zu layers, must be 0 to %d", config->n_hidden, MS_MAX_HIDDEN);
  if (config->n_hidden > 0)
    MS_REQUIRE(config->hidden);
  for (const struct ms_setting *s = ms_settings; s->name; ++s)
    for (size_t l = 0; l < (s->of_layer ? config->n_hidden : 1); ++l)
      MS_TRY(check(s, l, ms_setting_get(s, config, l)));
  if (config->patience > 0 && config->val == 0)
    return ms_fail(MS_ERROR_ARGUMENT, "patience is %zu, but early stopping watches validation images: give val too",
                   config->patience);
  return MS_OK;
}

/* ---- Text ---- */

void ms_setting_format(const struct ms_setting *s, double value, char text[MS_NUMBER_SIZE]) {
  if (s->kind == MS_KIND_CHOICE && is_legal(s, value))
    strcpy(text, s->choices[value != 0]);
  else
    ms_snprintf(text, MS_NUMBER_SIZE, s->kind == MS_KIND_NUMBER ? "%g" : "%.0f", value);
}

const char *ms_setting_range(const struct ms_setting *s, char text[MS_RANGE_SIZE]) {
  char min[MS_NUMBER_SIZE], max[MS_NUMBER_SIZE];
  ms_setting_format(s, s->min, min);
  ms_setting_format(s, s->max, max);
  snprintf(text, MS_RANGE_SIZE, "%s %s %s%s%s", min, s->kind == MS_KIND_CHOICE ? "or" : "to", max,
           s->zero ? ", or 0 for " : "", s->zero ? s->zero : "");
  return text;
}

enum ms_status ms_setting_parse(const struct ms_setting *s, const char *text, double *value) {
  char range[MS_RANGE_SIZE];
  uint64_t whole;
  if (s->kind == MS_KIND_CHOICE) {
    for (unsigned i = 0; i < 2; ++i)
      if (strcmp(text, s->choices[i]) == 0) {
        *value = i;
        return MS_OK;
      }
    return ms_fail(MS_ERROR_ARGUMENT, "%s: '%s' is neither %s nor %s", s->name, text, s->choices[0], s->choices[1]);
  }
  const bool is_number = s->kind == MS_KIND_NUMBER;
  const bool parsed = is_number ? ms_parse_number(text, value) : ms_parse_u64(text, &whole);
  if (parsed && !is_number)
    *value = (double)whole;
  if (parsed && is_legal(s, *value))
    return MS_OK;
  return ms_fail(MS_ERROR_ARGUMENT, "%s: '%s' is not a %snumber from %s", s->name, text, is_number ? "" : "whole ",
                 ms_setting_range(s, range));
}

/* The next part of a comma list. Returns what follows it, NULL if that was the last. A part too long to be a number is
 * cut, and stays none. */
enum { PART_SIZE = 64 };
static const char *next_part(const char *list, char part[PART_SIZE]) {
  const size_t length = strcspn(list, ",");
  snprintf(part, PART_SIZE, "%.*s", (int)(length < PART_SIZE ? length : PART_SIZE - 1), list);
  return list[length] == ',' ? list + length + 1 : NULL;
}

static enum ms_status parse_list(const struct ms_setting *s, const char *list, double values[MS_MAX_HIDDEN],
                                 size_t *n) {
  char part[PART_SIZE];
  *n = 0;
  for (const char *rest = list; rest; ++*n) {
    if (*n == MS_MAX_HIDDEN)
      return ms_fail(MS_ERROR_ARGUMENT, "%s %.80s: more than %d values", s->name, list, MS_MAX_HIDDEN);
    rest = next_part(rest, part);
    if (!part[0] && list[0]) /* a single empty value is reported as such */
      return ms_fail(MS_ERROR_ARGUMENT, "%s %.80s: entry %zu of this list is empty", s->name, list, *n + 1);
    MS_TRY(ms_setting_parse(s, part, &values[*n]));
  }
  return MS_OK;
}

enum ms_status ms_config_resize(struct ms_config *config, size_t n_hidden) {
  struct ms_layer_config *hidden;
  if (n_hidden > MS_MAX_HIDDEN)
    return ms_fail(MS_ERROR_ARGUMENT, "hidden: %zu layers, must be 0 to %d", n_hidden, MS_MAX_HIDDEN);
  if (n_hidden > 0) {
    MS_TRY(ms_allocate(n_hidden, sizeof *hidden, "configuration", &hidden));
    for (size_t l = 0; config->n_hidden > 0 && l < n_hidden; ++l)
      hidden[l] = config->hidden[l < config->n_hidden ? l : config->n_hidden - 1];
    free(config->hidden);
    config->hidden = hidden;
  }
  config->n_hidden = n_hidden;
  return MS_OK;
}

enum ms_status ms_config_set(struct ms_config *config, const char *name, const char *value) {
  double values[MS_MAX_HIDDEN];
  char hint[MS_HINT_SIZE];
  size_t n;
  MS_REQUIRE(config);
  MS_REQUIRE(name);
  MS_REQUIRE(value);
  if (config->n_hidden > 0)
    MS_REQUIRE(config->hidden);
  const struct ms_setting *s = find(name);
  if (!s)
    return ms_fail(MS_ERROR_ARGUMENT, "%.80s: there is no such setting%s", name, ms_setting_hint(hint, name));
  if (!s->of_layer) {
    MS_TRY(ms_setting_parse(s, value, values));
    store(s, config, 0, values[0]);
    return MS_OK;
  }
  if (is_hidden(s) && strcmp(value, "none") == 0)
    return ms_config_resize(config, 0);
  if (!is_hidden(s) && config->n_hidden == 0 && !value[0])
    return MS_OK;
  MS_TRY(parse_list(s, value, values, &n));
  if (is_hidden(s))
    MS_TRY(ms_config_resize(config, n));
  else if (n != 1 && n != config->n_hidden)
    return ms_fail(MS_ERROR_ARGUMENT, "%s %s: has %zu values for %zu hidden layer%s: give one, or one for each layer",
                   name, value, n, config->n_hidden, config->n_hidden == 1 ? "" : "s");
  for (size_t l = 0; l < config->n_hidden; ++l)
    store(s, config, l, values[n == 1 ? 0 : l]);
  return MS_OK;
}

enum ms_status ms_config_set_layer(struct ms_config *config, const char *name, size_t layer, const char *value) {
  double number;
  MS_REQUIRE(config);
  MS_REQUIRE(name);
  MS_REQUIRE(value);
  if (config->n_hidden > 0)
    MS_REQUIRE(config->hidden);
  const struct ms_setting *s = find(name);
  if (!s || !s->of_layer)
    return ms_fail(MS_ERROR_ARGUMENT, "%.80s: there is no such setting of a layer", name);
  if (layer < 1 || layer > config->n_hidden)
    return ms_fail(MS_ERROR_ARGUMENT, "%s:%zu: there %s %zu hidden layer%s", name, layer,
                   config->n_hidden == 1 ? "is" : "are", config->n_hidden, config->n_hidden == 1 ? "" : "s");
  if (strlen(value) >= PART_SIZE || strchr(value, ','))
    return ms_fail(MS_ERROR_ARGUMENT, "%s:%zu: '%.80s' is not a single value, as for one layer", name, layer, value);
  MS_TRY(ms_setting_parse(s, value, &number));
  store(s, config, layer - 1, number);
  return MS_OK;
}

/* One value where all layers have the same; of "hidden" all, which are its number of layers. */
void ms_config_get(const struct ms_config *config, const char *name, char value[MS_SETTING_SIZE]) {
  const struct ms_setting *s = find(name);
  size_t length = 0, n = s && (!s->of_layer || config->n_hidden > 0);
  for (size_t l = 1; s && s->of_layer && l < config->n_hidden; ++l)
    if (is_hidden(s) || ms_setting_get(s, config, l) != ms_setting_get(s, config, 0))
      n = config->n_hidden;
  strcpy(value, s && is_hidden(s) && n == 0 ? "none" : "");
  for (size_t l = 0; l < n; ++l) {
    char text[MS_NUMBER_SIZE];
    if (s->kind == MS_KIND_NUMBER)
      ms_format_number(text, ms_setting_get(s, config, l)); /* exact */
    else
      ms_setting_format(s, ms_setting_get(s, config, l), text);
    length += (size_t)snprintf(value + length, MS_SETTING_SIZE - length, "%s%s", l > 0 ? "," : "", text);
  }
}

const char *ms_config_difference(const struct ms_config *a, const struct ms_config *b) {
  for (const struct ms_setting *s = ms_settings; s->name; ++s) {
    char value[MS_SETTING_SIZE], other[MS_SETTING_SIZE];
    ms_config_get(a, s->name, value);
    ms_config_get(b, s->name, other);
    if (strcmp(value, other) != 0)
      return s->name;
  }
  return NULL;
}
