/* Predictions of a network as text. */
#include "runtime/cli/predictions.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/cli/class_tables.h"
#include "runtime/cli/print.h"
#include "runtime/platform/c_locale.h"
#include "runtime/platform/columns.h"
#include "runtime/platform/console.h"
#include "runtime/platform/error.h"
#include "runtime/platform/files.h"
#include "runtime/platform/memory.h"
#include "runtime/run/json_text.h"

size_t predicted_class(const float *probabilities, size_t n_classes) {
  size_t best = 0;
  for (size_t c = 1; c < n_classes; ++c)
    best = probabilities[c] > probabilities[best] ? c : best;
  return best;
}

static const char *name_of(const struct prediction *p, size_t class) {
  return p->class_names[class] ? p->class_names[class] : "";
}

/* ---- CSV ---- */

/* ",p0,p1,..." of the line of names. */
static void add_csv_names(struct ms_text *text, size_t n_classes) {
  for (size_t c = 0; c < n_classes; ++c)
    ms_text_printf(text, ",p%zu", c);
  ms_text_add(text, "\n");
}

/* Nine digits, from which the same floats are read. */
static void add_csv_probabilities(struct ms_text *text, const float *probabilities, size_t n_classes) {
  for (size_t c = 0; c < n_classes; ++c)
    ms_text_printf(text, ",%.9g", (double)probabilities[c]);
  ms_text_add(text, "\n");
}

void add_csv_text(struct ms_text *text, const char *value) {
  if (!strpbrk(value, ",\"\r\n")) {
    ms_text_add(text, value);
    return;
  }
  ms_text_add(text, "\"");
  for (; *value; ++value)
    ms_text_add_bytes(text, *value == '"' ? "\"\"" : value, *value == '"' ? 2 : 1);
  ms_text_add(text, "\"");
}

void add_csv_head(struct ms_text *text, size_t n_classes) {
  ms_text_add(text, "picture,index,top,left,rows,cols,class,name");
  add_csv_names(text, n_classes);
}

void add_csv_prediction(struct ms_text *text, const struct prediction *p) {
  const size_t class = predicted_class(p->probabilities, p->n_classes);
  add_csv_text(text, p->picture);
  ms_text_printf(text, ",%zu,%zu,%zu,%zu,%zu,%zu,", p->index, p->top, p->left, p->rows, p->cols, class);
  add_csv_text(text, name_of(p, class));
  add_csv_probabilities(text, p->probabilities, p->n_classes);
}

/* ---- JSON ---- */

static json_t *numbers(const float *values, size_t n) {
  json_t *list = json_array();
  for (size_t i = 0; i < n; ++i)
    if (json_array_append_new(list, json_real((double)values[i])) != 0) {
      json_decref(list);
      return NULL;
    }
  return list;
}

void add_json_prediction(struct ms_text *text, const struct prediction *p) {
  const size_t class = predicted_class(p->probabilities, p->n_classes);
  json_t *object = json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:s*, s:o}", "picture", p->picture, "index",
                             (json_int_t)p->index, "top", (json_int_t)p->top, "left", (json_int_t)p->left, "rows",
                             (json_int_t)p->rows, "cols", (json_int_t)p->cols, "class", (json_int_t) class, "name",
                             p->class_names[class], "probabilities", numbers(p->probabilities, p->n_classes));
  ms_text_add_json(text, object, JSON_COMPACT | JSON_REAL_PRECISION(9));
  json_decref(object);
}

/* ---- For people ---- */

/* Bars of '#' beside the numbers: a terminal of 40 columns has room for them. */
enum ms_status print_prediction(const struct prediction *p) {
  enum { MAX_BAR = 50, SHARE = 14, LEAST_BAR = 10 };
  const struct ms_captioned image = {.pixels = p->pixels};
  const size_t width = ms_console_columns(80), best = predicted_class(p->probabilities, p->n_classes);
  char words[MS_CLASS_WORDS], name[MS_PATH_SIZE];
  size_t column = 0;
  MS_TRY(print_images(&image, 1, p->seen_rows, p->seen_cols));
  snprintf(name, sizeof name, "%s", p->picture);
  ms_remove_controls(name);
  printf("%s", name);
  if (p->index > 0)
    printf(" [%zu]", p->index);
  printf(": %s\n", class_words(words, p->class_names, best, MS_CLASS_WORDS));
  for (size_t c = 0; c < p->n_classes; ++c) {
    const size_t columns = ms_columns(class_words(words, p->class_names, c, width - SHARE - LEAST_BAR));
    column = columns > column ? columns : column;
  }
  const size_t room = width - SHARE - column, bar = room < MAX_BAR ? room : MAX_BAR;
  for (size_t c = 0; c < p->n_classes; ++c) {
    char share[16];
    ms_snprintf(share, sizeof share, "%6.2f %%", 100 * (double)p->probabilities[c]);
    class_words(words, p->class_names, c, column);
    printf("  %s%*s  %s  ", words, (int)(column - ms_columns(words)), "", share);
    for (size_t i = 0; i < (size_t)(p->probabilities[c] * (float)bar + 0.5f); ++i)
      putchar('#');
    putchar('\n');
  }
  return MS_OK;
}

/* ---- Of a data set ---- */

enum ms_status predict_images(const struct ms_network *network, const struct ms_dataset *images, float *probabilities) {
  return images->floats ? ms_predict_floats(network, images->n, images->floats, MS_PROBABILITIES, probabilities)
                        : ms_predict_bytes(network, images->n, images->images, MS_PROBABILITIES, probabilities);
}

enum { BATCH = 256 };

enum ms_status add_predictions(struct ms_text *text, const struct ms_network *network,
                               const struct ms_dataset *images) {
  const size_t n_classes = ms_network_layer(network, ms_network_layers(network) - 1).n_out;
  float *probabilities;
  MS_TRY(ms_reserve(BATCH, n_classes * sizeof *probabilities, "predictions", &probabilities));
  enum ms_status status = MS_OK;
  ms_text_add(text, PREDICTIONS_HEAD);
  add_csv_names(text, n_classes);
  for (size_t first = 0; status == MS_OK && first < images->n; first += BATCH) {
    const struct ms_dataset batch = ms_dataset_slice(images, first, BATCH);
    status = predict_images(network, &batch, probabilities);
    for (size_t i = 0; status == MS_OK && i < batch.n; ++i) {
      const float *p = probabilities + i * n_classes;
      ms_text_printf(text, "%zu,%u,%zu", first + i, batch.labels[i], predicted_class(p, n_classes));
      add_csv_probabilities(text, p, n_classes);
    }
  }
  free(probabilities);
  return status == MS_OK ? ms_text_status(text, "predictions") : status;
}

enum ms_status write_predictions(const char *path, const struct ms_network *network, const struct ms_dataset *images) {
  struct ms_text text = {0};
  enum ms_status status = add_predictions(&text, network, images);
  if (status == MS_OK)
    status = ms_file_write(path, text.data, text.length);
  ms_text_free(&text);
  return status;
}
