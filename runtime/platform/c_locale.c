/* The "C" locale and rounding to nearest for the calling thread, while a number is written or read. */
#include "runtime/platform/c_locale.h"

#include <fenv.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/platform/system.h"

/* Rounding decides the last digit too. Kept as a whole: a caller may have set that of SSE without that of the x87 unit,
 * which is all that fegetround sees, and traps. */
struct environment {
  void *locale;
  fenv_t floating;
};

static struct environment enter(void) {
  struct environment before = {.locale = ms_os_c_locale()};
  feholdexcept(&before.floating);
  fesetround(FE_TONEAREST);
  return before;
}

static void leave(const struct environment *before) {
  fesetenv(&before->floating);
  ms_os_restore_locale(before->locale);
}

int ms_vsnprintf(char *text, size_t size, const char *format, va_list args) {
  const struct environment before = enter();
  const int length = vsnprintf(text, size, format, args);
  leave(&before);
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
  const struct environment before = enter();
  const double number = strtod(text, end);
  leave(&before);
  return number;
}

const char *ms_format_loss(char text[MS_LOSS_SIZE], double loss) {
  ms_snprintf(text, MS_LOSS_SIZE, loss < 1000 ? "%.4f" : "%.1e", loss);
  return text;
}
