/* Portable anymaps. */
#include "runtime/pictures/pnm_read.h"

#include <stdlib.h>

#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"

struct reader {
  const char *path;
  const uint8_t *at, *end;
  bool is_text, is_bits, is_colour;
  unsigned max_value;
};

static bool is_space(uint8_t byte) {
  return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* Blanks, line ends, and comments from a '#' to the end of its line. */
static void skip_spaces(struct reader *r) {
  for (; r->at < r->end && (is_space(*r->at) || *r->at == '#'); ++r->at)
    if (*r->at == '#')
      while (r->at + 1 < r->end && r->at[1] != '\n')
        ++r->at;
}

/* A whole number; false if there is none, or one above max. */
static bool get_number(struct reader *r, size_t max, size_t *number) {
  skip_spaces(r);
  const uint8_t *const start = r->at;
  for (*number = 0; r->at < r->end && *r->at >= '0' && *r->at <= '9' && *number <= max; ++r->at)
    *number = 10 * *number + (size_t)(*r->at - '0');
  return r->at > start && *number <= max;
}

/* One sample of text. Bits need no blanks between them. */
static bool get_text_sample(struct reader *r, unsigned *sample) {
  size_t number;
  if (!r->is_bits) {
    const bool is_there = get_number(r, r->max_value, &number);
    *sample = (unsigned)number;
    return is_there;
  }
  skip_spaces(r);
  if (r->at == r->end || (*r->at != '0' && *r->at != '1'))
    return false;
  *sample = *r->at++ == '0';
  return true;
}

static bool get_sample(struct reader *r, unsigned *sample) {
  if (r->is_text)
    return get_text_sample(r, sample);
  *sample = *r->at++;
  if (r->max_value > UINT8_MAX)
    *sample = *sample << 8 | *r->at++;
  return *sample <= r->max_value;
}

static bool get_pixel(struct reader *r, uint8_t *pixel) {
  unsigned sample[3] = {0};
  for (size_t c = 0; c < (r->is_colour ? 3 : 1); ++c)
    if (!get_sample(r, &sample[c]))
      return false;
  const unsigned grey =
      r->is_colour ? (6968 * sample[0] + 23434 * sample[1] + 2366 * sample[2] + 16384) >> 15 : sample[0];
  *pixel = (uint8_t)((grey * UINT8_MAX + r->max_value / 2) / r->max_value);
  return true;
}

/* Eight to a byte, from the highest; 1 is black. Each row begins with a new byte. */
static bool get_row_of_bits(struct reader *r, size_t cols, uint8_t *pixels) {
  for (size_t col = 0; col < cols; ++col)
    pixels[col] = r->at[col / 8] >> (7 - col % 8) & 1 ? 0 : UINT8_MAX;
  r->at += (cols + 7) / 8;
  return true;
}

static bool get_row(struct reader *r, size_t cols, uint8_t *pixels) {
  if (r->is_bits && !r->is_text)
    return get_row_of_bits(r, cols, pixels);
  for (size_t col = 0; col < cols; ++col)
    if (!get_pixel(r, &pixels[col]))
      return false;
  return true;
}

/* The bytes that the pixels need at least: before memory is reserved for them. */
static size_t least_bytes(const struct reader *r, size_t rows, size_t cols) {
  if (r->is_bits)
    return r->is_text ? rows * cols : rows * ((cols + 7) / 8);
  const size_t n = rows * cols * (r->is_colour ? 3 : 1);
  return r->is_text ? 2 * n - 1 : r->max_value > UINT8_MAX ? 2 * n : n;
}

static enum ms_status get_header(struct reader *r, const struct ms_picture_limits *limits, size_t *rows, size_t *cols) {
  enum { MAX_NUMBER = 99999999, MAX_SAMPLE = 65535 };
  size_t max_value = 1;
  if (!get_number(r, MAX_NUMBER, cols) || !get_number(r, MAX_NUMBER, rows))
    return ms_fail(MS_ERROR_DATA, "%s: its width and height are damaged: get it again", r->path);
  if (*rows < 1 || *cols < 1 || *rows > limits->rows || *cols > limits->cols)
    return ms_picture_too_large(r->path, *rows, *cols, limits);
  if (!r->is_bits && (!get_number(r, MAX_NUMBER, &max_value) || max_value < 1 || max_value > MAX_SAMPLE))
    return ms_fail(MS_ERROR_DATA, "%s: its largest value must be 1 to %d: get it again", r->path, MAX_SAMPLE);
  r->max_value = (unsigned)max_value;
  if (r->at == r->end || !is_space(*r->at))
    return ms_fail(MS_ERROR_DATA, "%s: no blank follows its header: get it again", r->path);
  ++r->at;
  return MS_OK;
}

enum ms_status ms_pnm_read(const char *path, const uint8_t *file, size_t n_bytes,
                           const struct ms_picture_limits *limits, struct ms_picture *picture) {
  const int kind = file[1] - '0', of_text = kind > 3 ? kind - 3 : kind;
  struct reader r = {.path = path,
                     .at = file + 2,
                     .end = file + n_bytes,
                     .is_text = kind <= 3,
                     .is_bits = of_text == 1,
                     .is_colour = of_text == 3};
  size_t rows, cols;
  uint8_t *pixels;
  MS_TRY(get_header(&r, limits, &rows, &cols));
  if ((size_t)(r.end - r.at) < least_bytes(&r, rows, cols))
    return ms_fail(MS_ERROR_DATA, "%s: %zu bytes are too few for %zu x %zu pixels: get the file again", path, n_bytes,
                   rows, cols);
  MS_TRY(ms_allocate(rows, cols, "picture", &pixels));
  for (size_t row = 0; row < rows; ++row)
    if (!get_row(&r, cols, pixels + row * cols)) {
      free(pixels);
      return ms_fail(MS_ERROR_DATA, "%s: row %zu of its pixels is damaged: get it again", path, row);
    }
  *picture = (struct ms_picture){.rows = rows, .cols = cols, .pixels = pixels};
  return MS_OK;
}
