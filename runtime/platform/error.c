/* The last error message of each thread. */
#include "runtime/platform/error.h"

#include <stdarg.h>
#include <stdio.h>

#include "runtime/platform/c_locale.h"

static _Thread_local char message[1024];
static _Thread_local enum ms_remedy last_remedy;

const char *ms_error_message(void) {
  return message;
}

/* In UTF-8, C2 80 to C2 9F are such too. */
static bool is_control(const char *text) {
  const unsigned char *c = (const unsigned char *)text;
  return *c < 0x20 || *c == 0x7f || (*c == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0);
}

void ms_remove_controls(char *text) {
  for (; *text; ++text)
    if (is_control(text))
      *text = '?';
}

bool ms_has_controls(const char *text) {
  while (*text && !is_control(text))
    ++text;
  return *text != '\0';
}

enum ms_remedy ms_error_remedy(void) {
  return last_remedy;
}

enum ms_status(ms_fail_by)(enum ms_status status, enum ms_remedy remedy, const char *format, ...) {
  /* Formatted aside, so that a message may quote the one before it. */
  char text[sizeof message];
  va_list args;
  va_start(args, format);
  ms_vsnprintf(text, sizeof text, format, args);
  va_end(args);
  ms_remove_controls(text);
  snprintf(message, sizeof message, "%s", text);
  last_remedy = remedy;
  return status;
}
