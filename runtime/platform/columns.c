/* Columns of a terminal that text takes. */
#include "runtime/platform/columns.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "runtime/platform/text.h"

#define ELLIPSIS "…"

/* Whole blocks of Unicode 15, after its EastAsianWidth.txt and its blocks of combining marks. All other characters take
 * one column. */
static const struct {
  uint32_t first, last;
  size_t columns;
} blocks[] = {
    {0x0300, 0x036f, 0},   {0x1100, 0x115f, 2}, {0x1ab0, 0x1aff, 0}, {0x1dc0, 0x1dff, 0},   {0x200b, 0x200f, 0},
    {0x20d0, 0x20ff, 0},   {0x2e80, 0x303e, 2}, {0x3041, 0x3098, 2}, {0x3099, 0x309a, 0},   {0x309b, 0xa4cf, 2},
    {0xa960, 0xa97f, 2},   {0xac00, 0xd7a3, 2}, {0xf900, 0xfaff, 2}, {0xfe00, 0xfe0f, 0},   {0xfe20, 0xfe2f, 0},
    {0xfe30, 0xfe6f, 2},   {0xff00, 0xff60, 2}, {0xffe0, 0xffe6, 2}, {0x1f300, 0x1f64f, 2}, {0x1f900, 0x1f9ff, 2},
    {0x20000, 0x3fffd, 2},
};

/* Of the character at text; *n_bytes: its length. A byte that is no UTF-8 takes a column, as terminals show it. */
static size_t character(const char *text, size_t *n_bytes) {
  const unsigned char *s = (const unsigned char *)text;
  *n_bytes = ms_utf8_bytes(text);
  if (*n_bytes < 2) {
    *n_bytes = 1;
    return 1;
  }
  uint32_t code = s[0] & (0x7fu >> *n_bytes);
  for (size_t i = 1; i < *n_bytes; ++i)
    code = code << 6 | (s[i] & 0x3fu);
  for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; ++i)
    if (code >= blocks[i].first && code <= blocks[i].last)
      return blocks[i].columns;
  return 1;
}

size_t ms_columns(const char *text) {
  size_t columns = 0, n_bytes;
  for (; *text; text += n_bytes)
    columns += character(text, &n_bytes);
  return columns;
}

const char *ms_cut_columns(char *out, size_t size, const char *text, size_t columns) {
  assert(columns >= 1 && size >= sizeof ELLIPSIS);
  if (strlen(text) < size && ms_columns(text) <= columns)
    return strcpy(out, text);
  size_t n = 0, used = 0, n_bytes;
  while (text[n]) {
    used += character(text + n, &n_bytes);
    if (used + 1 > columns || n + n_bytes + sizeof ELLIPSIS > size)
      break;
    n += n_bytes;
  }
  while (n > 0 && text[n - 1] == ' ')
    --n;
  snprintf(out, size, "%.*s" ELLIPSIS, (int)n, text);
  return out;
}
