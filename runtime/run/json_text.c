/* JSON to text and back. */
#include "runtime/run/json_text.h"

#include <stdlib.h>

#include "runtime/platform/error.h"
#include "runtime/platform/pthreads.h"

static int add(const char *bytes, size_t n_bytes, void *text) {
  ms_text_add_bytes(text, bytes, n_bytes);
  return 0;
}

void ms_text_add_json(struct ms_text *text, const json_t *json, size_t flags) {
  if (!json || json_dump_callback(json, add, text, flags) != 0)
    text->failed = true;
}

/* Jansson calls a text wrong, in its own words, when it lacks memory for it, or leaves a character of a string out. */
static _Thread_local bool lacks_memory;

static void *allocate(size_t n_bytes) {
  void *memory = malloc(n_bytes);
  lacks_memory |= !memory;
  return memory;
}

static void watch_allocations(void) {
  json_set_alloc_funcs(allocate, free);
}

enum ms_status ms_json_parse(const char *what, const char *text, size_t n_bytes, json_t **json, json_error_t *error) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, watch_allocations);
  lacks_memory = false;
  *json = json_loadb(text, n_bytes, JSON_REJECT_DUPLICATES, error);
  if (lacks_memory) {
    json_decref(*json);
    *json = NULL;
    return ms_fail(MS_ERROR_MEMORY, "%s: no memory for its contents", what);
  }
  return *json ? MS_OK : MS_ERROR_DATA;
}
