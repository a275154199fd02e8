/* Checkpoint files: a training run between two steps, as a safetensors file. Metadata has counters, configuration and
 * contract, then come tensors: times, each layer's parameters and Adam's moments, the kept model where it is another,
 * the texts of metrics.csv and times.csv, and last the SHA-256 of all bytes before it. The header follows from the
 * metadata alone, so that a reader makes it anew and takes no other. Doubles of the metadata are written as the
 * hexadecimal digits of their bits. */
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/kernels.h"
#include "runtime/nn/checkpoint.h"
#include "runtime/nn/network.h"
#include "runtime/platform/endian.h"
#include "runtime/platform/error.h"
#include "runtime/platform/files.h"
#include "runtime/platform/memory.h"
#include "runtime/platform/sha256.h"
#include "runtime/run/checkpoint_header.h"

enum { DIGEST_BYTES = 32 };

static void digest_of(const uint8_t *bytes, size_t n_bytes, uint8_t digest[DIGEST_BYTES]) {
  char hex[65];
  struct ms_sha256 sha;
  ms_sha256_init(&sha);
  ms_sha256_update(&sha, bytes, n_bytes);
  ms_sha256_finish(&sha, hex);
  for (size_t i = 0; i < DIGEST_BYTES; ++i) {
    unsigned byte;
    sscanf(hex + 2 * i, "%2x", &byte);
    digest[i] = (uint8_t)byte;
  }
}

/* Tensors from this machine's byte order to the file's, or back: doubles come first, texts last, floats between. */
static void little_endian(uint8_t *at, const struct checkpoint_header *h, size_t tensor_bytes) {
  const size_t n_doubles = h->at.epoch - 1 + MS_N_PHASES, double_bytes = n_doubles * sizeof(double);
  ms_little_endian(at, n_doubles, sizeof(double));
  ms_little_endian(at + double_bytes, (tensor_bytes - double_bytes - h->metrics_bytes - h->times_bytes) / sizeof(float),
                   sizeof(float));
}

/* ---- Writing ---- */

static bool all_finite(const float *values, size_t n) {
  bool finite = true;
  for (size_t i = 0; i < n; ++i)
    finite &= isfinite(values[i]) != 0;
  return finite;
}

static uint8_t *put(uint8_t *at, const void *bytes, size_t n_bytes) {
  if (n_bytes > 0)
    memcpy(at, bytes, n_bytes);
  return at + n_bytes;
}

static uint8_t *put_panels(uint8_t *at, const struct ms_layer_state *layer, const float *panels) {
  ms_rows_from_panels(layer->n_in, layer->n_out, panels, (float *)(void *)at);
  return at + layer->n_in * layer->n_out * sizeof(float);
}

/* The tensors in the order of the header, the digest excepted. False if a weight is not finite. */
static bool put_tensors(uint8_t *at, const struct ms_train_state *state, const struct checkpoint_header *h,
                        const struct ms_checkpoint_notes *notes) {
  bool finite = true;
  at = put(at, state->epoch_seconds, (h->at.epoch - 1) * sizeof(double));
  at = put(at, state->phase_seconds, MS_N_PHASES * sizeof(double));
  for (size_t l = 0; l < state->trainer->n_layers; ++l) {
    const struct ms_layer_state *layer = &state->trainer->layers[l];
    const size_t bias_bytes = layer->n_out * sizeof(float);
    const float *weight = (const float *)(const void *)at;
    at = put_panels(at, layer, layer->weight);
    finite = finite && all_finite(weight, layer->n_in * layer->n_out) && all_finite(layer->bias, layer->n_out);
    at = put_panels(at, layer, layer->moment1);
    at = put_panels(at, layer, layer->moment2);
    at = put(at, layer->bias, bias_bytes);
    at = put(at, layer->bias_moment1, bias_bytes);
    at = put(at, layer->bias_moment2, bias_bytes);
    if (ms_checkpoint_keeps_other(h)) {
      at = put(at, state->kept->layers[l].weight, layer->n_in * layer->n_out * sizeof(float));
      at = put(at, state->kept->layers[l].bias, bias_bytes);
    }
  }
  at = put(at, notes->metrics, h->metrics_bytes);
  put(at, notes->times, h->times_bytes);
  return finite;
}

static enum ms_status write_file(const struct ms_train_state *state, const struct checkpoint_header *h,
                                 const struct ms_checkpoint_notes *notes, const char *text, uint64_t tensor_bytes,
                                 const char *path) {
  /* Spaces behind the header are allowed, and put the tensors on a cache line's boundary. */
  const size_t header_bytes = ms_checkpoint_header_bytes(strlen(text));
  uint64_t length = header_bytes;
  const size_t data_at = CHECKPOINT_LENGTH_BYTES + header_bytes;
  const size_t n_bytes = tensor_bytes < SIZE_MAX / 2 ? data_at + (size_t)tensor_bytes + DIGEST_BYTES : SIZE_MAX;
  uint8_t *file;
  MS_TRY(ms_reserve(n_bytes, 1, path, &file));
  enum ms_status status;
  ms_little_endian(&length, 1, sizeof length);
  memcpy(file, &length, CHECKPOINT_LENGTH_BYTES);
  memset(file + CHECKPOINT_LENGTH_BYTES, ' ', header_bytes);
  memcpy(file + CHECKPOINT_LENGTH_BYTES, text, strlen(text));
  if (put_tensors(file + data_at, state, h, notes)) {
    little_endian(file + data_at, h, (size_t)tensor_bytes);
    digest_of(file, n_bytes - DIGEST_BYTES, file + n_bytes - DIGEST_BYTES);
    status = ms_file_write(path, file, n_bytes);
  } else {
    status =
        ms_fail(MS_ERROR_NUMERIC, "epoch %zu, step %zu: a weight is not finite: train with a smaller lr (it is %g)",
                h->at.epoch, h->at.step, state->config->lr);
  }
  free(file);
  return status;
}

enum ms_status ms_checkpoint_save(const struct ms_train_state *state, const struct ms_checkpoint_notes *notes,
                                  const char *path) {
  static const struct ms_checkpoint_notes none = {0};
  const struct ms_checkpoint_notes *n = notes ? notes : &none;
  MS_REQUIRE(state);
  MS_REQUIRE(path);
  MS_TRY(ms_checkpoint_notes_check(n));
  const struct ms_trainer *t = state->trainer;
  const struct checkpoint_header h = {
      .config = (struct ms_config *)state->config,
      .at = state->at,
      .n_inputs = t->layers[0].n_in,
      .n_classes = t->layers[t->n_layers - 1].n_out,
      .contract = MS_CONTRACT_VERSION,
      .preset = (char *)(n->preset ? n->preset : ""),
      .data_sha256 = (char *)(n->data_sha256 ? n->data_sha256 : ""),
      .about = (char *)(n->about ? n->about : ""),
      .metrics_bytes = n->metrics ? strlen(n->metrics) : 0,
      .times_bytes = n->times ? strlen(n->times) : 0,
  };
  uint64_t tensor_bytes;
  char *text = ms_checkpoint_header_text(&h, &tensor_bytes);
  if (!text)
    return ms_fail(MS_ERROR_MEMORY, "%s: no memory for its header", path);
  const enum ms_status status = write_file(state, &h, n, text, tensor_bytes, path);
  free(text);
  return status;
}

/* ---- Reading ---- */

static const void *take(const uint8_t **at, size_t n_bytes) {
  const void *here = *at;
  *at += n_bytes;
  return here;
}

static char *take_text(const uint8_t **at, size_t n_bytes) {
  char *text = malloc(n_bytes + 1);
  if (text) {
    memcpy(text, *at, n_bytes);
    text[n_bytes] = '\0';
  }
  *at += n_bytes;
  return text;
}

/* What is left of an epoch when its phases are taken away can be a rounding error under 0. */
static bool are_times(const double *seconds, size_t n) {
  bool times = true;
  for (size_t i = 0; i < n; ++i)
    times &= seconds[i] >= -1 && seconds[i] <= CHECKPOINT_MAX_SECONDS;
  return times;
}

static enum ms_status take_tensors(const char *path, const uint8_t *at, const struct checkpoint_header *h,
                                   struct ms_checkpoint *c) {
  c->epoch_seconds = take(&at, (h->at.epoch - 1) * sizeof(double));
  c->phase_seconds = take(&at, MS_N_PHASES * sizeof(double));
  if (!are_times(c->epoch_seconds, h->at.epoch - 1) || !are_times(c->phase_seconds, MS_N_PHASES))
    return ms_fail(MS_ERROR_DATA, "%s: not a checkpoint of this program: a time in it is not legal", path);
  for (size_t l = 0; l <= h->config->n_hidden; ++l) {
    struct ms_layer_values *layer = &c->layers[l];
    const size_t n_out = ms_checkpoint_width(h, l + 1);
    const size_t weight_bytes = ms_checkpoint_width(h, l) * n_out * sizeof(float), bias_bytes = n_out * sizeof(float);
    layer->weight = take(&at, weight_bytes);
    layer->moment1 = take(&at, weight_bytes);
    layer->moment2 = take(&at, weight_bytes);
    layer->bias = take(&at, bias_bytes);
    layer->bias_moment1 = take(&at, bias_bytes);
    layer->bias_moment2 = take(&at, bias_bytes);
    if (ms_checkpoint_keeps_other(h)) {
      layer->kept_weight = take(&at, weight_bytes);
      layer->kept_bias = take(&at, bias_bytes);
    } else if (h->at.model_epoch > 0) {
      layer->kept_weight = layer->weight;
      layer->kept_bias = layer->bias;
    }
  }
  c->metrics = take_text(&at, h->metrics_bytes);
  c->times = take_text(&at, h->times_bytes);
  return c->metrics && c->times ? MS_OK : ms_fail(MS_ERROR_MEMORY, "%s: no memory for its texts", path);
}

/* The bytes are those that were written, and the header is the one that its metadata give. */
static enum ms_status parse(const char *path, uint8_t *file, size_t n_bytes, struct checkpoint_header *h,
                            struct ms_checkpoint *c) {
  uint64_t length = 0;
  uint8_t digest[DIGEST_BYTES];
  if (n_bytes > CHECKPOINT_LENGTH_BYTES + DIGEST_BYTES)
    memcpy(&length, file, CHECKPOINT_LENGTH_BYTES);
  ms_little_endian(&length, 1, sizeof length);
  if (length == 0 || length > CHECKPOINT_MAX_HEADER_BYTES || length > n_bytes - CHECKPOINT_LENGTH_BYTES - DIGEST_BYTES)
    return ms_fail(MS_ERROR_DATA, "%s: not a checkpoint, or damaged: its header does not fit its %zu bytes", path,
                   n_bytes);
  digest_of(file, n_bytes - DIGEST_BYTES, digest);
  if (memcmp(digest, file + n_bytes - DIGEST_BYTES, DIGEST_BYTES) != 0)
    return ms_fail(MS_ERROR_DATA, "%s: not a checkpoint, or damaged: its SHA-256 is not that of its bytes", path);

  const size_t header_bytes = (size_t)length, data_at = CHECKPOINT_LENGTH_BYTES + header_bytes;
  const char *header = (const char *)file + CHECKPOINT_LENGTH_BYTES;
  uint64_t tensor_bytes;
  MS_TRY(ms_checkpoint_header_read(path, header, header_bytes, h));
  MS_TRY(ms_checkpoint_header_check(path, header, header_bytes, h, &tensor_bytes));
  if (tensor_bytes != n_bytes - data_at - DIGEST_BYTES)
    return ms_fail(MS_ERROR_DATA, "%s: its tensors take %" PRIu64 " bytes, the file holds %zu", path, tensor_bytes,
                   n_bytes - data_at - DIGEST_BYTES);
  little_endian(file + data_at, h, (size_t)tensor_bytes);
  return take_tensors(path, file + data_at, h, c);
}

static enum ms_status load(const char *path, struct ms_checkpoint *c) {
  struct checkpoint_header h = {0};
  size_t n_bytes;
  MS_TRY(ms_file_read(path, SIZE_MAX / 2, &c->file, &n_bytes));
  const enum ms_status status = parse(path, c->file, n_bytes, &h, c);
  c->config = h.config;
  c->preset = h.preset;
  c->data_sha256 = h.data_sha256;
  c->about = h.about;
  c->at = h.at;
  c->n_inputs = h.n_inputs;
  c->n_classes = h.n_classes;
  return status;
}

enum ms_status ms_checkpoint_load(const char *path, struct ms_checkpoint **checkpoint) {
  MS_REQUIRE(checkpoint);
  *checkpoint = NULL;
  MS_REQUIRE(path);
  MS_TRY(ms_allocate(1, sizeof **checkpoint, path, checkpoint));
  const enum ms_status status = load(path, *checkpoint);
  if (status != MS_OK) {
    ms_checkpoint_free(*checkpoint);
    *checkpoint = NULL;
  }
  return status;
}

void ms_checkpoint_free(struct ms_checkpoint *c) {
  if (!c)
    return;
  ms_config_free(c->config);
  free(c->preset);
  free(c->data_sha256);
  free(c->about);
  free(c->metrics);
  free(c->times);
  free(c->file);
  free(c);
}

const struct ms_config *ms_checkpoint_config(const struct ms_checkpoint *c) {
  return c->config;
}

struct ms_checkpoint_notes ms_checkpoint_notes(const struct ms_checkpoint *c) {
  return (struct ms_checkpoint_notes){c->preset, c->data_sha256, c->metrics, c->times, c->about};
}

void ms_checkpoint_position(const struct ms_checkpoint *c, size_t *epoch, size_t *step) {
  *epoch = c->at.epoch;
  *step = c->at.step;
}
