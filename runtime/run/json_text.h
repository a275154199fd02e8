/* JSON to text and back. */
#ifndef MS_RUN_JSON_TEXT_H
#define MS_RUN_JSON_TEXT_H

#include <jansson.h>

#include "runtime/platform/text.h"

/* Adds json's text; flags are those of json_dumps. NULL, or memory that cannot be had, makes ms_text_status fail.
 * json_dumps itself is not used: in Jansson 2.14 it takes no notice of memory that it lacks for an object's key, and
 * leaves the key out. */
void ms_text_add_json(struct ms_text *text, const json_t *json, size_t flags);

/* Parses a text, which may be anything; objects must not name a member twice. MS_ERROR_DATA: *json is NULL and
 * error->text says what is wrong, the message is the caller's. MS_ERROR_MEMORY: the message names `what`. */
enum ms_status ms_json_parse(const char *what, const char *text, size_t n_bytes, json_t **json, json_error_t *error);

#endif
