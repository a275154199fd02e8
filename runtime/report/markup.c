/* Text and numbers for pages and figures. */
#include "runtime/report/markup.h"

#include <stdio.h>
#include <string.h>

#include "runtime/platform/c_locale.h"

#define NO_BREAK_SPACE "\xc2\xa0"
#define REPLACEMENT "\xef\xbf\xbd"

/* Bytes of the well-formed UTF-8 character at s (Unicode 15, table 3-7), 0 if there is none. */
static size_t character_bytes(const unsigned char *s) {
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

static const char *escaped(unsigned char c) {
  switch (c) {
  case '&':
    return "&amp;";
  case '<':
    return "&lt;";
  case '>':
    return "&gt;";
  case '"':
    return "&quot;";
  case '\'':
    return "&#39;";
  default:
    return c < 0x20 || c == 0x7f ? REPLACEMENT : NULL;
  }
}

void ms_markup_escape(struct ms_text *text, const char *string) {
  while (*string) {
    const unsigned char *s = (const unsigned char *)string;
    const size_t n = character_bytes(s);
    const char *other = n == 0 ? REPLACEMENT : n == 1 ? escaped(*s) : NULL;
    if (n == 2 && s[0] == 0xc2 && s[1] < 0xa0) /* U+0080 to U+009F are control characters too */
      other = REPLACEMENT;
    if (other)
      ms_text_add(text, other);
    else
      ms_text_add_bytes(text, string, n);
    string += n > 0 ? n : 1;
  }
}

const char *ms_markup_count(char out[MS_SHORT_TEXT], size_t count) {
  char digits[32];
  const int n = snprintf(digits, sizeof digits, "%zu", count);
  char *to = out;
  for (int i = 0; i < n; ++i) {
    if (i > 0 && (n - i) % 3 == 0)
      *to++ = ',';
    *to++ = digits[i];
  }
  *to = '\0';
  return out;
}

const char *ms_markup_percent(char out[MS_SHORT_TEXT], double share) {
  ms_snprintf(out, MS_SHORT_TEXT, "%.2f" NO_BREAK_SPACE "%%", 100 * share);
  return out;
}

void ms_markup_layers(struct ms_text *text, const struct ms_network *network) {
  ms_text_printf(text, "%zu", ms_network_layer(network, 0).n_in);
  for (size_t l = 0; l < ms_network_layers(network); ++l)
    ms_text_printf(text, " → %zu", ms_network_layer(network, l).n_out);
}
