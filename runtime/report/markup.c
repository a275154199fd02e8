/* Text, numbers and tables for pages and figures. */
#include "runtime/report/markup.h"

#include <math.h>
#include <stdarg.h>
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

void ms_markup_settings(struct ms_text *text, const char *summary, const struct ms_config *config,
                        const char *const *without, size_t n) {
  char value[MS_SETTING_SIZE];
  ms_text_printf(text, "<details open><summary>%s</summary>\n<dl class=\"settings\">\n", summary);
  for (size_t i = 0, k; ms_setting_name(i); ++i) {
    for (k = 0; k < n && strcmp(without[k], ms_setting_name(i)) != 0;)
      ++k;
    if (k < n)
      continue;
    ms_config_get(config, ms_setting_name(i), value);
    ms_text_printf(text, "<div><dt>%s</dt><dd>", ms_setting_name(i));
    ms_markup_escape(text, value);
    ms_text_add(text, "</dd></div>\n");
  }
  ms_text_add(text, "</dl></details>\n");
}

void ms_markup_url(struct ms_text *text, const char *path) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
  for (; *path; ++path)
    if (strchr(plain, *path))
      ms_text_add_bytes(text, path, 1);
    else
      ms_text_printf(text, "%%%02X", (unsigned)(unsigned char)*path);
}

/* ---- Tables ---- */

struct ms_table ms_table_begin(struct ms_text *text, const char *label, bool folded, const char *style,
                               const char *const *names, size_t n) {
  const struct ms_table table = {text, names, n, 0, folded, strstr(style, "stack") != NULL};
  if (folded)
    ms_text_printf(text, "<details><summary>%s</summary>\n", label);
  ms_text_printf(text,
                 "<div class=\"scroll\" role=\"region\" aria-label=\"%s\" tabindex=\"0\"><table class=\"%s\">"
                 "<thead><tr>",
                 label, style);
  for (size_t i = 0; i < n; ++i)
    ms_text_printf(text, names[i][0] ? "<th scope=\"col\">%s</th>" : "<td>%s</td>", names[i]);
  ms_text_add(text, "</tr></thead><tbody>\n");
  return table;
}

static void end_row(struct ms_table *table) {
  if (table->column > 0)
    ms_text_add(table->text, table->column == 1 ? "</th></tr>\n" : "</td></tr>\n");
  table->column = 0;
}

void ms_table_row(struct ms_table *table, const char *style) {
  end_row(table);
  ms_text_printf(table->text, style[0] ? "<tr class=\"%s\">" : "<tr>", style);
}

void ms_table_cell(struct ms_table *table, const char *style) {
  struct ms_text *text = table->text;
  const size_t column = table->column++;
  if (column > 0)
    ms_text_add(text, column == 1 ? "</th>" : "</td>");
  ms_text_add(text, column == 0 ? "<th scope=\"row\"" : "<td");
  if (style[0])
    ms_text_printf(text, " class=\"%s\"", style);
  if (table->stacks && column > 0 && column < table->n && table->names[column][0])
    ms_text_printf(text, " data-name=\"%s\"", table->names[column]);
  ms_text_add(text, ">");
}

void ms_table_printf(struct ms_table *table, const char *format, ...) {
  va_list arguments;
  ms_table_cell(table, "");
  va_start(arguments, format);
  ms_text_vprintf(table->text, format, arguments);
  va_end(arguments);
}

void ms_table_text(struct ms_table *table, const char *string) {
  ms_table_cell(table, "");
  ms_markup_escape(table->text, string);
}

void ms_table_end(struct ms_table *table) {
  end_row(table);
  ms_text_printf(table->text, "</tbody></table></div>%s\n", table->folded ? "</details>" : "");
}
