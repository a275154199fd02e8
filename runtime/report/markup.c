/* Text and numbers for pages and figures. */
#include "runtime/report/markup.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "runtime/platform/c_locale.h"
#include "runtime/platform/text.h"

#define NO_BREAK_SPACE "\xc2\xa0"
#define REPLACEMENT "\xef\xbf\xbd"

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
    const size_t n = ms_utf8_bytes(string);
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

const char *ms_markup_score(char out[MS_SHORT_TEXT], double score) {
  ms_snprintf(out, MS_SHORT_TEXT, isnan(score) ? "–" : "%.4f", score);
  return out;
}

void ms_markup_layers(struct ms_text *text, const struct ms_network *network) {
  ms_text_printf(text, "%zu", ms_network_layer(network, 0).n_in);
  for (size_t l = 0; l < ms_network_layers(network); ++l)
    ms_text_printf(text, " → %zu", ms_network_layer(network, l).n_out);
}
