/* Which way up a photograph is. */
#include "runtime/pictures/orientation.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"

/* A block of TIFF: numbers in the byte order that its first bytes name. */
struct tiff {
  const uint8_t *bytes;
  size_t n_bytes;
  bool is_little_endian;
};

/* 0 beyond the end. */
static size_t get(const struct tiff *t, size_t at, size_t n_bytes) {
  size_t number = 0;
  if (at > t->n_bytes || n_bytes > t->n_bytes - at)
    return 0;
  for (size_t i = 0; i < n_bytes; ++i)
    number = number << 8 | t->bytes[at + (t->is_little_endian ? n_bytes - 1 - i : i)];
  return number;
}

/* The first directory's entries have 12 bytes: tag, type, count, value. */
static int tiff_orientation(const uint8_t *bytes, size_t n_bytes) {
  enum { ORIENTATION = 274, ENTRY = 12, TYPE_SHORT = 3 };
  struct tiff t = {bytes, n_bytes, n_bytes > 1 && bytes[0] == 'I'};
  const size_t directory = get(&t, 4, 4), n_entries = get(&t, directory, 2);
  for (size_t i = 0; i < n_entries; ++i) {
    const size_t entry = directory + 2 + ENTRY * i, value = get(&t, entry + 8, 2);
    if (get(&t, entry, 2) == ORIENTATION && get(&t, entry + 2, 2) == TYPE_SHORT)
      return value >= 1 && value <= 8 ? (int)value : 1;
  }
  return 1;
}

/* Segments before the pixels: 0xff, a marker, two bytes of length, which counts itself, and what it says. */
int ms_exif_orientation(const uint8_t *file, size_t n_bytes) {
  static const char exif[] = "Exif\0"; /* and the 0 that ends it */
  enum { SCAN = 0xda, APP1 = 0xe1 };
  for (size_t at = 2; at + 4 <= n_bytes && file[at] == 0xff && file[at + 1] != SCAN;) {
    const size_t length = (size_t)file[at + 2] << 8 | file[at + 3];
    if (length < 2 || length > n_bytes - at - 2)
      break;
    if (file[at + 1] == APP1 && length >= 2 + sizeof exif && memcmp(file + at + 4, exif, sizeof exif) == 0)
      return tiff_orientation(file + at + 4 + sizeof exif, length - 2 - sizeof exif);
    at += 2 + length;
  }
  return 1;
}

enum ms_status ms_turn_upright(struct ms_picture *picture, int orientation) {
  if (orientation == 1)
    return MS_OK;
  const bool is_turned = orientation >= 5; /* its rows are the columns of what is stored */
  const bool from_bottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  const bool from_right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  struct ms_picture upright = {.rows = is_turned ? picture->cols : picture->rows,
                               .cols = is_turned ? picture->rows : picture->cols};
  MS_TRY(ms_allocate(upright.rows, upright.cols, "picture", &upright.pixels));
  for (size_t row = 0; row < upright.rows; ++row)
    for (size_t col = 0; col < upright.cols; ++col) {
      const size_t r = is_turned ? col : row, c = is_turned ? row : col;
      upright.pixels[row * upright.cols + col] =
          picture->pixels[(from_bottom ? picture->rows - 1 - r : r) * picture->cols +
                          (from_right ? picture->cols - 1 - c : c)];
    }
  free(picture->pixels);
  *picture = upright;
  return MS_OK;
}
