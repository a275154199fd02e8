/* CSV files of labels and pixels. */
#define _POSIX_C_SOURCE 200809L /* strncasecmp */
#include "runtime/data/csv.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"
#include "runtime/platform/text.h"

struct reader {
  const char *path, *at, *end;
  size_t line, value; /* from 1, of what is read */
};

static bool is_end(char c) {
  return c == '\n' || c == '\r';
}

/* A value without its quotes and the blanks around it: [*begin, *begin + length). False at the end of the line, which
 * is skipped: \n, \r\n or \r. */
static bool next_value(struct reader *r, const char **begin, size_t *length) {
  if (r->value > 0) {
    if (r->at == r->end || is_end(*r->at)) {
      const bool is_pair = r->end - r->at >= 2 && r->at[0] == '\r' && r->at[1] == '\n';
      r->at += is_pair ? 2 : r->at < r->end;
      return false;
    }
    ++r->at; /* the comma */
  }
  ++r->value;
  const char *first = r->at, *last;
  while (r->at < r->end && *r->at != ',' && !is_end(*r->at))
    ++r->at;
  for (last = r->at; first < last && *first == ' '; ++first)
    ;
  while (first < last && last[-1] == ' ')
    --last;
  if (last - first >= 2 && *first == '"' && last[-1] == '"') {
    ++first;
    --last;
  }
  *begin = first;
  *length = (size_t)(last - first);
  return true;
}

static void begin_line(struct reader *r) {
  ++r->line;
  r->value = 0;
}

static bool parse_byte(const char *text, size_t length, uint8_t *byte) {
  unsigned value = 0;
  if (length > 2 && text[length - 2] == '.' && text[length - 1] == '0') /* as programs write a column of floats */
    length -= 2;
  if (length == 0 || length > 3)
    return false;
  for (size_t i = 0; i < length; ++i) {
    if (text[i] < '0' || text[i] > '9')
      return false;
    value = value * 10 + (unsigned)(text[i] - '0');
  }
  *byte = (uint8_t)value;
  return value <= 255;
}

static bool is_label_name(const char *text, size_t length) {
  static const char *const names[] = {"label", "labels", "class", "target", "y"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; ++i)
    if (length == strlen(names[i]) && strncasecmp(text, names[i], length) == 0)
      return true;
  return false;
}

static bool has_letter(const char *text, size_t length) {
  while (length > 0 && !isalpha((unsigned char)text[length - 1]))
    --length;
  return length > 0;
}

static bool is_square(size_t n) {
  const size_t side = (size_t)sqrt((double)n);
  return side * side == n;
}

/* What the first line tells. r goes behind it if it holds names. */
static enum ms_status read_head(struct reader *r, size_t *n_values, bool *has_labels) {
  const struct reader before = *r;
  const char *text;
  size_t length, label_at = 0;
  bool has_names = true;
  if (r->at == r->end)
    return ms_fail(MS_ERROR_DATA, "%s: the file is empty: get it again", r->path);
  begin_line(r);
  while (next_value(r, &text, &length)) {
    has_names = has_names && has_letter(text, length);
    if (is_label_name(text, length))
      label_at = r->value;
  }
  has_names = has_names || label_at == 1;
  *n_values = r->value;
  *has_labels = !has_names || label_at > 0 || !is_square(*n_values);
  if (label_at > 1)
    return ms_fail(MS_ERROR_DATA, "%s: value %zu of a line is the label: the label must be first", r->path, label_at);
  if (*n_values < 2)
    return ms_fail(MS_ERROR_DATA,
                   "%s: line %zu has one value: a label and the pixels of an image must be there, "
                   "separated by commas",
                   r->path, r->line);
  if (!has_names)
    *r = before;
  return MS_OK;
}

/* Blank lines, of which there may be some at the end. */
static bool is_blank(const struct reader *r, bool to_the_end) {
  const char *at = r->at;
  while (to_the_end && at < r->end && is_end(*at))
    ++at;
  return at == r->end || is_end(*at);
}

/* The value that is wrong, if it can be shown. */
static enum ms_status not_a_byte(const struct reader *r, const char *text, size_t length) {
  bool is_plain = length > 0 && length <= 40;
  for (size_t i = 0; is_plain && i < length; ++i)
    is_plain = text[i] >= ' ' && text[i] <= '~';
  return ms_fail(MS_ERROR_DATA, "%s: line %zu, value %zu is %s%.*s%s: it must be a whole number from 0 to 255", r->path,
                 r->line, r->value,
                 is_plain     ? "'"
                 : length > 0 ? "no number"
                              : "empty",
                 is_plain ? (int)length : 0, text, is_plain ? "'" : "");
}

static enum ms_status read_lines(struct reader *r, size_t n_values, uint8_t *labels, uint8_t *pixels, size_t *n) {
  for (*n = 0; r->at < r->end; ++*n) {
    const char *text;
    size_t length;
    if (is_blank(r, true))
      break;
    if (is_blank(r, false))
      return ms_fail(MS_ERROR_DATA, "%s: line %zu is blank: get it again", r->path, r->line + 1);
    begin_line(r);
    while (next_value(r, &text, &length)) {
      uint8_t *byte = r->value == 1 ? labels + *n : pixels++;
      if (r->value > n_values)
        break;
      if (!parse_byte(text, length, byte))
        return not_a_byte(r, text, length);
    }
    if (r->value != n_values)
      return ms_fail(MS_ERROR_DATA, "%s: line %zu has %s values, the first line has %zu: get it again", r->path,
                     r->line, r->value < n_values ? "fewer" : "more", n_values);
  }
  return MS_OK;
}

static size_t count_lines(const char *text, size_t n_bytes) {
  size_t n = 1;
  for (size_t i = 0; i < n_bytes; ++i)
    n += is_end(text[i]);
  return n;
}

enum ms_status ms_csv_parse(const char *path, const char *text, size_t n_bytes, struct ms_array *images,
                            struct ms_array *labels, void *memory[2]) {
  size_t n_values = 0, n;
  bool has_labels = false;
  memory[0] = memory[1] = NULL;
  ms_text_skip_mark(&text, &n_bytes);
  struct reader r = {.path = path, .at = text, .end = text + n_bytes};
  MS_TRY(read_head(&r, &n_values, &has_labels));
  if (!has_labels)
    return MS_OK;
  /* A value takes two bytes at least, but the last of a line: what is reserved is bounded by the file. */
  const size_t n_lines = count_lines(text, n_bytes), most = n_bytes / 2 / n_values + 1;
  const size_t n_images = n_lines < most ? n_lines : most;
  enum ms_status status = ms_reserve(n_images, n_values, path, &memory[0]);
  if (status == MS_OK)
    status = ms_reserve(n_images + 1, 1, path, &memory[1]);
  if (status == MS_OK)
    status = read_lines(&r, n_values, memory[1], memory[0], &n);
  if (status == MS_OK && n == 0)
    status = ms_fail(MS_ERROR_DATA, "%s: holds no image: get it again", path);
  if (status != MS_OK) {
    free(memory[0]);
    free(memory[1]);
    memory[0] = memory[1] = NULL;
    return status;
  }
  *images = (struct ms_array){MS_U8, false, 2, {n, n_values - 1}, memory[0]};
  *labels = (struct ms_array){MS_U8, false, 1, {n}, memory[1]};
  return MS_OK;
}
