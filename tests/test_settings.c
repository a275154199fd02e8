/* Settings by name and wherever they are written, numbers from text and back, and the learning-rate schedule. */
#include <float.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/kernels.h"
#include "runtime/cli/print.h"
#include "runtime/nn/schedule.h"
#include "runtime/nn/settings.h"
#include "runtime/run/checkpoint_header.h"
#include "runtime/run/config_json.h"
#include "tests/harness.h"

static void numbers(void) {
  static const char *const wrong[] = {"",   "x",  "0x1p-12", "inf", "nan", "1e999", "1,5", " 1",
                                      "1 ", "1e", "--1",     ".",   "e5",  "1.2.3", "1f",  "infinity"};
  double number;
  size_t size;
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; ++i)
    CHECK_MESSAGE(!ms_parse_number(wrong[i], &number), "'%s' was taken for %g", wrong[i], number);
  CHECK(ms_parse_number("-2.5e-3", &number) && number == -2.5e-3);
  CHECK(ms_parse_number("1e-6", &number) && number == 1e-6);
  CHECK(ms_parse_size("0", &size) && size == 0);
  uint64_t whole;
  CHECK(ms_parse_u64("18446744073709551615", &whole) && whole == UINT64_MAX);
  CHECK(ms_parse_size("18446744073709551615", &size) == (SIZE_MAX == UINT64_MAX));
  CHECK(ms_parse_size("4294967295", &size) && size == UINT32_MAX);
  static const char *const no_sizes[] = {"", "-1", "+1", " 1", "1.0", "18446744073709551616", "0x10", "1e3"};
  for (size_t i = 0; i < sizeof no_sizes / sizeof no_sizes[0]; ++i)
    CHECK_MESSAGE(!ms_parse_size(no_sizes[i], &size), "'%s' was taken for %zu", no_sizes[i], size);

  char text[MS_NUMBER_SIZE];
  ms_format_number(text, 0.1);
  CHECK_MESSAGE(strcmp(text, "0.1") == 0, "%s", text);
  ms_format_number(text, 1e-6);
  CHECK_MESSAGE(strcmp(text, "1e-06") == 0, "%s", text);
  for (int i = 0; i < 10000; ++i) {
    const double value =
        ldexp((double)test_random() + (double)test_random() * 0x1p-32, (int)test_random_below(600) - 300);
    ms_format_number(text, value);
    CHECK_MESSAGE(ms_parse_number(text, &number) && number == value, "%a became %s", value, text);
  }
}

/* Every setting of a preset, as text, put into another preset gives the first. */
static void round_trip(void) {
  struct ms_config *from, *to;
  char value[MS_SETTING_SIZE], again[MS_SETTING_SIZE];
  const char *name;
  CHECK(ms_config_preset("regularised", &from) == MS_OK && ms_config_preset("unregularised", &to) == MS_OK);
  CHECK(ms_config_set(from, "seed", "9007199254740991") == MS_OK && from->seed == (UINT64_C(1) << 53) - 1);
  from->schedule = MS_SCHEDULE_COSINE;
  from->input_dropout = 0.2;
  from->monitor = MS_VAL_LOSS;
  from->hidden[1].l1 = 1.0 / 3;
  CHECK(ms_config_set(from, "hidden", "30,20,10") == MS_OK);
  CHECK_MESSAGE(from->hidden[2].l1 == 1.0 / 3, "a further layer must take the settings of the last");
  size_t n_different = 0;
  CHECK(strcmp(ms_config_difference(from, to), "seed") == 0 && ms_config_difference(from, from) == NULL);
  for (size_t i = 0; (name = ms_setting_name(i)) != NULL; ++i) {
    ms_config_get(from, name, value);
    ms_config_get(to, name, again);
    n_different += strcmp(value, again) != 0;
    CHECK_MESSAGE(ms_config_set(to, name, value) == MS_OK, "%s", ms_error_message());
  }
  CHECK(ms_config_difference(from, to) == NULL);
  to->hidden[2].maxnorm *= 2;
  CHECK(strcmp(ms_config_difference(from, to), "maxnorm") == 0);
  to->hidden[2].maxnorm /= 2;
  CHECK_MESSAGE(n_different >= 11, "only %zu settings differed before", n_different);
  CHECK(from->epochs == to->epochs && from->lr == to->lr && from->schedule == to->schedule &&
        from->n_hidden == to->n_hidden && from->seed == to->seed && from->input_dropout == to->input_dropout &&
        from->val == to->val && from->patience == to->patience && from->monitor == to->monitor);
  CHECK(memcmp(from->hidden, to->hidden, from->n_hidden * sizeof *from->hidden) == 0);

  struct ms_config *copy;
  CHECK(ms_config_copy(from, &copy) == MS_OK);
  CHECK(copy->hidden != from->hidden && memcmp(copy->hidden, from->hidden, 3 * sizeof *copy->hidden) == 0);
  CHECK(ms_config_set(copy, "hidden", "none") == MS_OK && copy->n_hidden == 0);
  ms_config_get(copy, "hidden", value);
  CHECK(strcmp(value, "none") == 0);
  ms_config_get(copy, "dropout", value);
  CHECK(strcmp(value, "") == 0);
  ms_config_free(copy);
  ms_config_free(from);
  ms_config_free(to);
}

static void refused(void) {
  static const struct {
    const char *name, *value;
  } wrong[] = {
      {"lr", "0"},           {"lr", "11"},           {"lr", "0x1p-12"},
      {"epochs", "0"},       {"epochs", "1.5"},      {"schedule", "step"},
      {"monitor", "loss"},   {"dropout", ""},        {"dropout", "0.1,"},
      {"dropout", ",0.1"},   {"l1", "0.1,0.2,0.3"},  {"hidden", "0"},
      {"hidden", "1,,2"},    {"seed", "-1"},         {"seed", "9007199254740992"},
      {"momentum", "0.9"},   {"input-dropout", "1"}, {"maxnorm", "-1"},
      {"val", "4294967296"}, {"maxnorm", "1e-7"},
  };
  struct ms_config *config;
  CHECK(ms_config_preset("final", &config) == MS_OK);
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; ++i) {
    CHECK_MESSAGE(ms_config_set(config, wrong[i].name, wrong[i].value) == MS_ERROR_ARGUMENT, "%s %s was taken",
                  wrong[i].name, wrong[i].value);
    CHECK_MESSAGE(strncmp(ms_error_message(), wrong[i].name, strlen(wrong[i].name)) == 0, "%s", ms_error_message());
  }
  struct ms_config *untouched;
  CHECK(ms_config_preset("final", &untouched) == MS_OK);
  char value[MS_SETTING_SIZE], expected[MS_SETTING_SIZE];
  for (size_t i = 0; ms_setting_name(i); ++i) {
    ms_config_get(config, ms_setting_name(i), value);
    ms_config_get(untouched, ms_setting_name(i), expected);
    CHECK_MESSAGE(strcmp(value, expected) == 0, "%s is %s, was %s", ms_setting_name(i), value, expected);
  }
  ms_config_free(untouched);
  ms_config_free(config);
}

static void schedule(void) {
  enum { STEPS = 11800 };
  struct ms_config config = {.lr = 0.001, .schedule = MS_SCHEDULE_CONSTANT};
  CHECK(ms_learning_rate(&config, STEPS - 1, STEPS) == 0.001);
  config.schedule = MS_SCHEDULE_COSINE;
  CHECK(ms_learning_rate(&config, 0, STEPS) == 0.001);
  double last = 1;
  for (size_t step = 0; step < STEPS; ++step) {
    const double rate = ms_learning_rate(&config, step, STEPS);
    const double root = cos(acos(-1.0) * (double)step / STEPS / 2), expected = 0.001 * root * root;
    CHECK_MESSAGE(fabs(rate - expected) <= 8 * DBL_EPSILON * 0.001, "step %zu: %a, expected %a", step, rate, expected);
    CHECK_MESSAGE(rate < last && rate > 0, "step %zu: %a does not fall", step, rate);
    last = rate;
  }
}

/* ---- All rows of the table, wherever settings are written ---- */

/* Settings have different values in few digits, layers too; none is switched off. */
static struct ms_config *make_distinct(void) {
  struct ms_config *config;
  CHECK(ms_config_preset("unregularised", &config) == MS_OK && ms_config_resize(config, 3) == MS_OK);
  int i = 0;
  for (const struct ms_setting *s = ms_settings; s->name; ++s, ++i)
    for (int l = 0; l < (s->of_layer ? 3 : 1); ++l) {
      const double number = s->kind == MS_KIND_NUMBER ? ldexp(s->max, -1 - l - i % 4) : 100 * l + i + 3;
      if (ms_setting_set(s, config, (size_t)l, number) != MS_OK) /* choices, narrow ranges */
        CHECK_MESSAGE(ms_setting_set(s, config, (size_t)l, s->max) == MS_OK, "%s", ms_error_message());
    }
  CHECK_MESSAGE(ms_config_check(config) == MS_OK, "%s", ms_error_message());
  return config;
}

static void check_same(const struct ms_config *a, const struct ms_config *b) {
  const char *name = ms_config_difference(a, b);
  CHECK_MESSAGE(!name, "%s differs", name ? name : "");
}

static void in_run_json(void) {
  struct ms_config *config = make_distinct(), *again;
  json_t *written = ms_config_to_json(config);
  char *text = json_dumps(written, JSON_REAL_PRECISION(15));
  json_t *object = json_loads(text, 0, NULL);
  for (const struct ms_setting *s = ms_settings; s->name; ++s) {
    const json_t *value = json_object_get(object, s->name);
    if (s->of_layer)
      value = json_object_get(json_array_get(json_object_get(object, "hidden"), 2), ms_setting_member(s));
    CHECK_MESSAGE(s->kind == MS_KIND_CHOICE ? json_is_string(value) : s->kind == MS_KIND_SEED || json_is_number(value),
                  "%s in %s", s->name, text);
  }
  CHECK_MESSAGE(ms_config_from_json("run.json", object, config->seed, &again) == MS_OK, "%s", ms_error_message());
  check_same(config, again);
  ms_config_free(again);
  for (const struct ms_setting *s = ms_settings; s->name; ++s) /* each is needed, and must be legal */
    if (!s->of_layer && s->kind != MS_KIND_SEED) {
      json_t *less = json_copy(object), *wrong = json_copy(object);
      CHECK(json_object_del(less, s->name) == 0 && json_object_set_new(wrong, s->name, json_integer(-1)) == 0);
      CHECK(ms_config_from_json("run.json", less, 1, &again) == MS_ERROR_DATA && strstr(ms_error_message(), s->name));
      CHECK(ms_config_from_json("run.json", wrong, 1, &again) == MS_ERROR_DATA && !again);
      json_decref(less);
      json_decref(wrong);
    }
  json_decref(object);
  json_decref(written);
  free(text);
  ms_config_free(config);
}

static void in_checkpoints(void) {
  struct checkpoint_header again, header = {.config = make_distinct(),
                                            .at = {.epoch = 1, .beta1_power = 1, .beta2_power = 1, .best = -HUGE_VAL},
                                            .n_inputs = 4,
                                            .n_classes = 2,
                                            .contract = MS_CONTRACT_VERSION,
                                            .preset = (char[]){"final"},
                                            .data_sha256 = (char[]){"0123"}};
  uint64_t bytes;
  char *text = ms_checkpoint_header_text(&header, &bytes), key[64], value[MS_SETTING_SIZE];
  CHECK(text);
  CHECK_MESSAGE(ms_checkpoint_header_read("checkpoint", text, strlen(text), &again) == MS_OK, "%s", ms_error_message());
  check_same(header.config, again.config);
  for (const struct ms_setting *s = ms_settings; s->name; ++s) {
    ms_config_get(header.config, s->name, value);
    snprintf(key, sizeof key, "\"config.%s\":\"%.32s", s->name, value);
    CHECK_MESSAGE(strstr(text, key), "%s is missing in %s", key, text);
  }
  ms_config_free(header.config);
  ms_config_free(again.config);
  free(again.preset);
  free(again.data_sha256);
  free(text);
}

static void print_plan(const void *config) {
  print_settings("final", config);
}

/* With its label and value. What is switched off is left out, but a seed of 0 is a seed. */
static void in_plan(void) {
  struct ms_config *config = make_distinct();
  char item[100], value[MS_NUMBER_SIZE], *text = test_printed(print_plan, config);
  for (const struct ms_setting *s = ms_settings; s->name; ++s)
    for (size_t l = 0; l < (s->of_layer ? 3 : 1); ++l) {
      ms_setting_format(s, ms_setting_get(s, config, l), value);
      snprintf(item, sizeof item, ms_setting_is_switch(s) ? "%s" : "%s %s", s->label, value);
      CHECK_MESSAGE(strstr(text, item), "%s is missing in %s", item, text);
    }
  for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
    CHECK(strcspn(line, "\n") <= 80);
  free(text);
  config->seed = 0;
  config->input_dropout = 0;
  config->schedule = MS_SCHEDULE_CONSTANT;
  text = test_printed(print_plan, config);
  CHECK_MESSAGE(strstr(text, "seed 0,") && !strstr(text, "input dropout") && !strstr(text, "schedule"), "%s", text);
  free(text);
  ms_config_free(config);
}

static const struct test_case cases[] = {
    {"numbers", numbers},         {"round_trip", round_trip},         {"refused", refused},     {"schedule", schedule},
    {"in run.json", in_run_json}, {"in checkpoints", in_checkpoints}, {"in the plan", in_plan},
};

TEST_MAIN(cases)
