/* Numbers from text and back. */
#include "runtime/platform/parse.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/platform/c_locale.h"

bool ms_parse_u64(const char *text, uint64_t *out) {
  char *end;
  errno = 0;
  *out = strtoull(text, &end, 10);
  return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0;
}

bool ms_parse_size(const char *text, size_t *out) {
  uint64_t value;
  const bool parsed = ms_parse_u64(text, &value);
  *out = (size_t)value;
  return parsed && value <= SIZE_MAX;
}

bool ms_parse_number(const char *text, double *out) {
  char *end;
  *out = ms_strtod(text, &end);
  return text[0] != '\0' && *end == '\0' && text[strspn(text, "+-.0123456789eE")] == '\0' && isfinite(*out);
}

void ms_format_number(char text[MS_NUMBER_SIZE], double number) {
  double again;
  for (int digits = 1; digits <= 17; ++digits) {
    ms_snprintf(text, MS_NUMBER_SIZE, "%.*g", digits, number);
    if (ms_parse_number(text, &again) && again == number)
      return;
  }
}

bool ms_is_hex(const char *text, size_t n_digits) {
  return strlen(text) == n_digits && strspn(text, "0123456789abcdef") == n_digits;
}
