/* Tables and images of an evaluation, for a terminal. */
#define _POSIX_C_SOURCE 200809L /* strncasecmp, isatty */
#include "runtime/cli/print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "runtime/nn/settings.h"
#include "runtime/platform/c_locale.h"
#include "runtime/platform/clock.h"
#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"

enum { TERMINAL_WIDTH = 80 };
static const double redraw_s = 0.1;

static void print_classes(const struct ms_evaluation *e) {
  printf("\nclass  precision  recall      F1  images\n");
  for (size_t c = 0; c < e->n_classes; ++c)
    printf("%5zu     %6.4f  %6.4f  %6.4f  %6zu\n", c, e->precision[c], e->recall[c], e->f1[c], e->support[c]);
  printf("macro F1 %.4f\n", e->macro_f1);
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

void print_evaluation(const struct ms_evaluation *e) {
  char loss[MS_LOSS_SIZE];
  printf("Test accuracy %.2f %%: %zu of %zu images misclassified, loss %s\n", 100 * e->accuracy, e->errors, e->n,
         ms_format_loss(loss, e->loss));
  print_classes(e);
  print_confusion(e);
}

/* The settings of a hidden layer, or those of none, behind the first `column` characters of the line. */
static void print_line(const struct ms_config *config, bool of_layer, size_t layer, int column) {
  enum { INDENT = 10 };
  for (const struct ms_setting *s = ms_settings; s->name; ++s) {
    char value[MS_NUMBER_SIZE], item[128];
    if (s->of_layer != of_layer || (ms_setting_get(s, config, layer) == 0 && s->kind != MS_KIND_SEED))
      continue;
    ms_setting_format(s, ms_setting_get(s, config, layer), value);
    const int length = snprintf(item, sizeof item, "%s %s", s->label, value);
    if (column > INDENT)
      column = column + 2 + length < TERMINAL_WIDTH ? column + printf(", ") : printf(",\n%*s", INDENT, "") - 2;
    column += printf("%s", item);
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

bool is_terminal(void) {
  const char *terminal = getenv("TERM");
  return isatty(STDOUT_FILENO) && terminal && strcmp(terminal, "dumb") != 0;
}

bool live_line_is_due(struct live_line *line) {
  const double now = ms_clock_s();
  if (!line->is_shown || now - line->drawn_s < redraw_s)
    return false;
  line->drawn_s = now;
  return true;
}

void live_line_clear(const struct live_line *line) {
  if (line->is_shown)
    printf("\r\033[K");
}

static enum ms_block_style choose_style(void) {
  const char *no_color = getenv("NO_COLOR");
  if (!is_utf8())
    return MS_BLOCKS_ASCII;
  return is_terminal() && !(no_color && no_color[0]) ? MS_BLOCKS_GREY : MS_BLOCKS_PLAIN;
}

enum ms_status print_images(const struct ms_captioned *images, size_t n, size_t rows, size_t cols) {
  struct ms_text text = {0};
  ms_draw_images(&text, choose_style(), images, n, rows, cols, TERMINAL_WIDTH);
  const enum ms_status status = ms_text_status(&text, "images");
  if (status == MS_OK && text.data)
    fputs(text.data, stdout);
  ms_text_free(&text);
  return status;
}

enum ms_status print_mistakes(const struct ms_dataset *data, const struct ms_evaluation *e, size_t n) {
  struct ms_captioned *images;
  n = n < e->errors ? n : e->errors;
  if (n == 0)
    return MS_OK;
  MS_TRY(ms_allocate(n, sizeof *images, "images", &images));
  for (size_t i = 0, k = 0; i < data->n && k < n; ++i) {
    if (e->predicted[i] == data->labels[i])
      continue;
    images[k].pixels = data->images + i * data->rows * data->cols;
    snprintf(images[k].lines[0], sizeof images[k].lines[0], "image %zu: %d", i, data->labels[i]);
    snprintf(images[k].lines[1], sizeof images[k].lines[1], "predicted %d, %.2f %%", e->predicted[i],
             100 * (double)e->confidence[i]);
    ++k;
  }
  printf("\nThe first %zu of %zu misclassified images\n\n", n, e->errors);
  const enum ms_status status = print_images(images, n, data->rows, data->cols);
  free(images);
  return status;
}
