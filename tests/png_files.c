/* PNG files of every kind, written by libpng. */
#define _POSIX_C_SOURCE 200809L /* fdopen */
#include "tests/png_files.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "runtime/platform/system.h"

const struct png_kind png_kinds[N_PNG_KINDS] = {{0, 1}, {0, 2}, {0, 4}, {0, 8}, {0, 16}, {2, 8}, {2, 16}, {3, 1},
                                                {3, 2}, {3, 4}, {3, 8}, {4, 8}, {4, 16}, {6, 8}, {6, 16}};

size_t png_channels(int type) {
  return type == 2 ? 3 : type == 4 ? 2 : type == 6 ? 4 : 1;
}

size_t png_row_bytes(int type, int depth, size_t cols) {
  return (cols * png_channels(type) * (size_t)depth + 7) / 8;
}

static void on_error(png_structp png, png_const_charp message) {
  (void)png;
  fprintf(stderr, "libpng: %s\n", message);
  abort();
}

static void write_chunks(png_structp png, const struct png_file *file, bool of_trns) {
  for (size_t i = 0; i < file->n_chunks; ++i) {
    const struct png_chunk *chunk = &file->chunks[i];
    if ((strcmp(chunk->name, "tRNS") == 0) == of_trns)
      png_write_chunk(png, (png_const_bytep)chunk->name, chunk->data, chunk->n_bytes);
  }
}

static void write_open_file(FILE *out, const struct png_file *file) {
  png_color palette[256];
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, on_error, NULL);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info)
    abort();
  png_init_io(png, out);
  png_set_compression_level(png, 1);       /* of 70,000 files */
  png_set_check_for_invalid_index(png, 0); /* a test may want one */
  png_set_IHDR(png, info, (png_uint_32)file->cols, (png_uint_32)file->rows, file->depth, file->type,
               file->interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  for (size_t i = 0; i < file->n_colours; ++i)
    palette[i] = (png_color){file->palette[3 * i], file->palette[3 * i + 1], file->palette[3 * i + 2]};
  if (file->n_colours > 0)
    png_set_PLTE(png, info, palette, (int)file->n_colours);
  png_write_info_before_PLTE(png, info);
  write_chunks(png, file, false);
  png_write_info(png, info);
  write_chunks(png, file, true);
  const int n_passes = png_set_interlace_handling(png);
  const size_t row_bytes = png_row_bytes(file->type, file->depth, file->cols);
  for (int pass = 0; pass < n_passes; ++pass)
    for (size_t row = 0; row < file->rows; ++row)
      png_write_row(png, file->samples + row * row_bytes);
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
}

void png_write_file(const char *path, const struct png_file *file) {
  ms_os_remove(path);
  const int opened = ms_os_open(path, MS_OS_NEW);
  FILE *out = opened < 0 ? NULL : fdopen(opened, "wb");
  if (!out) {
    perror(path);
    exit(1);
  }
  write_open_file(out, file);
  if (fclose(out) != 0) {
    perror(path);
    exit(1);
  }
}

size_t png_deflate_zeros(size_t n_bytes, uint8_t *stream, size_t max_bytes) {
  static uint8_t zeros[1 << 16];
  z_stream z = {.next_out = stream, .avail_out = (uInt)max_bytes};
  int result = deflateInit(&z, 9);
  for (size_t left = n_bytes; result == Z_OK && left > 0;) {
    const size_t n = left < sizeof zeros ? left : sizeof zeros;
    left -= n;
    z.next_in = zeros;
    z.avail_in = (uInt)n;
    result = deflate(&z, left > 0 ? Z_NO_FLUSH : Z_FINISH);
  }
  if (result != Z_STREAM_END)
    abort();
  deflateEnd(&z);
  return z.total_out;
}
