/* Tables and images of an evaluation, for a terminal. */
#define _POSIX_C_SOURCE 200809L /* strncasecmp */
#include "runtime/cli/print.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "runtime/cli/terminal.h"
#include "runtime/nn/settings.h"
#include "runtime/platform/c_locale.h"
#include "runtime/platform/error.h"
#include "runtime/platform/files.h"
#include "runtime/platform/memory.h"
#include "runtime/report/pixels.h"

enum { INDENT = 10, DEFAULT_WIDTH = 80, MAX_CONFUSIONS = 20 };

static size_t matrix_width(size_t n_classes) {
  return 6 * (n_classes + 1);
}

static void print_score(double score) {
  if (isnan(score))
    printf("       -");
  else
    printf("  %6.4f", score);
}

static void print_classes(const struct ms_evaluation *e) {
  printf("\nclass  precision  recall      F1  images\n");
  for (size_t c = 0; c < e->n_classes; ++c) {
    printf("%5zu   ", c);
    print_score(e->precision[c]);
    print_score(e->recall[c]);
    print_score(e->f1[c]);
    printf("  %6zu\n", e->support[c]);
  }
  printf("macro F1 %.4f\n", e->macro_f1);
}

/* Cells off the diagonal that hold something, the largest first, equal ones in their order. */
static void print_confusions(const struct ms_evaluation *e) {
  const size_t n = e->n_classes * e->n_classes;
  size_t last = 0, last_count = SIZE_MAX, n_left = 0;
  for (size_t i = 0; i < n; ++i)
    n_left += i / e->n_classes != i % e->n_classes && e->confusion[i] > 0;
  printf("\nLargest of %zu confusions\n(the matrix needs %zu columns)\n class  predicted  images\n", n_left,
         matrix_width(e->n_classes));
  for (size_t k = 0; k < MAX_CONFUSIONS && k < n_left; ++k) {
    size_t next = n, count = 0;
    for (size_t i = 0; i < n; ++i)
      if (i / e->n_classes != i % e->n_classes && e->confusion[i] > count &&
          (e->confusion[i] < last_count || (e->confusion[i] == last_count && i > last))) {
        next = i;
        count = e->confusion[i];
      }
    printf("%6zu  %9zu  %6zu\n", next / e->n_classes, next % e->n_classes, count);
    last = next;
    last_count = count;
  }
}

static void print_confusion(const struct ms_evaluation *e) {
  printf("\nConfusion matrix: a row per true class, a column per predicted class\n      ");
  for (size_t c = 0; c < e->n_classes; ++c)
    printf(" %5zu", c);
  putchar('\n');
  for (size_t row = 0; row < e->n_classes; ++row) {
    printf("%5zu ", row);
    for (size_t col = 0; col < e->n_classes; ++col) {
      const size_t count = e->confusion[row * e->n_classes + col];
      if (count > 0)
        printf(" %5zu", count);
      else
        printf("     .");
    }
    putchar('\n');
  }
}

const char *plural_s(size_t n) {
  return n == 1 ? "" : "s";
}

const char *shell_word(char *out, const char *path) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./,:@%";
  if (*path && strspn(path, plain) == strlen(path)) {
    snprintf(out, SHELL_WORD_SIZE, "%s", path);
    return out;
  }
  char *end = out;
  *end++ = '\'';
  for (; *path && end - out < SHELL_WORD_SIZE - 6; ++path)
    if (*path == '\'')
      end += sprintf(end, "'\\''");
    else
      *end++ = *path;
  strcpy(end, "'");
  return out;
}

void print_tables(const struct ms_evaluation *e) {
  print_classes(e);
  if (matrix_width(e->n_classes) <= output_width(SIZE_MAX))
    print_confusion(e);
  else
    print_confusions(e);
}

int print_item(int column, const char *format, ...) {
  char item[MS_PATH_SIZE];
  va_list args;
  va_start(args, format);
  const int length = ms_vsnprintf(item, sizeof item, format, args);
  va_end(args);
  if (column > INDENT)
    column = (size_t)column + 2 + (size_t)length < output_width(DEFAULT_WIDTH) ? column + printf(", ")
                                                                               : printf(",\n%*s", INDENT, "") - 2;
  return column + printf("%s", item);
}

void print_test(const struct ms_evaluation *e) {
  char loss[MS_LOSS_SIZE];
  const int column =
      print_item(printf("Test accuracy %.2f %%", 100 * e->accuracy), "%zu of %zu misclassified", e->errors, e->n);
  print_item(column, "loss %s\n", ms_format_loss(loss, e->loss));
}

/* The settings of a hidden layer, or those of none, behind the first `column` characters of the line. */
static void print_line(const struct ms_config *config, bool of_layer, size_t layer, int column) {
  for (const struct ms_setting *s = ms_settings; s->name; ++s) {
    char value[MS_NUMBER_SIZE];
    if (s->of_layer != of_layer || (ms_setting_get(s, config, layer) == 0 && s->kind != MS_KIND_SEED))
      continue;
    ms_setting_format(s, ms_setting_get(s, config, layer), value);
    column = print_item(column, "%s %s", s->label, value);
  }
  putchar('\n');
}

void print_settings(const char *preset, const struct ms_config *config) {
  print_line(config, false, 0, printf("training  %s", preset));
  for (size_t l = 0; l < config->n_hidden; ++l)
    print_line(config, true, l, printf("hidden %-3zu", l + 1));
}

void print_storage(bool is_durable, bool is_locked) {
  if (!is_durable)
    printf("          not durable: this file system cannot sync, a power cut may lose files\n");
  if (!is_locked)
    printf("          not locked: this file system has no locks, start nothing else in this folder\n");
}

void print_network(const struct ms_network *network) {
  printf("%zu", ms_network_layer(network, 0).n_in);
  for (size_t l = 0; l < ms_network_layers(network); ++l)
    printf(" -> %zu", ms_network_layer(network, l).n_out);
  printf(", %zu parameters\n", ms_network_parameters(network));
}

/* The first of the three variables that is set decides, as for setlocale. */
static bool is_utf8(void) {
  static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
  for (size_t i = 0; i < sizeof variables / sizeof variables[0]; ++i) {
    const char *value = getenv(variables[i]);
    if (!value || !value[0])
      continue;
    const char *charset = strchr(value, '.');
    return charset && (strncasecmp(charset, ".utf-8", 6) == 0 || strncasecmp(charset, ".utf8", 5) == 0);
  }
  return false;
}

static enum ms_block_style choose_style(void) {
  const char *no_color = getenv("NO_COLOR");
  if (!is_utf8())
    return MS_BLOCKS_ASCII;
  return is_terminal() && !(no_color && no_color[0]) ? MS_BLOCKS_GREY : MS_BLOCKS_PLAIN;
}

enum ms_status print_images(const struct ms_captioned *images, size_t n, size_t rows, size_t cols) {
  struct ms_text text = {0};
  ms_draw_images(&text, choose_style(), images, n, rows, cols, output_width(DEFAULT_WIDTH));
  const enum ms_status status = ms_text_status(&text, "images");
  if (status == MS_OK && text.data)
    fputs(text.data, stdout);
  ms_text_free(&text);
  return status;
}

enum ms_status print_mistakes(const struct ms_dataset *data, const struct ms_evaluation *e, size_t n) {
  struct ms_captioned *images;
  uint8_t *pixels;
  const size_t n_pixels = data->rows * data->cols;
  n = n < e->errors ? n : e->errors;
  if (n == 0)
    return MS_OK;
  MS_TRY(ms_allocate(n, sizeof *images, "images", &images));
  enum ms_status status = ms_allocate(n, n_pixels, "images", &pixels);
  for (size_t i = 0, k = 0; status == MS_OK && k < n; ++i) {
    if (e->predicted[i] == data->labels[i])
      continue;
    images[k].pixels = pixels + k * n_pixels;
    ms_image_bytes(data, i, pixels + k * n_pixels);
    snprintf(images[k].lines[0], sizeof images[k].lines[0], "image %zu: %d", i, data->labels[i]);
    snprintf(images[k].lines[1], sizeof images[k].lines[1], "predicted %d, %.2f %%", e->predicted[i],
             100 * (double)e->confidence[i]);
    ++k;
  }
  if (status == MS_OK) {
    printf("\nThe first %zu of %zu misclassified images\n\n", n, e->errors);
    status = print_images(images, n, data->rows, data->cols);
  }
  free(pixels);
  free(images);
  return status;
}
