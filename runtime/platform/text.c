/* A text that grows; UTF-8. */
#include "runtime/platform/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/platform/c_locale.h"
#include "runtime/platform/error.h"

/* Room for n_bytes and a 0 behind what is there. */
static bool reserve(struct ms_text *text, size_t n_bytes) {
  if (text->failed || n_bytes > SIZE_MAX / 4 - text->length) {
    text->failed = true;
    return false;
  }
  const size_t needed = text->length + n_bytes + 1;
  if (needed <= text->capacity)
    return true;
  char *grown = realloc(text->data, 2 * needed);
  if (!grown) {
    text->failed = true;
    return false;
  }
  text->data = grown;
  text->capacity = 2 * needed;
  return true;
}

void ms_text_add_bytes(struct ms_text *text, const char *bytes, size_t n_bytes) {
  if (!reserve(text, n_bytes))
    return;
  memcpy(text->data + text->length, bytes, n_bytes);
  text->length += n_bytes;
  text->data[text->length] = '\0';
}

void ms_text_add(struct ms_text *text, const char *string) {
  ms_text_add_bytes(text, string, strlen(string));
}

void ms_text_vprintf(struct ms_text *text, const char *format, va_list args) {
  va_list again;
  va_copy(again, args);
  const int length = ms_vsnprintf(NULL, 0, format, again);
  va_end(again);
  if (length < 0) {
    text->failed = true;
    return;
  }
  if (!reserve(text, (size_t)length))
    return;
  ms_vsnprintf(text->data + text->length, (size_t)length + 1, format, args);
  text->length += (size_t)length;
}

void ms_text_printf(struct ms_text *text, const char *format, ...) {
  va_list args;
  va_start(args, format);
  ms_text_vprintf(text, format, args);
  va_end(args);
}

enum ms_status ms_text_status(const struct ms_text *text, const char *what) {
  return text->failed ? ms_fail(MS_ERROR_MEMORY, "%s: no memory for its text", what) : MS_OK;
}

void ms_text_skip_mark(const char **text, size_t *n_bytes) {
  const size_t mark = *n_bytes >= 3 && memcmp(*text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
  *text += mark;
  *n_bytes -= mark;
}

void ms_text_free(struct ms_text *text) {
  free(text->data);
  memset(text, 0, sizeof *text);
}

size_t ms_utf8_bytes(const char *text) {
  const unsigned char *s = (const unsigned char *)text;
  unsigned char low = 0x80, high = 0xbf; /* what the second byte may be */
  size_t n;
  if (s[0] < 0x80)
    return 1;
  if (s[0] >= 0xc2 && s[0] <= 0xdf) {
    n = 2;
  } else if (s[0] >= 0xe0 && s[0] <= 0xef) {
    n = 3;
    low = s[0] == 0xe0 ? 0xa0 : 0x80;  /* no longer than needed */
    high = s[0] == 0xed ? 0x9f : 0xbf; /* no surrogates */
  } else if (s[0] >= 0xf0 && s[0] <= 0xf4) {
    n = 4;
    low = s[0] == 0xf0 ? 0x90 : 0x80;
    high = s[0] == 0xf4 ? 0x8f : 0xbf; /* not beyond U+10FFFF */
  } else {
    return 0;
  }
  if (s[1] < low || s[1] > high)
    return 0;
  for (size_t i = 2; i < n; ++i)
    if (s[i] < 0x80 || s[i] > 0xbf)
      return 0;
  return n;
}

bool ms_is_utf8(const char *text) {
  size_t n;
  while (*text && (n = ms_utf8_bytes(text)) > 0)
    text += n;
  return *text == '\0';
}
