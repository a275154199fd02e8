/* PNG files of every kind, written by libpng. */
#ifndef MS_TESTS_PNG_FILES_H
#define MS_TESTS_PNG_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct png_chunk {
  const char *name;
  const void *data;
  size_t n_bytes;
};

struct png_file {
  size_t rows, cols;
  int type, depth; /* the header's: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA; bits of a sample */
  bool interlaced;
  const uint8_t *samples; /* (rows, png_row_bytes()), as the file format has them */
  size_t n_colours;
  const uint8_t *palette; /* (n_colours, 3) */
  size_t n_chunks;
  const struct png_chunk
      *chunks; /* (n_chunks): written as they are, before palette and pixels; tRNS behind the palette */
};

/* All combinations of type and depth. */
struct png_kind {
  int type, depth;
};
enum { N_PNG_KINDS = 15 };
extern const struct png_kind png_kinds[N_PNG_KINDS];

size_t png_channels(int type);
size_t png_row_bytes(int type, int depth, size_t cols);

/* Ends the program if it cannot be written. */
void png_write_file(const char *path, const struct png_file *file);

/* n_bytes of zeros as a zlib stream to stream (max_bytes), made piece by piece; the bytes of the stream. */
size_t png_deflate_zeros(size_t n_bytes, uint8_t *stream, size_t max_bytes);

#endif
