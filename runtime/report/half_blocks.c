/* Images for a terminal. */
#include "runtime/report/half_blocks.h"

#include <string.h>

#include "runtime/platform/columns.h"

enum { GAP = 2, FULL = 255, INK = 96, GREYS = 24, FIRST_GREY = 232 /* of the 256 colours of xterm */ };

struct drawing {
  struct ms_text *text;
  enum ms_block_style style;
  size_t cols;           /* of an image as it is stored */
  size_t top, left;      /* of what is shown */
  size_t n_rows, n_cols; /* of it, in cells */
  size_t scale;          /* pixels on a cell's side */
  size_t bottom, right;  /* ends of what is shown, in pixels */
};

/* What no image has anything in is cut off. */
static void crop(struct drawing *d, const struct ms_captioned *images, size_t n, size_t rows) {
  d->top = rows;
  d->left = d->cols;
  d->bottom = d->right = 0;
  for (size_t k = 0; k < n; ++k)
    for (size_t i = 0; i < rows * d->cols; ++i)
      if (images[k].pixels[i] >= INK / 2) {
        const size_t y = i / d->cols, x = i % d->cols;
        d->top = y < d->top ? y : d->top;
        d->bottom = y + 1 > d->bottom ? y + 1 : d->bottom;
        d->left = x < d->left ? x : d->left;
        d->right = x + 1 > d->right ? x + 1 : d->right;
      }
  if (d->bottom <= d->top) { /* all are empty */
    d->top = d->left = 0;
    d->bottom = rows;
    d->right = d->cols;
  }
}

/* Mean of a cell's pixels; cells below the image are empty. */
static int cell(const struct drawing *d, const uint8_t *pixels, size_t row, size_t col) {
  size_t sum = 0, n = 0;
  for (size_t y = d->top + row * d->scale; y < d->top + (row + 1) * d->scale && y < d->bottom; ++y)
    for (size_t x = d->left + col * d->scale; x < d->left + (col + 1) * d->scale && x < d->right; ++x, ++n)
      sum += pixels[y * d->cols + x];
  return n > 0 ? (int)(sum / n) : 0;
}

/* The characters for two rows of cells. */
static void draw_line(const struct drawing *d, const uint8_t *pixels, size_t row) {
  static const char *const blocks[] = {" ", "▄", "▀", "█"};
  static const char ramp[] = " .:-=+*#%@";
  for (size_t col = 0; col < d->n_cols; ++col) {
    const int upper = cell(d, pixels, row, col), lower = cell(d, pixels, row + 1, col);
    if (d->style == MS_BLOCKS_GREY)
      ms_text_printf(d->text, "\033[38;5;%d;48;5;%dm▀", FIRST_GREY + upper * (GREYS - 1) / FULL,
                     FIRST_GREY + lower * (GREYS - 1) / FULL);
    else if (d->style == MS_BLOCKS_PLAIN)
      ms_text_add(d->text, blocks[2 * (upper >= INK) + (lower >= INK)]);
    else
      ms_text_add_bytes(d->text, &ramp[(upper + lower) / 2 * ((int)sizeof ramp - 2) / FULL], 1);
  }
  if (d->style == MS_BLOCKS_GREY)
    ms_text_add(d->text, "\033[0m");
}

static size_t widest_caption(const struct ms_captioned *images, size_t n) {
  size_t widest = 0;
  for (size_t k = 0; k < n; ++k)
    for (size_t l = 0; l < 2; ++l)
      if (ms_columns(images[k].lines[l]) > widest)
        widest = ms_columns(images[k].lines[l]);
  return widest;
}

static void draw_row(const struct drawing *d, const struct ms_captioned *images, size_t n, size_t column) {
  for (size_t row = 0; row < d->n_rows; row += 2) {
    for (size_t k = 0; k < n; ++k) {
      draw_line(d, images[k].pixels, row);
      if (k + 1 < n)
        ms_text_printf(d->text, "%*s", (int)(column - d->n_cols), "");
    }
    ms_text_add(d->text, "\n");
  }
  for (size_t l = 0; l < 2; ++l) {
    bool any = false;
    for (size_t k = 0; k < n; ++k)
      any |= images[k].lines[l][0] != '\0';
    for (size_t k = 0; any && k < n; ++k) {
      const char *line = images[k].lines[l];
      ms_text_printf(d->text, "%s%*s", line, k + 1 < n ? (int)(column - ms_columns(line)) : 0, "");
    }
    if (any)
      ms_text_add(d->text, "\n");
  }
}

void ms_draw_images(struct ms_text *text, enum ms_block_style style, const struct ms_captioned *images, size_t n,
                    size_t rows, size_t cols, size_t width) {
  struct drawing d = {.text = text, .style = style, .cols = cols};
  crop(&d, images, n, rows);
  d.scale = (d.right - d.left + width - 1) / width;
  d.n_rows = (d.bottom - d.top + d.scale - 1) / d.scale;
  d.n_cols = (d.right - d.left + d.scale - 1) / d.scale;
  const size_t caption = widest_caption(images, n), column = GAP + (d.n_cols > caption ? d.n_cols : caption);
  const size_t per_row = column > width + GAP ? 1 : (width + GAP) / column;
  for (size_t first = 0; first < n; first += per_row) {
    if (first > 0)
      ms_text_add(text, "\n");
    draw_row(&d, images + first, n - first < per_row ? n - first : per_row, column);
  }
}
