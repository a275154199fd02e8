/* A configuration as a JSON object: members by the names of the settings, in a list of objects what belongs to hidden
 * layers. */
#include "runtime/run/config_json.h"

#include <stdio.h>

#include "runtime/nn/settings.h"
#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"

/* ---- Writing ---- */

static json_t *value_to_json(const struct ms_setting *s, double value) {
  char text[MS_NUMBER_SIZE];
  switch (s->kind) {
  case MS_KIND_NUMBER:
    return json_real(value);
  case MS_KIND_CHOICE:
    ms_setting_format(s, value, text);
    return json_string(text);
  default:
    return json_integer((json_int_t)value);
  }
}

/* The settings of a hidden layer, or those of none. */
static json_t *settings_to_json(const struct ms_config *c, bool of_layer, size_t layer, int *failed) {
  json_t *object = json_object();
  for (const struct ms_setting *s = ms_settings; s->name; ++s)
    if (s->of_layer == of_layer && s->kind != MS_KIND_SEED)
      *failed |= json_object_set_new(object, ms_setting_member(s), value_to_json(s, ms_setting_get(s, c, layer)));
  return object;
}

json_t *ms_config_to_json(const struct ms_config *c) {
  int failed = 0;
  json_t *object = settings_to_json(c, false, 0, &failed), *layers = json_array();
  for (size_t l = 0; l < c->n_hidden; ++l)
    failed |= json_array_append_new(layers, settings_to_json(c, true, l, &failed));
  failed |= json_object_set_new(object, "hidden", layers);
  if (!failed)
    return object;
  json_decref(object);
  return NULL;
}

/* ---- Reading ---- */

/* The member's name in the object. Up to version 0.1.0, '-' was written as '_'. */
static const char *find_name(const json_t *object, const char *name, char old[MS_NUMBER_SIZE]) {
  snprintf(old, MS_NUMBER_SIZE, "%s", name);
  for (char *c = old; *c; ++c)
    if (*c == '-')
      *c = '_';
  return json_object_get(object, old) ? old : name;
}

static enum ms_status read_setting(const json_t *object, const struct ms_setting *s, struct ms_config *c,
                                   size_t layer) {
  char old[MS_NUMBER_SIZE];
  const char *name = find_name(object, ms_setting_member(s), old), *text;
  json_int_t whole;
  double value;
  json_error_t error;
  int failed;
  switch (s->kind) {
  case MS_KIND_NUMBER:
    failed = json_unpack_ex((json_t *)object, &error, 0, "{s:F}", name, &value);
    break;
  case MS_KIND_CHOICE:
    failed = json_unpack_ex((json_t *)object, &error, 0, "{s:s}", name, &text);
    if (!failed)
      MS_TRY(ms_setting_parse(s, text, &value));
    break;
  default:
    failed = json_unpack_ex((json_t *)object, &error, 0, "{s:I}", name, &whole);
    value = (double)whole;
  }
  if (!failed)
    return ms_setting_set(s, c, layer, value);
  return s->of_layer ? ms_fail(MS_ERROR_DATA, "hidden layer %zu: %s", layer + 1, error.text)
                     : ms_fail(MS_ERROR_DATA, "%s", error.text);
}

static enum ms_status read_config(const json_t *object, struct ms_config *c) {
  const json_t *layers = json_object_get(object, "hidden");
  if (!json_is_array(layers))
    return ms_fail(MS_ERROR_DATA, "hidden is no list");
  MS_TRY(ms_config_resize(c, json_array_size(layers)));
  for (const struct ms_setting *s = ms_settings; s->name; ++s)
    for (size_t l = 0; s->kind != MS_KIND_SEED && l < (s->of_layer ? c->n_hidden : 1); ++l)
      MS_TRY(read_setting(s->of_layer ? json_array_get(layers, l) : object, s, c, l));
  return ms_config_check(c);
}

enum ms_status ms_config_from_json(const char *path, const json_t *object, uint64_t seed, struct ms_config **config) {
  struct ms_config *c;
  *config = NULL;
  MS_TRY(ms_allocate(1, sizeof *c, "configuration", &c));
  c->seed = seed;
  enum ms_status status = read_config(object, c);
  if (status == MS_ERROR_ARGUMENT || status == MS_ERROR_DATA)
    status = ms_fail(MS_ERROR_DATA, "%s: its configuration: %s", path, ms_error_message());
  if (status == MS_OK)
    *config = c;
  else
    ms_config_free(c);
  return status;
}
