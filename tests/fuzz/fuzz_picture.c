/* Pictures, and the digits in them. Checksums of a PNG file's chunks are made right, or little behind them would be
 * reached. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "runtime/pictures/digits.h"
#include "tests/fuzz/fuzz.h"

static uint32_t get_32(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* Chunks: length of the data, name, data, checksum of name and data. */
static void mend_checksums(uint8_t *file, size_t n_bytes) {
  enum { MAGIC = 8, AROUND = 12 };
  for (size_t at = MAGIC; at + AROUND <= n_bytes;) {
    const size_t length = get_32(file + at);
    if (length > n_bytes - at - AROUND)
      return;
    const uint32_t sum = (uint32_t)crc32(0, file + at + 4, (uInt)length + 4);
    at += AROUND + length;
    for (size_t i = 0; i < 4; ++i)
      file[at - 4 + i] = (uint8_t)(sum >> (24 - 8 * i));
  }
}

static void find_digits(const struct ms_picture *picture, bool many) {
  struct ms_digits digits;
  if (ms_digits_find("picture", picture, many, &digits) != MS_OK)
    return;
  if (digits.n < 1 || digits.n > (many ? MS_MAX_DIGITS : 1))
    abort();
  for (size_t i = 0; i < digits.n; ++i)
    if (digits.box[i].top + digits.box[i].rows > picture->rows ||
        digits.box[i].left + digits.box[i].cols > picture->cols)
      abort();
  free(digits.pixels);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes) {
  enum { MAX_SEARCHED = 1 << 14 }; /* pixels: larger ones take long */
  static const struct ms_picture_limits limits = {.rows = 1024, .cols = 1024, .file_bytes = (size_t)1 << 20};
  static volatile unsigned sum;
  struct ms_picture picture;
  uint8_t *copy = malloc(n_bytes + 1);
  if (!copy)
    abort();
  memcpy(copy, data, n_bytes);
  mend_checksums(copy, n_bytes);
  if (ms_picture_read(fuzz_file(copy, n_bytes), &limits, &picture) == MS_OK) {
    if (picture.rows < 1 || picture.rows > limits.rows || picture.cols < 1 || picture.cols > limits.cols)
      abort();
    for (size_t i = 0; i < picture.rows * picture.cols; ++i)
      sum = sum + picture.pixels[i];
    if (picture.rows * picture.cols <= MAX_SEARCHED) {
      find_digits(&picture, false);
      find_digits(&picture, true);
    }
    free(picture.pixels);
  } else if (picture.pixels) {
    abort();
  }
  free(copy);
  return 0;
}
