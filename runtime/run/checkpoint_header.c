/* The header of a checkpoint file. */
#define _POSIX_C_SOURCE 200809L /* strdup */
#include "runtime/run/checkpoint_header.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/kernels.h"
#include "runtime/platform/error.h"
#include "runtime/platform/parse.h"
#include "runtime/run/json_text.h"

#define FORMAT "mnist_simd checkpoint 1"
enum { NAME_SIZE = 64, DIGEST_BYTES = 32, MAX_TEXT_BYTES = 256, MAX_ABOUT_BYTES = 8192 };
#define MAX_NOTE_BYTES ((size_t)1 << 28)

size_t ms_checkpoint_width(const struct checkpoint_header *h, size_t l) {
  return l == 0 ? h->n_inputs : l <= h->config->n_hidden ? h->config->hidden[l - 1].units : h->n_classes;
}

bool ms_checkpoint_keeps_other(const struct checkpoint_header *h) {
  return h->at.model_epoch > 0 && !(h->at.step == 0 && h->at.model_epoch == h->at.epoch - 1);
}

/* ---- The members of the metadata that are numbers: one list for writing and reading ---- */

static const struct member {
  const char *name;
  size_t at; /* offset in struct checkpoint_header */
  bool is_double;
  uint64_t max; /* of a size, or of a time; 0: a double of any value but NaN */
} members[] = {
    {"numerics_contract", offsetof(struct checkpoint_header, contract), false, SIZE_MAX},
    {"inputs", offsetof(struct checkpoint_header, n_inputs), false, UINT32_MAX},
    {"classes", offsetof(struct checkpoint_header, n_classes), false, MS_MAX_CLASSES},
    {"epoch", offsetof(struct checkpoint_header, at.epoch), false, MS_MAX_EPOCHS + 1},
    {"step", offsetof(struct checkpoint_header, at.step), false, UINT32_MAX},
    {"loss_sum", offsetof(struct checkpoint_header, at.loss_sum), true, 0},
    {"correct", offsetof(struct checkpoint_header, at.n_correct), false, UINT32_MAX},
    {"beta1_power", offsetof(struct checkpoint_header, at.beta1_power), true, 0},
    {"beta2_power", offsetof(struct checkpoint_header, at.beta2_power), true, 0},
    {"best", offsetof(struct checkpoint_header, at.best), true, 0},
    {"best_epoch", offsetof(struct checkpoint_header, at.best_epoch), false, MS_MAX_EPOCHS},
    {"model_epoch", offsetof(struct checkpoint_header, at.model_epoch), false, MS_MAX_EPOCHS},
    {"epoch_s", offsetof(struct checkpoint_header, at.epoch_s), true, (uint64_t)CHECKPOINT_MAX_SECONDS},
    {"past_s", offsetof(struct checkpoint_header, at.past_s), true, (uint64_t)CHECKPOINT_MAX_SECONDS},
    {"metrics_bytes", offsetof(struct checkpoint_header, metrics_bytes), false, MAX_NOTE_BYTES},
    {"times_bytes", offsetof(struct checkpoint_header, times_bytes), false, MAX_NOTE_BYTES},
};
enum { N_MEMBERS = sizeof members / sizeof members[0] };

/* ---- Notes ---- */

static bool is_legal(const char *text, size_t max_bytes) {
  return strlen(text) <= max_bytes && ms_is_utf8(text) && !ms_has_controls(text);
}

enum ms_status ms_checkpoint_notes_check(const struct ms_checkpoint_notes *n) {
  const struct {
    const char *name, *text;
    size_t max_bytes;
    bool is_line; /* UTF-8 without control characters */
  } notes[] = {{"preset", n->preset, MAX_TEXT_BYTES, true},
               {"data_sha256", n->data_sha256, MAX_TEXT_BYTES, true},
               {"about", n->about, MAX_ABOUT_BYTES, true},
               {"metrics", n->metrics, MAX_NOTE_BYTES, false},
               {"times", n->times, MAX_NOTE_BYTES, false}};
  for (size_t i = 0; i < sizeof notes / sizeof notes[0]; ++i) {
    if (notes[i].text && notes[i].is_line && !is_legal(notes[i].text, notes[i].max_bytes))
      return ms_fail(MS_ERROR_ARGUMENT, "note %s: must be UTF-8 without control characters, of at most %zu bytes",
                     notes[i].name, notes[i].max_bytes);
    if (notes[i].text && strlen(notes[i].text) > notes[i].max_bytes)
      return ms_fail(MS_ERROR_ARGUMENT, "note %s: %zu bytes, must be at most %zu", notes[i].name, strlen(notes[i].text),
                     notes[i].max_bytes);
  }
  return MS_OK;
}

/* ---- Writing ---- */

static int add_metadata(json_t *header, const struct checkpoint_header *h) {
  json_t *meta = json_object();
  int failed = json_object_set_new(meta, "format", json_string(FORMAT));
  for (size_t i = 0; i < N_MEMBERS; ++i) {
    const void *member = (const char *)h + members[i].at;
    char text[32];
    if (members[i].is_double) {
      uint64_t bits;
      memcpy(&bits, member, sizeof bits);
      snprintf(text, sizeof text, "%016" PRIx64, bits);
    } else {
      snprintf(text, sizeof text, "%zu", *(const size_t *)member);
    }
    failed |= json_object_set_new(meta, members[i].name, json_string(text));
  }
  failed |= json_object_set_new(meta, "preset", json_string(h->preset));
  failed |= json_object_set_new(meta, "data_sha256", json_string(h->data_sha256));
  if (h->about && h->about[0])
    failed |= json_object_set_new(meta, "about", json_string(h->about));
  const char *name;
  for (size_t i = 0; (name = ms_setting_name(i)) != NULL; ++i) {
    char value[MS_SETTING_SIZE], key[NAME_SIZE];
    ms_config_get(h->config, name, value);
    snprintf(key, sizeof key, "config.%s", name);
    failed |= json_object_set_new(meta, key, json_string(value));
  }
  return failed | json_object_set_new(header, "__metadata__", meta);
}

/* A tensor of n rows, or of rows x cols, of elements of `bytes` bytes each. One without elements is left out. */
static int add_tensor(json_t *header, const char *name, const char *dtype, size_t bytes, size_t rows, size_t cols,
                      uint64_t *offset) {
  const uint64_t end = *offset + (uint64_t)rows * (cols > 0 ? cols : 1) * bytes;
  if (rows == 0)
    return 0;
  json_t *shape =
      cols > 0 ? json_pack("[I, I]", (json_int_t)rows, (json_int_t)cols) : json_pack("[I]", (json_int_t)rows);
  json_t *tensor = json_pack("{s:s, s:o, s:[I, I]}", "dtype", dtype, "shape", shape, "data_offsets",
                             (json_int_t)*offset, (json_int_t)end);
  *offset = end;
  return json_object_set_new(header, name, tensor);
}

static int add_layer(json_t *header, const struct checkpoint_header *h, size_t l, uint64_t *offset) {
  static const char *const parts[] = {"", ".moment1", ".moment2"};
  const size_t n_in = ms_checkpoint_width(h, l), n_out = ms_checkpoint_width(h, l + 1);
  char name[NAME_SIZE];
  int failed = 0;
  for (size_t i = 0; i < 3; ++i) {
    snprintf(name, sizeof name, "dense%zu.weight%s", l + 1, parts[i]);
    failed |= add_tensor(header, name, "F32", sizeof(float), n_in, n_out, offset);
  }
  for (size_t i = 0; i < 3; ++i) {
    snprintf(name, sizeof name, "dense%zu.bias%s", l + 1, parts[i]);
    failed |= add_tensor(header, name, "F32", sizeof(float), n_out, 0, offset);
  }
  if (ms_checkpoint_keeps_other(h)) {
    snprintf(name, sizeof name, "kept.dense%zu.weight", l + 1);
    failed |= add_tensor(header, name, "F32", sizeof(float), n_in, n_out, offset);
    snprintf(name, sizeof name, "kept.dense%zu.bias", l + 1);
    failed |= add_tensor(header, name, "F32", sizeof(float), n_out, 0, offset);
  }
  return failed;
}

char *ms_checkpoint_header_text(const struct checkpoint_header *h, uint64_t *tensor_bytes) {
  json_t *header = json_object();
  uint64_t offset = 0;
  int failed = add_metadata(header, h);
  /* Doubles first: what follows needs no more than four bytes of alignment. */
  failed |= add_tensor(header, "epoch_seconds", "F64", sizeof(double), h->at.epoch - 1, 0, &offset);
  failed |= add_tensor(header, "phase_seconds", "F64", sizeof(double), MS_N_PHASES, 0, &offset);
  for (size_t l = 0; l <= h->config->n_hidden; ++l)
    failed |= add_layer(header, h, l, &offset);
  failed |= add_tensor(header, "metrics", "U8", 1, h->metrics_bytes, 0, &offset);
  failed |= add_tensor(header, "times", "U8", 1, h->times_bytes, 0, &offset);
  *tensor_bytes = offset;
  failed |= add_tensor(header, "sha256", "U8", 1, DIGEST_BYTES, 0, &offset);
  struct ms_text text = {0};
  ms_text_add_json(&text, failed ? NULL : header, JSON_COMPACT);
  json_decref(header);
  if (text.failed)
    ms_text_free(&text);
  return text.data;
}

size_t ms_checkpoint_header_bytes(size_t text_bytes) {
  return (CHECKPOINT_LENGTH_BYTES + text_bytes + 63) / 64 * 64 - CHECKPOINT_LENGTH_BYTES;
}

/* ---- Reading ---- */

static enum ms_status wrong(const char *path, const char *name) {
  return ms_fail(MS_ERROR_DATA, "%s: not a checkpoint of this program: its %s is missing or not legal", path, name);
}

static bool read_bits(const char *text, uint64_t max, double *value) {
  if (!ms_is_hex(text, 16))
    return false;
  const uint64_t bits = strtoull(text, NULL, 16);
  memcpy(value, &bits, sizeof bits);
  return !isnan(*value) && (max == 0 || (*value >= 0 && *value <= (double)max));
}

static enum ms_status read_members(const char *path, const json_t *meta, struct checkpoint_header *h) {
  for (size_t i = 0; i < N_MEMBERS; ++i) {
    const char *text = json_string_value(json_object_get(meta, members[i].name));
    void *member = (char *)h + members[i].at;
    if (!text || (members[i].is_double ? !read_bits(text, members[i].max, member)
                                       : !ms_parse_size(text, member) || *(size_t *)member > members[i].max))
      return wrong(path, members[i].name);
  }
  return MS_OK;
}

static enum ms_status read_text(const char *path, const json_t *meta, const char *name, size_t max_bytes, char **text) {
  const json_t *value = json_object_get(meta, name);
  if (!json_is_string(value) || json_string_length(value) != strlen(json_string_value(value)) ||
      !is_legal(json_string_value(value), max_bytes))
    return wrong(path, name);
  *text = strdup(json_string_value(value));
  return *text ? MS_OK : ms_fail(MS_ERROR_MEMORY, "%s: no memory for its texts", path);
}

static enum ms_status read_config(const char *path, const json_t *meta, struct checkpoint_header *h) {
  const char *name;
  MS_TRY(ms_config_preset("final", &h->config));
  for (size_t i = 0; (name = ms_setting_name(i)) != NULL; ++i) {
    char key[NAME_SIZE];
    snprintf(key, sizeof key, "config.%s", name);
    const char *value = json_string_value(json_object_get(meta, key));
    const enum ms_status status = value ? ms_config_set(h->config, name, value) : MS_ERROR_ARGUMENT;
    if (status == MS_ERROR_ARGUMENT)
      return wrong(path, key);
    MS_TRY(status);
  }
  return ms_config_check(h->config) == MS_OK ? MS_OK : wrong(path, "configuration");
}

/* What the counters say must be possible. */
static enum ms_status check_counters(const char *path, const struct checkpoint_header *h) {
  const struct ms_train_counters *at = &h->at;
  if (h->contract != MS_CONTRACT_VERSION)
    return ms_fail(MS_ERROR_UNSUPPORTED,
                   "%s: is of numerics contract %zu, this program's is %d: go on with the release that wrote it", path,
                   h->contract, MS_CONTRACT_VERSION);
  if (h->n_inputs < 1)
    return wrong(path, "inputs");
  if (h->n_classes < 1)
    return wrong(path, "classes");
  if (at->epoch < 1 || at->epoch > h->config->epochs + 1)
    return wrong(path, "epoch");
  if (at->epoch > h->config->epochs && at->step > 0)
    return wrong(path, "step");
  if (at->best_epoch >= at->epoch)
    return wrong(path, "best_epoch");
  if (at->model_epoch >= at->epoch)
    return wrong(path, "model_epoch");
  return MS_OK;
}

static enum ms_status read_metadata(const char *path, const json_t *meta, struct checkpoint_header *h) {
  const char *format = json_string_value(json_object_get(meta, "format"));
  if (!format || strcmp(format, FORMAT) != 0)
    return ms_fail(MS_ERROR_DATA, "%s: not a checkpoint of this program: its format is not '%s'", path, FORMAT);
  MS_TRY(read_members(path, meta, h));
  MS_TRY(read_text(path, meta, "preset", MAX_TEXT_BYTES, &h->preset));
  MS_TRY(read_text(path, meta, "data_sha256", MAX_TEXT_BYTES, &h->data_sha256));
  if (json_object_get(meta, "about"))
    MS_TRY(read_text(path, meta, "about", MAX_ABOUT_BYTES, &h->about));
  MS_TRY(read_config(path, meta, h));
  return check_counters(path, h);
}

enum ms_status ms_checkpoint_header_read(const char *path, const char *text, size_t n_bytes,
                                         struct checkpoint_header *h) {
  json_error_t error;
  json_t *header;
  enum ms_status status = ms_json_parse(path, text, n_bytes, &header, &error);
  if (status == MS_ERROR_MEMORY)
    return status;
  status = read_metadata(path, json_object_get(header, "__metadata__"), h);
  json_decref(header);
  return status;
}

enum ms_status ms_checkpoint_header_check(const char *path, const char *text, size_t n_bytes,
                                          const struct checkpoint_header *h, uint64_t *tensor_bytes) {
  char *expected = ms_checkpoint_header_text(h, tensor_bytes);
  if (!expected)
    return ms_fail(MS_ERROR_MEMORY, "%s: no memory for its header", path);
  const size_t length = strlen(expected);
  bool same = n_bytes == ms_checkpoint_header_bytes(length) && memcmp(text, expected, length) == 0;
  for (size_t i = length; same && i < n_bytes; ++i)
    same = text[i] == ' ';
  free(expected);
  return same ? MS_OK : ms_fail(MS_ERROR_DATA, "%s: not a checkpoint of this program: its header is another one", path);
}
