/* How classes are written for people. */
#include "runtime/report/class_names.h"

#include <stdio.h>

#include "runtime/platform/columns.h"
#include "runtime/report/markup.h"

bool ms_class_has_names(const char *const *names, size_t n_classes) {
  for (size_t c = 0; c < n_classes; ++c)
    if (names[c])
      return true;
  return false;
}

const char *ms_class_words(char out[MS_CLASS_WORDS], const char *const *names, size_t class, size_t columns) {
  char words[4 * MS_CLASS_WORDS];
  snprintf(words, sizeof words, "%zu%s%.*s", class, names[class] ? " " : "", (int)sizeof words - 8,
           names[class] ? names[class] : "");
  return ms_cut_columns(out, MS_CLASS_WORDS, words, columns);
}

void ms_class_add_markup(struct ms_text *text, const char *const *names, size_t class, size_t columns) {
  char words[MS_CLASS_WORDS];
  ms_markup_escape(text, ms_class_words(words, names, class, columns));
}
