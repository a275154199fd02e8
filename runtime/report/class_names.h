/* How classes are written for people: "9 Ankle boot", or "9" where the name is not known. */
#ifndef MS_REPORT_CLASS_NAMES_H
#define MS_REPORT_CLASS_NAMES_H

#include "runtime/platform/text.h"

/* names: (MS_MAX_CLASSES), as struct ms_data has them. */

/* Whether one of the classes has a name. */
bool ms_class_has_names(const char *const *names, size_t n_classes);

/* The number and the name of a class to out, in at most so many columns of a terminal; the rest of a longer name is an
 * ellipsis. Returns out. */
#define MS_CLASS_WORDS 80
const char *ms_class_words(char out[MS_CLASS_WORDS], const char *const *names, size_t class, size_t columns);

/* The same, escaped for a page. */
void ms_class_add_markup(struct ms_text *text, const char *const *names, size_t class, size_t columns);

#endif
