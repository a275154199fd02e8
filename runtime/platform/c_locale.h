/* Numbers to text and back with a decimal point, whatever locale the process has chosen by setlocale. */
#ifndef MS_PLATFORM_C_LOCALE_H
#define MS_PLATFORM_C_LOCALE_H

#include <stdarg.h>
#include <stddef.h>

/* As vsnprintf, snprintf and strtod in the "C" locale. For every number with a fraction that reaches a file or is read
 * from one; text.h and error.h do so. */
__attribute__((format(printf, 3, 0))) int ms_vsnprintf(char *text, size_t size, const char *format, va_list args);
__attribute__((format(printf, 3, 4))) int ms_snprintf(char *text, size_t size, const char *format, ...);
double ms_strtod(const char *text, char **end);

/* A loss in a few characters, whatever its size. */
enum { MS_LOSS_SIZE = 16 };
const char *ms_format_loss(char text[MS_LOSS_SIZE], double loss);

#endif
