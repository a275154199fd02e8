/* Numbers from text: the whole text must be the number. The locale does not matter. */
#ifndef MS_PLATFORM_PARSE_H
#define MS_PLATFORM_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decimal digits only. False if it is no such number, or does not fit: a size has 32 bits on some machines. */
bool ms_parse_u64(const char *text, uint64_t *out);
bool ms_parse_size(const char *text, size_t *out);

/* A decimal number with sign, point and exponent as wanted; neither hexadecimal, nor infinite, nor NaN. */
bool ms_parse_number(const char *text, double *out);

/* The number in the fewest significant digits from which ms_parse_number makes it again. */
#define MS_NUMBER_SIZE 32
void ms_format_number(char text[MS_NUMBER_SIZE], double number);

/* Whether a text is that many hexadecimal digits, in lower case. */
bool ms_is_hex(const char *text, size_t n_digits);

#endif
