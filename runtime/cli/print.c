/* What several sub-commands print. */
#include "runtime/cli/print.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/cli/class_tables.h"
#include "runtime/data/pixels.h"
#include "runtime/nn/settings.h"
#include "runtime/platform/c_locale.h"
#include "runtime/platform/console.h"
#include "runtime/platform/error.h"
#include "runtime/platform/files.h"
#include "runtime/platform/memory.h"

enum { INDENT = 10, DEFAULT_WIDTH = 80, CAPTION_COLUMNS = 38, LEAST_CLASS = 5 };

const char *plural_s(size_t n) {
  return n == 1 ? "" : "s";
}

const char *shell_word(char *out, const char *path) {
  static const char plain[] = MS_SHELL_PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./,:@";
  if (*path && strspn(path, plain) == strlen(path)) {
    snprintf(out, SHELL_WORD_SIZE, "%s", path);
    return out;
  }
  char *end = out;
  *end++ = MS_SHELL_QUOTE;
  for (; *path && end - out < SHELL_WORD_SIZE - 6; ++path)
    if (*path == MS_SHELL_QUOTE)
      end += sprintf(end, "'\\''");
    else
      *end++ = *path;
  *end++ = MS_SHELL_QUOTE;
  *end = '\0';
  return out;
}

int print_item(int column, const char *format, ...) {
  char item[MS_PATH_SIZE];
  va_list args;
  va_start(args, format);
  const int length = ms_vsnprintf(item, sizeof item, format, args);
  va_end(args);
  if (column > INDENT)
    column = (size_t)column + 2 + (size_t)length < ms_console_columns(DEFAULT_WIDTH) ? column + printf(", ")
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
    column =
        ms_setting_is_switch(s) ? print_item(column, "%s", s->label) : print_item(column, "%s %s", s->label, value);
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

void print_model(const char *what, const char *path, const struct ms_network *network) {
  char digest[65], name[MS_PATH_SIZE];
  ms_network_sha256(network, digest);
  snprintf(name, sizeof name, "%s", path);
  ms_remove_controls(name);
  printf("%s: %s: ", what, name);
  print_network(network);
  printf("Weights SHA-256 %s\n", digest);
}

static enum ms_block_style choose_style(void) {
  const char *no_color = getenv("NO_COLOR");
  if (!ms_console_is_utf8())
    return MS_BLOCKS_ASCII;
  return ms_console_erases() && !(no_color && no_color[0]) ? MS_BLOCKS_GREY : MS_BLOCKS_PLAIN;
}

enum ms_status print_images(const struct ms_captioned *images, size_t n, size_t rows, size_t cols) {
  struct ms_text text = {0};
  ms_draw_images(&text, choose_style(), images, n, rows, cols, ms_console_columns(DEFAULT_WIDTH));
  const enum ms_status status = ms_text_status(&text, "images");
  if (status == MS_OK && text.data)
    fputs(text.data, stdout);
  ms_text_free(&text);
  return status;
}

/* `before`, the class, `after`; the class gets what columns they leave of a caption. */
static void caption(char line[MS_CAPTION_SIZE], const char *before, const char *const *names, size_t class,
                    const char *after) {
  char words[MS_CLASS_WORDS];
  const size_t width = ms_console_columns(DEFAULT_WIDTH), columns = width < CAPTION_COLUMNS ? width : CAPTION_COLUMNS;
  const size_t taken = strlen(before) + strlen(after);
  snprintf(line, MS_CAPTION_SIZE, "%s%s%s", before,
           class_words(words, names, class, columns > taken + LEAST_CLASS ? columns - taken : LEAST_CLASS), after);
}

void caption_label(struct ms_captioned *image, size_t index, const char *const *names, uint8_t label) {
  char before[32];
  snprintf(before, sizeof before, "image %zu: ", index);
  caption(image->lines[0], before, names, label, "");
}

void caption_prediction(struct ms_captioned *image, const char *const *names, uint8_t class, float confidence) {
  char after[16];
  ms_snprintf(after, sizeof after, ", %.2f %%", 100 * (double)confidence);
  caption(image->lines[1], "predicted ", names, class, after);
}

enum ms_status print_mistakes(const struct ms_dataset *data, const char *const *names, const struct ms_evaluation *e,
                              size_t n) {
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
    caption_label(&images[k], i, names, data->labels[i]);
    caption_prediction(&images[k], names, e->predicted[i], e->confidence[i]);
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
