/* Columns of a terminal that text in UTF-8 takes. */
#ifndef MS_PLATFORM_COLUMNS_H
#define MS_PLATFORM_COLUMNS_H

#include <stddef.h>

/* Two for a wide East Asian character, none for one that combines with the character before, else one. */
size_t ms_columns(const char *text);

/* Copies text to out; where it takes more columns than that, or more than size bytes, its beginning and an ellipsis.
 * columns: at least 1; size: at least 4. Returns out. */
const char *ms_cut_columns(char *out, size_t size, const char *text, size_t columns);

#endif
