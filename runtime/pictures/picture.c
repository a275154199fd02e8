/* A picture from a file: which format it is. */
#include "runtime/pictures/picture.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/pictures/jpeg_read.h"
#include "runtime/pictures/png_read.h"
#include "runtime/pictures/pnm_read.h"
#include "runtime/platform/error.h"
#include "runtime/platform/files.h"

typedef enum ms_status read_function(const char *path, const uint8_t *file, size_t n_bytes,
                                     const struct ms_picture_limits *limits, struct ms_picture *picture);

/* Those that are not read have a name for the message. */
static const struct format {
  const char *magic, *name;
  read_function *read;
  size_t at; /* where magic is in the file */
} formats[] = {
    {MS_PNG_MAGIC, "PNG", ms_png_read, 0},
#if MNIST_SIMD_JPEG
    {MS_JPEG_MAGIC, "JPEG", ms_jpeg_read, 0},
#else
    {MS_JPEG_MAGIC, "JPEG, which needs a build with libjpeg", NULL, 0},
#endif
    {"P1", "PBM", ms_pnm_read, 0},
    {"P2", "PGM", ms_pnm_read, 0},
    {"P3", "PPM", ms_pnm_read, 0},
    {"P4", "PBM", ms_pnm_read, 0},
    {"P5", "PGM", ms_pnm_read, 0},
    {"P6", "PPM", ms_pnm_read, 0},
    {"GIF8", "GIF", NULL, 0},
    {"BM", "BMP", NULL, 0},
    {"RIFF", "WebP", NULL, 0},
    {"II*", "TIFF", NULL, 0},
    {"MM", "TIFF", NULL, 0},
    {"%PDF", "PDF", NULL, 0},
    {"ftypavif", "AVIF", NULL, 4},
    {"ftyp", "HEIC, or a film", NULL, 4},
    {"version https://git-lfs", "a Git LFS pointer, without the picture", NULL, 0},
};

static bool is_of(const struct format *format, const uint8_t *file, size_t n_bytes) {
  const size_t n_magic = strlen(format->magic);
  return n_bytes >= format->at + n_magic && memcmp(file + format->at, format->magic, n_magic) == 0;
}

static enum ms_status read_bytes(const char *path, const uint8_t *file, size_t n_bytes,
                                 const struct ms_picture_limits *limits, struct ms_picture *picture) {
  if (n_bytes == 0)
    return ms_fail(MS_ERROR_DATA, "%s: the file is empty: get it again", path);
  for (size_t i = 0; i < sizeof formats / sizeof formats[0]; ++i) {
    if (!is_of(&formats[i], file, n_bytes))
      continue;
    if (formats[i].read)
      return formats[i].read(path, file, n_bytes, limits, picture);
    return ms_fail(MS_ERROR_DATA, "%s: its format is %s: convert it to PNG", path, formats[i].name);
  }
  return ms_fail(MS_ERROR_DATA, "%s: is not a PNG, JPEG, PGM, PPM or PBM file: convert it, or get it again", path);
}

enum ms_status ms_picture_too_large(const char *path, size_t rows, size_t cols,
                                    const struct ms_picture_limits *limits) {
  return ms_fail(MS_ERROR_DATA, "%s: has %zu x %zu pixels, must be 1 x 1 to %zu x %zu: %s", path, rows, cols,
                 limits->rows, limits->cols, rows > 0 && cols > 0 ? "make it smaller" : "get it again");
}

enum ms_status ms_picture_read(const char *path, const struct ms_picture_limits *limits, struct ms_picture *picture) {
  uint8_t *file;
  size_t n_bytes;
  memset(picture, 0, sizeof *picture);
  MS_TRY(ms_file_read(path, limits->file_bytes, &file, &n_bytes));
  const enum ms_status status = read_bytes(path, file, n_bytes, limits, picture);
  free(file);
  return status;
}
