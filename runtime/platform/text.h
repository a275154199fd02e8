/* A text that grows. A failure to get memory is kept: what is added later is dropped, and ms_text_status tells it at
 * the end. */
#ifndef MS_PLATFORM_TEXT_H
#define MS_PLATFORM_TEXT_H

#include <stdarg.h>

#include "runtime/mnist_simd.h"

struct ms_text {
  char *data; /* ends with a 0; NULL while nothing was added */
  size_t length, capacity;
  bool failed;
};

void ms_text_add(struct ms_text *text, const char *string);
void ms_text_add_bytes(struct ms_text *text, const char *bytes, size_t n_bytes);
__attribute__((format(printf, 2, 3))) void ms_text_printf(struct ms_text *text, const char *format, ...);
__attribute__((format(printf, 2, 0))) void ms_text_vprintf(struct ms_text *text, const char *format, va_list args);

/* MS_ERROR_MEMORY, the message naming `what`, if something is missing from the text. */
enum ms_status ms_text_status(const struct ms_text *text, const char *what);

/* Skips the byte-order mark with which some editors begin a file in UTF-8. */
void ms_text_skip_mark(const char **text, size_t *n_bytes);

/* Ready for another text. */
void ms_text_free(struct ms_text *text);

/* Bytes of the well-formed UTF-8 character at text (Unicode 15, table 3-7), 0 if there is none. */
size_t ms_utf8_bytes(const char *text);
bool ms_is_utf8(const char *text);

#endif
