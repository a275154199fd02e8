/* mnist_simd predict: what a model says of pictures. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/cli/commands.h"
#include "runtime/cli/options.h"
#include "runtime/cli/print.h"
#include "runtime/cli/terminal.h"
#include "runtime/nn/network.h"
#include "runtime/pictures/digits.h"
#include "runtime/platform/c_locale.h"
#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"
#include "runtime/run/folder.h"
#include "runtime/run/json_text.h"

static const struct cli_option options[] = {
    {"many", NULL, "find all digits in a picture, which are read from left to right"},
    {"whole", NULL, "take the whole picture as it is, for models of other things than digits: it is only\nresized"},
    {"json", NULL, "print a list of objects instead: picture, place, class, probabilities"},
    {"csv", NULL, "print a line for each digit instead, below a line of names"},
    CLI_ISA_OPTION,
    CLI_THREADS_OPTION,
    {0},
};

static const struct cli_command command = {
    .name = "predict",
    .arguments = "MODEL PICTURE...",
    .summary = "Says which digits pictures show: photographs of digits on paper, or drawings. MODEL is a .safetensors\n"
               "file or the folder of a run. A digit is found, cut out, made light on dark and fitted into the frame\n"
               "of MNIST's own images; what the network sees is drawn above its probabilities.",
    .options = options,
    .n_arguments = 2,
};

enum format { FOR_PEOPLE, JSON, CSV };

struct task {
  const struct cli_values *values;
  const struct ms_network *network;
  size_t side, n_classes; /* of the images that the network takes, which are square */
  enum format format;
  bool many, whole;
  size_t n_printed;
  float *probabilities; /* (n_classes) */
};

/* A digit, or a whole picture. */
struct seen {
  const char *picture;
  size_t top, left, rows, cols; /* in the picture */
  const uint8_t *pixels;        /* (side, side) */
};

static size_t best_of(const struct task *t) {
  size_t best = 0;
  for (size_t c = 1; c < t->n_classes; ++c)
    best = t->probabilities[c] > t->probabilities[best] ? c : best;
  return best;
}

static enum ms_status print_json(const struct task *t, const struct seen *s) {
  json_t *list = json_array();
  for (size_t c = 0; c < t->n_classes; ++c)
    if (json_array_append_new(list, json_real((double)t->probabilities[c])) != 0) {
      json_decref(list);
      list = NULL;
      break;
    }
  struct ms_text text = {0};
  json_t *object = json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:o}", "picture", s->picture, "top", (json_int_t)s->top,
                             "left", (json_int_t)s->left, "rows", (json_int_t)s->rows, "cols", (json_int_t)s->cols,
                             "class", (json_int_t)best_of(t), "probabilities", list);
  ms_text_add_json(&text, object, JSON_COMPACT | JSON_REAL_PRECISION(9));
  json_decref(object);
  const enum ms_status status = ms_text_status(&text, "prediction");
  if (status == MS_OK)
    printf("%s\n  %s", t->n_printed > 0 ? "," : "[", text.data);
  ms_text_free(&text);
  return status;
}

/* A name as a value of a CSV file: RFC 4180. */
static void print_quoted(const char *name) {
  const bool needs_quotes = strpbrk(name, ",\"\r\n") != NULL;
  if (!needs_quotes) {
    fputs(name, stdout);
    return;
  }
  putchar('"');
  for (; *name; ++name) {
    if (*name == '"')
      putchar('"');
    putchar(*name);
  }
  putchar('"');
}

static void print_csv(const struct task *t, const struct seen *s) {
  if (t->n_printed == 0) {
    printf("picture,top,left,rows,cols,class");
    for (size_t c = 0; c < t->n_classes; ++c)
      printf(",p%zu", c);
    putchar('\n');
  }
  print_quoted(s->picture);
  printf(",%zu,%zu,%zu,%zu,%zu", s->top, s->left, s->rows, s->cols, best_of(t));
  for (size_t c = 0; c < t->n_classes; ++c) {
    char number[32];
    ms_snprintf(number, sizeof number, ",%.9g", (double)t->probabilities[c]);
    fputs(number, stdout);
  }
  putchar('\n');
}

/* Bars of '#' beside the numbers: a terminal of 40 columns has room for them. */
static enum ms_status print_drawing(const struct task *t, const struct seen *s) {
  enum { MAX_BAR = 50, BESIDE = 20 };
  struct ms_captioned image = {.pixels = s->pixels};
  const size_t width = output_width(80), bar = width < MAX_BAR + BESIDE ? width - BESIDE : MAX_BAR, best = best_of(t);
  if (t->n_printed > 0)
    putchar('\n');
  MS_TRY(print_images(&image, 1, t->side, t->side));
  printf("%s: %zu\n", s->picture, best);
  for (size_t c = 0; c < t->n_classes; ++c) {
    const float p = t->probabilities[c];
    char share[16];
    ms_snprintf(share, sizeof share, "%6.2f %%", 100 * (double)p);
    printf("%5zu  %s  ", c, share);
    for (size_t i = 0; i < (size_t)(p * (float)bar + 0.5f); ++i)
      putchar('#');
    putchar('\n');
  }
  return MS_OK;
}

static enum ms_status predict(struct task *t, const struct seen *s) {
  enum ms_status status = ms_predict_bytes(t->network, 1, s->pixels, MS_PROBABILITIES, t->probabilities);
  if (status != MS_OK)
    return status;
  if (t->format == CSV)
    print_csv(t, s);
  else
    status = t->format == JSON ? print_json(t, s) : print_drawing(t, s);
  ++t->n_printed;
  return status;
}

static enum ms_status predict_whole(struct task *t, const char *path, const struct ms_picture *picture) {
  uint8_t *pixels;
  MS_TRY(ms_reserve(t->side, t->side, "picture", &pixels));
  enum ms_status status = ms_picture_fit(picture, t->side, t->side, pixels);
  const struct seen seen = {path, 0, 0, picture->rows, picture->cols, pixels};
  if (status == MS_OK)
    status = predict(t, &seen);
  free(pixels);
  return status;
}

static enum ms_status predict_digits(struct task *t, const char *path, const struct ms_picture *picture) {
  struct ms_digits digits;
  MS_TRY(ms_digits_find(path, picture, t->many, &digits));
  enum ms_status status = MS_OK;
  for (size_t i = 0; status == MS_OK && i < digits.n; ++i) {
    const struct seen seen = {
        path, digits.box[i].top, digits.box[i].left, digits.box[i].rows, digits.box[i].cols, digits.pixels[i]};
    status = predict(t, &seen);
  }
  free(digits.pixels);
  return status;
}

/* A picture that cannot be used does not keep the others from being read. */
static int predict_all(struct task *t) {
  int exit_code = EXIT_SUCCESS;
  for (size_t i = 1; i < t->values->n_arguments; ++i) {
    const char *path = t->values->arguments[i];
    struct ms_picture picture;
    enum ms_status status = ms_picture_read(path, &MS_PICTURE_LIMITS, &picture);
    if (status == MS_OK) {
      status = t->whole ? predict_whole(t, path, &picture) : predict_digits(t, path, &picture);
      free(picture.pixels);
    }
    if (status == MS_ERROR_DATA || status == MS_ERROR_SYSTEM)
      exit_code = cli_fail(&command, status);
    else if (status != MS_OK)
      return cli_fail(&command, status);
  }
  if (t->format == JSON)
    puts(t->n_printed > 0 ? "\n]" : "[]");
  return exit_code;
}

static int start(struct task *t) {
  const size_t n_in = t->network->layers[0].n_in, side = (size_t)sqrt((double)n_in);
  t->n_classes = t->network->layers[t->network->n_layers - 1].n_out;
  t->side = side;
  if (side * side != n_in || (!t->whole && side != MS_DIGIT_SIDE)) {
    cli_error(&command, "%s takes %zu inputs, %s", t->values->arguments[0], n_in,
              side * side != n_in ? "which are no square picture"
                                  : "not MNIST's 28 x 28 pixels: give --whole, which only resizes");
    return EXIT_FAILURE;
  }
  const enum ms_status status = ms_allocate(t->n_classes, sizeof *t->probabilities, "prediction", &t->probabilities);
  return status == MS_OK ? predict_all(t) : cli_fail(&command, status);
}

int cmd_predict(int argc, char **argv) {
  struct cli_values values;
  int exit_code;
  if (!cli_parse(&command, argc, argv, &values, &exit_code))
    return exit_code;
  struct task t = {.values = &values, .many = cli_get(&values, "many"), .whole = cli_get(&values, "whole")};
  t.format = cli_get(&values, "json") ? JSON : cli_get(&values, "csv") ? CSV : FOR_PEOPLE;
  if ((cli_get(&values, "json") && cli_get(&values, "csv")) || (t.many && t.whole)) {
    cli_error(&command, "%s: choose one of them", t.many && t.whole ? "--many and --whole" : "--json and --csv");
    return EXIT_USAGE;
  }
  exit_code = cli_init(&values);
  if (exit_code != 0)
    return exit_code;
  struct ms_network *network;
  const enum ms_status status = ms_run_folder_model(values.arguments[0], &network);
  t.network = network;
  exit_code = status == MS_OK ? start(&t) : cli_fail(&command, status);
  free(t.probabilities);
  ms_network_free(network);
  ms_shutdown();
  return exit_code;
}
