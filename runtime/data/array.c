/* What arrays of any type say: bytes where that loses nothing, else floats. */
#include "runtime/data/array.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"

static const struct {
  const char *name;
  size_t bytes;
} types[MS_N_ELEMENTS] = {
    [MS_U8] = {"uint8", 1},    [MS_I8] = {"int8", 1},     [MS_U16] = {"uint16", 2}, [MS_I16] = {"int16", 2},
    [MS_U32] = {"uint32", 4},  [MS_I32] = {"int32", 4},   [MS_U64] = {"uint64", 8}, [MS_I64] = {"int64", 8},
    [MS_F32] = {"float32", 4}, [MS_F64] = {"float64", 8},
};

size_t ms_element_bytes(enum ms_element type) {
  return types[type].bytes;
}

const char *ms_array_text(const struct ms_array *a, char text[MS_ARRAY_TEXT_SIZE]) {
  int at = snprintf(text, MS_ARRAY_TEXT_SIZE, "%s (", types[a->type].name);
  for (size_t d = 0; d < a->n_dimensions; ++d)
    at += snprintf(text + at, MS_ARRAY_TEXT_SIZE - (size_t)at, "%s%zu", d > 0 ? ", " : "", a->size[d]);
  snprintf(text + at, MS_ARRAY_TEXT_SIZE - (size_t)at, ")");
  return text;
}

enum ms_status ms_array_bytes(const char *path, const struct ms_array *a, uint64_t *n_bytes) {
  char text[MS_ARRAY_TEXT_SIZE];
  *n_bytes = types[a->type].bytes;
  for (size_t d = 0; d < a->n_dimensions; ++d) {
    if (a->size[d] == 0)
      return ms_fail(MS_ERROR_DATA, "%s: is empty, %s: get it again", path, ms_array_text(a, text));
    if (a->size[d] > INT64_MAX / *n_bytes)
      return ms_fail(MS_ERROR_DATA, "%s: %s is more than memory can hold: get it again", path, ms_array_text(a, text));
    *n_bytes *= a->size[d];
  }
  return MS_OK;
}

/* ---- Elements ---- */

static uint64_t bits_of(const struct ms_array *a, size_t index) {
  const size_t bytes = types[a->type].bytes;
  const uint8_t *element = a->elements + index * bytes;
  uint64_t bits = 0;
  for (size_t b = 0; b < bytes; ++b)
    bits = bits << 8 | element[a->is_little_endian ? bytes - 1 - b : b];
  return bits;
}

/* Integers beyond 2^53 are rounded: they are out of every range anyway. */
static double value_of(const struct ms_array *a, size_t index) {
  const uint64_t bits = bits_of(a, index);
  const uint32_t low = (uint32_t)bits;
  float f;
  double d;
  switch (a->type) {
  case MS_I8:
    return (int8_t)low;
  case MS_I16:
    return (int16_t)low;
  case MS_I32:
    return (int32_t)low;
  case MS_I64:
    return (double)(int64_t)bits;
  case MS_F32:
    memcpy(&f, &low, sizeof f);
    return (double)f;
  case MS_F64:
    memcpy(&d, &bits, sizeof d);
    return d;
  default:
    return (double)bits;
  }
}

static bool is_byte(double value) {
  return value >= 0 && value <= 255 && value == floor(value);
}

/* ---- Images ---- */

/* Rows and columns. Flat images are square where they can be. */
static enum ms_status find_shape(const char *path, const struct ms_array *a, struct ms_dataset *part) {
  char text[MS_ARRAY_TEXT_SIZE];
  const size_t *size = a->size;
  part->n = size[0];
  if (a->n_dimensions == 3) {
    part->rows = size[1];
    part->cols = size[2];
  } else if (a->n_dimensions == 2) {
    size_t side = (size_t)sqrt((double)size[1]);
    const bool is_square = side * side == size[1];
    part->rows = is_square ? side : 1;
    part->cols = is_square ? side : size[1];
  } else if (a->n_dimensions == 4 && (size[1] == 1 || size[3] == 1)) {
    part->rows = size[1] == 1 ? size[2] : size[1];
    part->cols = size[1] == 1 ? size[3] : size[2];
  } else if (a->n_dimensions == 4) {
    return ms_fail(MS_ERROR_DATA, "%s: is %s, images of several channels: make them grey, one channel each", path,
                   ms_array_text(a, text));
  } else {
    return ms_fail(MS_ERROR_DATA, "%s: is %s, images have 2 to 4 dimensions: are images and labels mixed up?", path,
                   ms_array_text(a, text));
  }
  return MS_OK;
}

struct range {
  bool are_bytes, are_shares, are_fractions; /* 0, 1, ..., 255; from 0 to 1; all of them p / 255 */
  double min, max;
};

static enum ms_status find_range(const char *path, const struct ms_array *a, size_t n_items, size_t n,
                                 struct range *r) {
  const bool is_float = a->type == MS_F32 || a->type == MS_F64;
  char text[MS_ARRAY_TEXT_SIZE];
  *r = (struct range){true, is_float, true, HUGE_VAL, -HUGE_VAL};
  for (size_t i = 0; i < n; ++i) {
    const double value = value_of(a, i);
    if (!isfinite(value))
      return ms_fail(MS_ERROR_DATA, "%s: is %s, and value %zu of image %zu is %f: every pixel must be a number", path,
                     ms_array_text(a, text), i % (n / n_items), i / (n / n_items), value);
    r->min = value < r->min ? value : r->min;
    r->max = value > r->max ? value : r->max;
    r->are_bytes = r->are_bytes && is_byte(value);
    r->are_shares = r->are_shares && value >= 0 && value <= 1;
    const double p = rint(value * 255);
    r->are_fractions =
        r->are_fractions && r->are_shares && ((float)value == (float)p / 255.0f || (float)value == (float)(p / 255));
  }
  return MS_OK;
}

/* The place in a transposed image of what lies at `at`. */
static size_t transposed(size_t at, size_t rows, size_t cols) {
  return at % cols * rows + at / cols;
}

static enum ms_status convert(const struct ms_array *a, bool is_transposed, const struct range *r,
                              struct ms_dataset *part, void **owned) {
  const bool to_floats = !r->are_bytes && !r->are_fractions;
  const double scale = r->are_bytes && !r->are_shares ? 1 : 255;
  const size_t n_pixels = part->rows * part->cols;
  MS_TRY(ms_reserve(part->n * n_pixels, to_floats ? sizeof(float) : 1, "images", owned));
  float *floats = *owned;
  uint8_t *bytes = *owned;
  for (size_t i = 0; i < part->n; ++i)
    for (size_t p = 0; p < n_pixels; ++p) {
      const size_t to = i * n_pixels + (is_transposed ? transposed(p, part->rows, part->cols) : p);
      if (a->type == MS_U8)
        bytes[to] = a->elements[i * n_pixels + p];
      else if (to_floats)
        floats[to] = (float)value_of(a, i * n_pixels + p);
      else
        bytes[to] = (uint8_t)rint(scale * value_of(a, i * n_pixels + p));
    }
  part->images = to_floats ? NULL : bytes;
  part->floats = to_floats ? floats : NULL;
  if (is_transposed) {
    const size_t rows = part->rows;
    part->rows = part->cols;
    part->cols = rows;
  }
  return MS_OK;
}

enum ms_status ms_array_images(const char *path, const struct ms_array *a, bool is_transposed, struct ms_dataset *part,
                               void **owned, char *note) {
  char text[MS_ARRAY_TEXT_SIZE];
  struct range r = {.are_bytes = true};
  note[0] = '\0';
  MS_TRY(find_shape(path, a, part));
  if (a->type == MS_U8 && !is_transposed) {
    part->images = a->elements;
    return MS_OK;
  }
  if (a->type != MS_U8)
    MS_TRY(find_range(path, a, part->n, part->n * part->rows * part->cols, &r));
  if (!r.are_bytes && !r.are_shares)
    return ms_fail(MS_ERROR_DATA,
                   "%s: is %s, with values from %g to %g: pixels must be whole numbers from 0 to 255, or floats from 0 "
                   "to 1",
                   path, ms_array_text(a, text), r.min, r.max);
  MS_TRY(convert(a, is_transposed, &r, part, owned));
  if (part->floats)
    snprintf(note, MS_ARRAY_TEXT_SIZE, "%s from %g to %g as they are", types[a->type].name, r.min, r.max);
  else if (r.are_shares)
    snprintf(note, MS_ARRAY_TEXT_SIZE, "%s from %g to %g as fractions of 255", types[a->type].name, r.min, r.max);
  else if (a->type != MS_U8)
    snprintf(note, MS_ARRAY_TEXT_SIZE, "%s from %g to %g as bytes", types[a->type].name, r.min, r.max);
  return MS_OK;
}

/* ---- Labels ---- */

enum ms_status ms_array_labels(const char *path, const struct ms_array *a, size_t *n, const uint8_t **labels,
                               void **owned) {
  char text[MS_ARRAY_TEXT_SIZE];
  const bool is_qmnist = a->n_dimensions == 2 && a->size[1] == 8 && a->type == MS_I32;
  const size_t stride = is_qmnist ? 8 : 1;
  *n = a->size[0];
  if (a->n_dimensions != 1 && !is_qmnist && !(a->n_dimensions == 2 && a->size[1] == 1))
    return ms_fail(MS_ERROR_DATA, "%s: is %s, labels are one number an image: are images and labels mixed up?", path,
                   ms_array_text(a, text));
  if (a->type == MS_U8) {
    *labels = a->elements;
    return MS_OK;
  }
  uint8_t *bytes;
  MS_TRY(ms_reserve(*n, 1, "labels", owned));
  bytes = *owned;
  for (size_t i = 0; i < *n; ++i) {
    const double value = value_of(a, i * stride);
    if (!is_byte(value))
      return ms_fail(MS_ERROR_DATA, "%s: is %s, and label %zu is %g: number the classes from 0 to 255", path,
                     ms_array_text(a, text), i, value);
    bytes[i] = (uint8_t)value;
  }
  *labels = bytes;
  return MS_OK;
}
