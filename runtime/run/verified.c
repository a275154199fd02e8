/* verified.json: what was verified of a run, and proof that it was here. */
#include "runtime/run/verified.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/kernels.h"
#include "runtime/platform/error.h"
#include "runtime/platform/files.h"
#include "runtime/platform/parse.h"
#include "runtime/platform/sha256.h"
#include "runtime/platform/system.h"
#include "runtime/run/folder.h"
#include "runtime/run/json_text.h"

enum { KEY_BYTES = 64, MAX_VERIFIED_BYTES = 1 << 16 };

/* ---- The key ---- */

static enum ms_status key_path(char path[MS_PATH_SIZE]) {
  char base[MS_PATH_SIZE], of_keys[MS_PATH_SIZE];
  MS_TRY(ms_os_state_folder(base));
  MS_TRY(ms_path_join(of_keys, base, "mnist_simd"));
  MS_TRY(ms_make_folder(of_keys));
  return ms_path_join(path, of_keys, "verify.key");
}

/* Two processes may make it at once: what counts is what is in the file then. */
static enum ms_status make_key(const char *path) {
  uint8_t key[KEY_BYTES];
  if (!ms_os_random(key, sizeof key))
    return ms_fail(MS_ERROR_SYSTEM, "the system has no random bytes: no key can be made");
  return ms_file_write_private(path, key, sizeof key);
}

static enum ms_status get_key(bool make, uint8_t key[KEY_BYTES]) {
  char path[MS_PATH_SIZE];
  uint8_t *bytes;
  size_t n_bytes;
  MS_TRY(key_path(path));
  if (make && !ms_exists(path))
    MS_TRY(make_key(path));
  MS_TRY(ms_file_read(path, KEY_BYTES, &bytes, &n_bytes));
  if (n_bytes == KEY_BYTES)
    memcpy(key, bytes, KEY_BYTES);
  free(bytes);
  return n_bytes == KEY_BYTES
             ? MS_OK
             : ms_fail(MS_ERROR_SYSTEM, "%s: has %zu bytes, must have %d: remove it", path, n_bytes, KEY_BYTES);
}

/* The key has the length of a block: it needs no padding. */
static void code_of(const uint8_t key[KEY_BYTES], const char *text, char hex[65]) {
  uint8_t pad[KEY_BYTES];
  struct ms_sha256 sha;
  for (int outer = 0; outer < 2; ++outer) {
    uint8_t inner[32];
    for (size_t i = 0; i < KEY_BYTES; ++i)
      pad[i] = key[i] ^ (outer ? 0x5c : 0x36);
    for (size_t i = 0; outer && i < sizeof inner; ++i) {
      unsigned byte;
      sscanf(hex + 2 * i, "%2x", &byte);
      inner[i] = (uint8_t)byte;
    }
    ms_sha256_init(&sha);
    ms_sha256_update(&sha, pad, sizeof pad);
    if (outer)
      ms_sha256_update(&sha, inner, sizeof inner);
    else
      ms_sha256_update(&sha, text, strlen(text));
    ms_sha256_finish(&sha, hex);
  }
}

/* ---- The run's files ---- */

static const char *const files[] = {MS_SUMMARY_FILE, MS_METRICS_FILE, MS_MODEL_FILE};
enum { N_FILES = sizeof files / sizeof files[0] };

static enum ms_status digest_of(const char *folder, const char *name, char hex[65]) {
  char path[MS_PATH_SIZE];
  uint8_t *bytes;
  size_t n_bytes;
  struct ms_sha256 sha;
  MS_TRY(ms_path_join(path, folder, name));
  MS_TRY(ms_file_read(path, SIZE_MAX / 2, &bytes, &n_bytes));
  ms_sha256_init(&sha);
  ms_sha256_update(&sha, bytes, n_bytes);
  ms_sha256_finish(&sha, hex);
  free(bytes);
  return MS_OK;
}

/* ---- Writing ---- */

/* Of all members but the code, whose order and form are Jansson's alone. */
static enum ms_status code_of_members(const json_t *root, const uint8_t key[KEY_BYTES], char hex[65]) {
  struct ms_text text = {0};
  ms_text_add_json(&text, root, JSON_COMPACT | JSON_SORT_KEYS);
  const enum ms_status status = ms_text_status(&text, MS_VERIFIED_FILE);
  if (status == MS_OK)
    code_of(key, text.data, hex);
  ms_text_free(&text);
  return status;
}

enum ms_status ms_verified_digest(const char *folder, struct ms_verified *v) {
  for (size_t i = 0; i < N_FILES; ++i)
    MS_TRY(digest_of(folder, files[i], v->sha256[i]));
  return MS_OK;
}

enum ms_status ms_verified_write(const char *folder, const struct ms_verified *v) {
  uint8_t key[KEY_BYTES];
  char date[MS_DATE_SIZE], code[65];
  MS_TRY(get_key(true, key));
  ms_date(date);
  json_t *digests =
      json_pack("{s:s, s:s, s:s}", files[0], v->sha256[0], files[1], v->sha256[1], files[2], v->sha256[2]);
  json_t *root = json_pack("{s:b, s:b, s:I, s:I, s:s, s:s, s:s, s:i, s:s, s:o}", "passed", (int)v->passed, "whole",
                           (int)v->is_whole, "first_epoch", (json_int_t)v->first, "last_epoch", (json_int_t)v->last,
                           "difference", v->difference, "date", date, "program", "mnist_simd " MS_VERSION,
                           "numerics_contract", MS_CONTRACT_VERSION, "isa", ms_isa(), "sha256", digests);
  struct ms_text text = {0};
  enum ms_status status = code_of_members(root, key, code);
  if (status == MS_OK) {
    if (json_object_set_new(root, "hmac", json_string(code)) != 0)
      text.failed = true;
    ms_text_add_json(&text, root, JSON_INDENT(2));
    ms_text_add(&text, "\n");
    status = ms_run_folder_write(folder, MS_VERIFIED_FILE, &text);
  }
  ms_text_free(&text);
  json_decref(root);
  return status;
}

/* ---- Reading ---- */

static void copy_text(const json_t *root, const char *name, char *to, size_t size) {
  const char *text = json_string_value(json_object_get(root, name));
  snprintf(to, size, "%s", text ? text : "");
  ms_remove_controls(to);
}

static bool is_ours(json_t *root) {
  uint8_t key[KEY_BYTES];
  char code[65] = "";
  const char *there = json_string_value(json_object_get(root, "hmac"));
  if (!there || !ms_is_hex(there, 64) || get_key(false, key) != MS_OK)
    return false;
  json_t *members = json_copy(root);
  const bool is_same =
      json_object_del(members, "hmac") == 0 && code_of_members(members, key, code) == MS_OK && strcmp(code, there) == 0;
  json_decref(members);
  return is_same;
}

static bool is_of_these_files(const char *folder, const json_t *root) {
  for (size_t i = 0; i < N_FILES; ++i) {
    char hex[65];
    const char *there = json_string_value(json_object_get(json_object_get(root, "sha256"), files[i]));
    if (!there || digest_of(folder, files[i], hex) != MS_OK || strcmp(hex, there) != 0)
      return false;
  }
  return true;
}

enum ms_status ms_verified_read(const char *folder, struct ms_verified *v) {
  char path[MS_PATH_SIZE];
  uint8_t *bytes;
  size_t n_bytes;
  json_error_t error;
  json_t *root;
  memset(v, 0, sizeof *v);
  if (ms_path_join(path, folder, MS_VERIFIED_FILE) != MS_OK || !ms_exists(path))
    return MS_OK;
  enum ms_status status = ms_file_read(path, MAX_VERIFIED_BYTES, &bytes, &n_bytes);
  if (status != MS_OK)
    return status == MS_ERROR_MEMORY ? status : MS_OK;
  status = ms_json_parse(path, (const char *)bytes, n_bytes, &root, &error);
  free(bytes);
  if (status != MS_OK || !json_is_object(root)) {
    json_decref(root);
    return status == MS_ERROR_MEMORY ? status : MS_OK;
  }
  v->passed = json_is_true(json_object_get(root, "passed"));
  v->is_whole = json_is_true(json_object_get(root, "whole"));
  v->first = (size_t)json_integer_value(json_object_get(root, "first_epoch"));
  v->last = (size_t)json_integer_value(json_object_get(root, "last_epoch"));
  copy_text(root, "date", v->date, sizeof v->date);
  copy_text(root, "program", v->program, sizeof v->program);
  copy_text(root, "isa", v->isa, sizeof v->isa);
  copy_text(root, "difference", v->difference, sizeof v->difference);
  v->state = !is_ours(root) ? MS_VERIFIED_OTHERS : is_of_these_files(folder, root) ? MS_VERIFIED : MS_VERIFIED_BEFORE;
  json_decref(root);
  return MS_OK;
}
