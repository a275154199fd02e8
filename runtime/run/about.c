/* What run.json records about a run besides its results. */
#define _POSIX_C_SOURCE 200809L /* gmtime_r, strdup */
#include "runtime/run/about.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "runtime/platform/error.h"
#include "runtime/platform/parse.h"
#include "runtime/run/json_text.h"

#ifndef MS_COMMIT
#define MS_COMMIT "" /* built outside a repository */
#endif

enum { COMMAND_BYTES = 4096 };

/* The members that are texts: one list for reading and freeing. */
static const struct {
  const char *name;
  size_t at, max_bytes;
} texts[] = {
    {"name", offsetof(struct ms_run_about, name), MS_ABOUT_TEXT_BYTES},
    {"author", offsetof(struct ms_run_about, author), MS_ABOUT_TEXT_BYTES},
    {"date", offsetof(struct ms_run_about, date), MS_ABOUT_TEXT_BYTES},
    {"command", offsetof(struct ms_run_about, command), COMMAND_BYTES},
    {"commit", offsetof(struct ms_run_about, commit), MS_ABOUT_TEXT_BYTES},
    {"compiler", offsetof(struct ms_run_about, compiler), MS_ABOUT_TEXT_BYTES},
};
enum { N_TEXTS = sizeof texts / sizeof texts[0] };

static char **text_of(struct ms_run_about *about, size_t i) {
  return (char **)(void *)((char *)about + texts[i].at);
}

/* ---- Writing ---- */

void ms_date(char date[MS_DATE_SIZE]) {
  const time_t now = time(NULL);
  struct tm utc;
  if (!gmtime_r(&now, &utc) || strftime(date, MS_DATE_SIZE, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
    date[0] = '\0';
}

static json_t *text_or_null(const char *text) {
  return text && text[0] ? json_string(text) : json_null();
}

/* Of a command that is too long, or no UTF-8, as a path may be: its beginning as far as it is. */
static json_t *command_json(const char *command) {
  size_t n_bytes = 0;
  if (!command)
    return json_null();
  for (size_t step = 1; command[n_bytes] && step > 0 && n_bytes + step <= COMMAND_BYTES; n_bytes += step)
    step = (unsigned char)command[n_bytes] < ' ' ? 0 : ms_utf8_bytes(command + n_bytes);
  return json_stringn(command, n_bytes);
}

static json_t *origin_json(const struct ms_run_origin *origin) {
  if (!origin)
    return json_null();
  return json_pack("{s:s, s:I, s:s, s:b}", "folder", origin->folder, "epoch", (json_int_t)origin->epoch,
                   "weights_sha256", origin->weights_sha256, "moments", (int)origin->has_moments);
}

enum ms_status ms_about_write(const struct ms_run_about *about, struct ms_text *text) {
  char date[MS_DATE_SIZE];
  ms_date(date);
  json_t *root = json_pack("{s:o, s:o, s:o, s:o, s:o, s:s, s:I, s:o}", "name", text_or_null(about->name), "author",
                           text_or_null(about->author), "date", text_or_null(date), "command",
                           command_json(about->command), "commit", text_or_null(MS_COMMIT), "compiler", MS_COMPILER,
                           "keep_epochs", (json_int_t)about->keep_epochs, "from", origin_json(about->origin));
  ms_text_add_json(text, root, JSON_COMPACT);
  json_decref(root);
  return ms_text_status(text, "description of the run");
}

/* ---- Reading ---- */

static enum ms_status wrong(const char *path, const char *name, const char *wanted) {
  return ms_fail(MS_ERROR_DATA, "%s: \"%s\" is not %s", path, name, wanted);
}

/* *copy stays NULL where the member is missing or null. */
static enum ms_status read_text(const char *path, const json_t *object, const char *name, size_t max_bytes,
                                char **copy) {
  const json_t *value = json_object_get(object, name);
  const char *string = json_string_value(value);
  if (!value || json_is_null(value))
    return MS_OK;
  if (!string || strlen(string) != json_string_length(value) || strlen(string) > max_bytes || ms_has_controls(string))
    return wrong(path, name, "a text without control characters, or too long");
  *copy = strdup(string);
  return *copy ? MS_OK : ms_fail(MS_ERROR_MEMORY, "%s: no memory for its texts", path);
}

static bool read_count(const json_t *object, const char *name, size_t *count) {
  const json_t *value = json_object_get(object, name);
  *count = (size_t)json_integer_value(value);
  return json_is_integer(value) && json_integer_value(value) >= 0 && json_integer_value(value) <= MS_MAX_EPOCHS;
}

static enum ms_status read_origin(const char *path, const json_t *from, struct ms_run_about *about) {
  const char *digest = json_string_value(json_object_get(from, "weights_sha256"));
  const json_t *moments = json_object_get(from, "moments");
  about->origin = calloc(1, sizeof *about->origin);
  if (!about->origin)
    return ms_fail(MS_ERROR_MEMORY, "%s: no memory for its texts", path);
  MS_TRY(read_text(path, from, "folder", COMMAND_BYTES, &about->origin->folder));
  if (!about->origin->folder)
    return wrong(path, "from", "an object with a folder");
  if (!read_count(from, "epoch", &about->origin->epoch) || about->origin->epoch < 1)
    return wrong(path, "epoch", "that of a run");
  if (!digest || !ms_is_hex(digest, 64) || !json_is_boolean(moments))
    return wrong(path, "from", "an object with weights_sha256 and moments");
  memcpy(about->origin->weights_sha256, digest, sizeof about->origin->weights_sha256);
  about->origin->has_moments = json_is_true(moments);
  return MS_OK;
}

enum ms_status ms_about_read(const char *path, const json_t *object, struct ms_run_about *about) {
  for (size_t i = 0; i < N_TEXTS; ++i)
    MS_TRY(read_text(path, object, texts[i].name, texts[i].max_bytes, text_of(about, i)));
  if (json_object_get(object, "keep_epochs") && !read_count(object, "keep_epochs", &about->keep_epochs))
    return wrong(path, "keep_epochs", "a number of epochs");
  const json_t *from = json_object_get(object, "from");
  return !from || json_is_null(from) ? MS_OK : read_origin(path, from, about);
}

void ms_about_free(struct ms_run_about *about) {
  for (size_t i = 0; i < N_TEXTS; ++i)
    free(*text_of(about, i));
  if (about->origin)
    free(about->origin->folder);
  free(about->origin);
  memset(about, 0, sizeof *about);
}
