/* The message behind ms_error_message(). */
#ifndef MS_PLATFORM_ERROR_H
#define MS_PLATFORM_ERROR_H

#include "runtime/mnist_simd.h"

/* A choice of the caller that avoids a failure. The message ends in it, "choose another folder", without naming an
 * option: the program adds which one it is. */
enum ms_remedy {
  MS_NO_OPTION,
  MS_OTHER_DATA,
  MS_SPLIT,
  MS_OTHER_OUTPUT,
  MS_WEIGHT_LAYOUT,
  MS_OVERWRITE,
  MS_OTHER_START, /* another folder, overwriting, or resuming */
  MS_SHARED_WORK,
  MS_FEWER_THREADS
};

/* Stores the formatted message for this thread and returns status. One line: what, what was found, the remedy. */
#define ms_fail(status, ...) ms_fail_by(status, MS_NO_OPTION, __VA_ARGS__)
__attribute__((format(printf, 3, 4))) enum ms_status ms_fail_by(enum ms_status status, enum ms_remedy remedy,
                                                                const char *format, ...);
/* That of the message that was stored last. */
enum ms_remedy ms_error_remedy(void);

/* Passes a failure on, where nothing is to be freed. */
#define MS_TRY(call)                                                                                                   \
  do {                                                                                                                 \
    const enum ms_status tried_ = (call);                                                                              \
    if (tried_ != MS_OK)                                                                                               \
      return tried_;                                                                                                   \
  } while (0)

/* Refuses an argument that is NULL, in the public function that has it: "ms_sgemm: a: must not be NULL". */
#define MS_REQUIRE(pointer)                                                                                            \
  do {                                                                                                                 \
    if (!(pointer))                                                                                                    \
      return ms_fail(MS_ERROR_ARGUMENT, "%s: %s: must not be NULL", __func__, #pointer);                               \
  } while (0)

/* Control characters become '?'. Messages quote names and values, which may come from anyone: none reaches a terminal
 * or a log. */
void ms_remove_controls(char *text);
bool ms_has_controls(const char *text);

/* clang's analyzer sees one file at a time: it is told which status comes back. */
#ifdef __clang_analyzer__
#define ms_fail_by(status, ...) (ms_fail_by(status, __VA_ARGS__), status)
#endif

#endif
