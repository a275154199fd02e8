/* The last error message of each thread. */
#include "runtime/platform/error.h"

#include <stdarg.h>
#include <stdio.h>

static _Thread_local char message[1024];

const char *ms_error_message(void) {
  return message;
}

enum ms_status ms_fail(enum ms_status status, const char *format, ...) {
  /* Formatted aside, so that a message may quote the one before it. */
  char text[sizeof message];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  snprintf(message, sizeof message, "%s", text);
  return status;
}
