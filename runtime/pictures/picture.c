/* A picture from a file: which format it is. */
#include "runtime/pictures/picture.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/pictures/png_read.h"
#include "runtime/platform/error.h"
#include "runtime/platform/files.h"

typedef enum ms_status read_function(const char *path, const uint8_t *file, size_t n_bytes,
                                     const struct ms_picture_limits *limits, struct ms_picture *picture);

/* Those that are not read have a name for the message. */
static const struct {
  const char *magic, *name;
  read_function *read;
} formats[] = {
    {MS_PNG_MAGIC, "PNG file", ms_png_read},
    {"\xff\xd8\xff", "JPEG file", NULL},
    {"P1", "PBM file", NULL},
    {"P2", "PGM file", NULL},
    {"P3", "PPM file", NULL},
    {"P4", "PBM file", NULL},
    {"P5", "PGM file", NULL},
    {"P6", "PPM file", NULL},
    {"GIF8", "GIF file", NULL},
    {"BM", "BMP file", NULL},
    {"RIFF", "WebP file", NULL},
    {"II*", "TIFF file", NULL},
    {"MM", "TIFF file", NULL},
    {"version https://git-lfs", "Git LFS pointer, and the picture is elsewhere", NULL},
};

static enum ms_status read_bytes(const char *path, const uint8_t *file, size_t n_bytes,
                                 const struct ms_picture_limits *limits, struct ms_picture *picture) {
  if (n_bytes == 0)
    return ms_fail(MS_ERROR_DATA, "%s: the file is empty: get it again", path);
  for (size_t i = 0; i < sizeof formats / sizeof formats[0]; ++i) {
    const size_t n_magic = strlen(formats[i].magic);
    if (n_bytes < n_magic || memcmp(file, formats[i].magic, n_magic) != 0)
      continue;
    if (formats[i].read)
      return formats[i].read(path, file, n_bytes, limits, picture);
    return ms_fail(MS_ERROR_DATA, "%s: is a %s: PNG files are read: convert it", path, formats[i].name);
  }
  return ms_fail(MS_ERROR_DATA, "%s: is not a PNG file: convert it, or get it again", path);
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
