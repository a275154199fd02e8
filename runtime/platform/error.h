/* The message behind ms_error_message(). */
#ifndef MS_PLATFORM_ERROR_H
#define MS_PLATFORM_ERROR_H

#include "runtime/mnist_simd.h"

/* Stores the formatted message for this thread and returns status. One line: what, what was found, the remedy. */
__attribute__((format(printf, 2, 3))) enum ms_status ms_fail(enum ms_status status, const char *format, ...);

/* Control characters become '?'. Messages quote names and values, which may come from anyone: none reaches a terminal or a log. */
void ms_remove_controls(char *text);
bool ms_has_controls(const char *text);

/* clang's analyzer sees one file at a time: it is told which status comes back. */
#ifdef __clang_analyzer__
#define ms_fail(status, ...) (ms_fail(status, __VA_ARGS__), status)
#endif

#endif
