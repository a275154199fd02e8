/* A picture from a file, as grey values of 8 bits. The file may come from anyone. */
#ifndef MS_PICTURES_PICTURE_H
#define MS_PICTURES_PICTURE_H

#include "runtime/mnist_simd.h"

/* What is refused before memory is reserved for it. Reading takes at most the file, twice the pixels and 1 MiB; a
 * progressive JPEG file, 6 bytes a pixel more. */
struct ms_picture_limits {
  size_t rows, cols, file_bytes;
  uint8_t ground; /* below what is transparent: 0, the background of MNIST, or 255, paper */
};
/* Photographs of 64 million pixels, as bytes of three colours too. */
#define MS_PICTURE_LIMITS ((struct ms_picture_limits){.rows = 8192, .cols = 8192, .file_bytes = (size_t)256 << 20})

struct ms_picture {
  size_t rows, cols;
  uint8_t *pixels; /* (rows, cols), 0 black to 255 white; free() it */
  bool has_alpha;
};

/* Reads a PNG, JPEG, PBM, PGM or PPM file; the first bytes decide, not the name. Grey values of 8 bits come out as they
 * are stored: pixels of a data set are numbers, so gamma and colour profiles are ignored. Other depths are scaled to
 * 0..255 and rounded. Colours become their luminance (libpng's weights: 0.2126, 0.7152, 0.0722), those of a JPEG file
 * its luma. What is transparent lies on the ground. A colour beyond a palette is black.
 * MS_ERROR_DATA, naming the path: not a regular file, another format, damaged, or beyond the limits. MS_ERROR_MEMORY.
 * On failure, nothing is held. */
enum ms_status ms_picture_read(const char *path, const struct ms_picture_limits *limits, struct ms_picture *picture);

/* For the readers of the formats: the failure of a picture of no or too many pixels. */
enum ms_status ms_picture_too_large(const char *path, size_t rows, size_t cols, const struct ms_picture_limits *limits);

#endif
