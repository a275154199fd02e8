/* Settings of a configuration by name, from text and as text. What goes together is checked by ms_config_check. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/nn/network.h"
#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"
#include "runtime/platform/parse.h"

/* JSON readers that hold numbers as doubles keep integers up to here. */
#define MAX_SEED ((UINT64_C(1) << 53) - 1)
#define MAX_IMAGES UINT32_MAX

enum kind { SEED, SIZE, NUMBER, CHOICE, HIDDEN, LAYER_NUMBERS };

struct setting {
  const char *name;
  enum kind kind;
  size_t at; /* offset of the member in struct ms_config; LAYER_NUMBERS: in struct ms_layer_config */
  double min, max;
  const char *choices[2]; /* CHOICE: texts of the values 0 and 1 */
};

#define CONFIG(member) offsetof(struct ms_config, member)
#define LAYER(member) offsetof(struct ms_layer_config, member)

static const struct setting settings[] = {
    {"seed", SEED, CONFIG(seed), 0, 0, {0}},
    {"epochs", SIZE, CONFIG(epochs), 1, MS_MAX_EPOCHS, {0}},
    {"batch", SIZE, CONFIG(batch), 1, MS_MAX_BATCH, {0}},
    {"lr", NUMBER, CONFIG(lr), MS_MIN_LEARNING_RATE, MS_MAX_LEARNING_RATE, {0}},
    {"schedule", CHOICE, CONFIG(schedule), 0, 0, {"constant", "cosine"}},
    {"hidden", HIDDEN, 0, 0, 0, {0}},
    {"input-dropout", NUMBER, CONFIG(input_dropout), 0, MS_MAX_DROPOUT, {0}},
    {"dropout", LAYER_NUMBERS, LAYER(dropout), 0, MS_MAX_DROPOUT, {0}},
    {"l1", LAYER_NUMBERS, LAYER(l1), 0, MS_MAX_PENALTY, {0}},
    {"l2", LAYER_NUMBERS, LAYER(l2), 0, MS_MAX_PENALTY, {0}},
    {"maxnorm", LAYER_NUMBERS, LAYER(maxnorm), 0, MS_MAX_MAX_NORM, {0}},
    {"val", SIZE, CONFIG(val), 0, MAX_IMAGES, {0}},
    {"patience", SIZE, CONFIG(patience), 0, MS_MAX_EPOCHS, {0}},
    {"min-delta", NUMBER, CONFIG(min_delta), 0, 1, {0}},
    {"monitor", CHOICE, CONFIG(monitor), 0, 0, {"val_accuracy", "val_loss"}},
};

enum { N_SETTINGS = sizeof settings / sizeof settings[0] };

const char *ms_setting_name(size_t index) {
  return index < N_SETTINGS ? settings[index].name : NULL;
}

bool ms_setting_is_list(size_t index) {
  return index < N_SETTINGS && (settings[index].kind == HIDDEN || settings[index].kind == LAYER_NUMBERS);
}

static const struct setting *find(const char *name) {
  for (size_t i = 0; i < N_SETTINGS; ++i)
    if (strcmp(settings[i].name, name) == 0)
      return &settings[i];
  return NULL;
}

static enum ms_status set_whole(const char *name, const char *text, uint64_t min, uint64_t max, uint64_t *out) {
  uint64_t value;
  if (!ms_parse_u64(text, &value) || value < min || value > max)
    return ms_fail(MS_ERROR_ARGUMENT, "%s: '%s' is not a whole number from %" PRIu64 " to %" PRIu64, name, text, min,
                   max);
  *out = value;
  return MS_OK;
}

static enum ms_status set_size(const char *name, const char *text, size_t min, size_t max, size_t *out) {
  uint64_t value = 0;
  const enum ms_status status = set_whole(name, text, min, max, &value);
  if (status == MS_OK)
    *out = (size_t)value;
  return status;
}

static enum ms_status set_number(const struct setting *s, const char *text, double *out) {
  double value;
  if (!ms_parse_number(text, &value) || !(value >= s->min && value <= s->max))
    return ms_fail(MS_ERROR_ARGUMENT, "%s: '%s' is not a number from %g to %g", s->name, text, s->min, s->max);
  *out = value;
  return MS_OK;
}

/* The next part of a comma list. Returns what follows it, NULL if that was the last. A part too long to be a number is cut,
 * and stays none. */
enum { PART_SIZE = 64 };
static const char *next_part(const char *list, char part[PART_SIZE]) {
  const size_t length = strcspn(list, ",");
  snprintf(part, PART_SIZE, "%.*s", (int)(length < PART_SIZE ? length : PART_SIZE - 1), list);
  return list[length] == ',' ? list + length + 1 : NULL;
}

/* A list of one is no list. */
static enum ms_status check_entry(const char *name, const char *value, const char *part, size_t index) {
  if (part[0] || !value[0])
    return MS_OK;
  return ms_fail(MS_ERROR_ARGUMENT, "%s %.80s: entry %zu of this list is empty", name, value, index + 1);
}

static enum ms_status too_many(const char *name, const char *value) {
  return ms_fail(MS_ERROR_ARGUMENT, "%s %.80s: more than %d values", name, value, MS_MAX_HIDDEN);
}

/* Layers that there are keep their regularisers, further ones take those of the last. */
static enum ms_status set_hidden(struct ms_config *config, const char *value) {
  size_t units[MS_MAX_HIDDEN], n = 0;
  if (strcmp(value, "none") == 0) {
    config->n_hidden = 0;
    return MS_OK;
  }
  char part[PART_SIZE];
  for (const char *rest = value; rest; ++n) {
    if (n == MS_MAX_HIDDEN)
      return too_many("hidden", value);
    rest = next_part(rest, part);
    enum ms_status status = check_entry("hidden", value, part, n);
    if (status == MS_OK)
      status = set_size("hidden", part, 1, MS_MAX_UNITS, &units[n]);
    if (status != MS_OK)
      return status;
  }
  struct ms_layer_config *hidden;
  const enum ms_status status = ms_allocate(n, sizeof *hidden, "configuration", &hidden);
  if (status != MS_OK)
    return status;
  for (size_t l = 0; l < n; ++l) {
    if (config->n_hidden > 0)
      hidden[l] = config->hidden[l < config->n_hidden ? l : config->n_hidden - 1];
    hidden[l].units = units[l];
  }
  free(config->hidden);
  config->hidden = hidden;
  config->n_hidden = n;
  return MS_OK;
}

static double *layer_number(const struct setting *s, struct ms_layer_config *layer) {
  return (double *)((char *)layer + s->at);
}

static enum ms_status set_layers(const struct setting *s, struct ms_config *config, const char *value) {
  double numbers[MS_MAX_HIDDEN];
  size_t n = 0;
  char part[PART_SIZE];
  for (const char *rest = value; rest; ++n) {
    if (n == MS_MAX_HIDDEN)
      return too_many(s->name, value);
    rest = next_part(rest, part);
    enum ms_status status = check_entry(s->name, value, part, n);
    if (status == MS_OK)
      status = set_number(s, part, &numbers[n]);
    if (status != MS_OK)
      return status;
  }
  if (n != 1 && n != config->n_hidden)
    return ms_fail(MS_ERROR_ARGUMENT, "%s %s: has %zu values for %zu hidden layer%s: give one, or one for each layer",
                   s->name, value, n, config->n_hidden, config->n_hidden == 1 ? "" : "s");
  for (size_t l = 0; l < config->n_hidden; ++l)
    *layer_number(s, &config->hidden[l]) = numbers[n == 1 ? 0 : l];
  return MS_OK;
}

/* Every CHOICE is an enum of two values, each of which is an unsigned int to gcc and clang. */
_Static_assert(sizeof(enum ms_schedule) == sizeof(unsigned) && sizeof(enum ms_monitor) == sizeof(unsigned), "");

static enum ms_status set_choice(const struct setting *s, const char *value, unsigned *out) {
  for (unsigned i = 0; i < 2; ++i)
    if (strcmp(value, s->choices[i]) == 0) {
      *out = i;
      return MS_OK;
    }
  return ms_fail(MS_ERROR_ARGUMENT, "%s: '%s' is neither %s nor %s", s->name, value, s->choices[0], s->choices[1]);
}

enum ms_status ms_config_set(struct ms_config *config, const char *name, const char *value) {
  const struct setting *s = find(name);
  if (!s)
    return ms_fail(MS_ERROR_ARGUMENT, "%.80s: there is no such setting", name);
  void *member = (char *)config + s->at;
  switch (s->kind) {
  case SEED:
    return set_whole(name, value, 0, MAX_SEED, &config->seed);
  case SIZE:
    return set_size(name, value, (size_t)s->min, (size_t)s->max, member);
  case NUMBER:
    return set_number(s, value, member);
  case CHOICE:
    return set_choice(s, value, member);
  case HIDDEN:
    return set_hidden(config, value);
  case LAYER_NUMBERS:
    return set_layers(s, config, value);
  }
  return MS_OK;
}

enum ms_status ms_config_set_layer(struct ms_config *config, const char *name, size_t layer, const char *value) {
  const struct setting *s = find(name);
  if (!s || (s->kind != HIDDEN && s->kind != LAYER_NUMBERS))
    return ms_fail(MS_ERROR_ARGUMENT, "%.80s: there is no such setting of a layer", name);
  if (layer < 1 || layer > config->n_hidden)
    return ms_fail(MS_ERROR_ARGUMENT, "%s:%zu: there %s %zu hidden layer%s", name, layer,
                   config->n_hidden == 1 ? "is" : "are", config->n_hidden, config->n_hidden == 1 ? "" : "s");
  if (strlen(value) >= PART_SIZE || strchr(value, ','))
    return ms_fail(MS_ERROR_ARGUMENT, "%s:%zu: '%.80s' is not a single value, as for one layer", name, layer, value);
  return s->kind == HIDDEN ? set_size(name, value, 1, MS_MAX_UNITS, &config->hidden[layer - 1].units)
                           : set_number(s, value, layer_number(s, &config->hidden[layer - 1]));
}

static void get_hidden(const struct ms_config *config, char value[MS_SETTING_SIZE]) {
  size_t length = 0;
  for (size_t l = 0; l < config->n_hidden; ++l)
    length +=
        (size_t)snprintf(value + length, MS_SETTING_SIZE - length, "%s%zu", l > 0 ? "," : "", config->hidden[l].units);
  if (config->n_hidden == 0)
    strcpy(value, "none");
}

/* One number where all layers have the same. */
static void get_layers(const struct setting *s, const struct ms_config *config, char value[MS_SETTING_SIZE]) {
  size_t length = 0, n = config->n_hidden > 0 ? 1 : 0;
  for (size_t l = 1; l < config->n_hidden; ++l)
    if (*layer_number(s, &config->hidden[l]) != *layer_number(s, &config->hidden[0]))
      n = config->n_hidden;
  value[0] = '\0';
  for (size_t l = 0; l < n; ++l) {
    char number[MS_NUMBER_SIZE];
    ms_format_number(number, *layer_number(s, &config->hidden[l]));
    length += (size_t)snprintf(value + length, MS_SETTING_SIZE - length, "%s%s", l > 0 ? "," : "", number);
  }
}

void ms_config_get(const struct ms_config *config, const char *name, char value[MS_SETTING_SIZE]) {
  const struct setting *s = find(name);
  value[0] = '\0';
  if (!s)
    return;
  const void *member = (const char *)config + s->at;
  switch (s->kind) {
  case SEED:
    snprintf(value, MS_SETTING_SIZE, "%" PRIu64, config->seed);
    break;
  case SIZE:
    snprintf(value, MS_SETTING_SIZE, "%zu", *(const size_t *)member);
    break;
  case NUMBER:
    ms_format_number(value, *(const double *)member);
    break;
  case CHOICE:
    snprintf(value, MS_SETTING_SIZE, "%s", s->choices[*(const unsigned *)member != 0]);
    break;
  case HIDDEN:
    get_hidden(config, value);
    break;
  case LAYER_NUMBERS:
    get_layers(s, config, value);
    break;
  }
}

const char *ms_config_difference(const struct ms_config *a, const struct ms_config *b) {
  for (size_t i = 0; i < N_SETTINGS; ++i) {
    char value[MS_SETTING_SIZE], other[MS_SETTING_SIZE];
    ms_config_get(a, settings[i].name, value);
    ms_config_get(b, settings[i].name, other);
    if (strcmp(value, other) != 0)
      return settings[i].name;
  }
  return NULL;
}
