/* The "C" locale and rounding to nearest for the calling thread, while a number is written or read: rounding decides
 * the last digit too. */
#include "runtime/platform/c_locale.h"

#include <stdio.h>
#include <stdlib.h>

#include "runtime/platform/system.h"

int ms_vsnprintf(char *text, size_t size, const char *format, va_list args) {
  struct ms_os_numbers before;
  ms_os_enter_numbers(&before);
  const int length = vsnprintf(text, size, format, args);
  ms_os_leave_numbers(&before);
  return length;
}

int ms_snprintf(char *text, size_t size, const char *format, ...) {
  va_list args;
  va_start(args, format);
  const int length = ms_vsnprintf(text, size, format, args);
  va_end(args);
  return length;
}

double ms_strtod(const char *text, char **end) {
  struct ms_os_numbers before;
  ms_os_enter_numbers(&before);
  const double number = strtod(text, end);
  ms_os_leave_numbers(&before);
  return number;
}

const char *ms_format_loss(char text[MS_LOSS_SIZE], double loss) {
  ms_snprintf(text, MS_LOSS_SIZE, loss < 1000 ? "%.4f" : "%.1e", loss);
  return text;
}
