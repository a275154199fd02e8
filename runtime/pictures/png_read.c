/* PNG files, by libpng's full interface. Its simplified one would bring grey values to sRGB where a file says another
 * gamma, decompress colour profiles, and take no limits. */
#include "runtime/pictures/png_read.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"

/* A file begins with a header: magic, 13 (bytes of its chunk), "IHDR", width, height, depth, colour type. */
enum { MAGIC = 8, WIDTH = 16, HEIGHT = 20, DEPTH = 24, TYPE = 25, HEADER_BYTES = 33 };
enum { MAX_CHUNKS = 64, MAX_CHUNK_BYTES = 8 << 20, DEFLATE_RATIO = 1032 };

/* Lives outside the functions that libpng leaves by longjmp, so that their locals need not be volatile. */
struct decoder {
  const uint8_t *at; /* the rest of the file */
  size_t left;
  png_structp png;
  png_infop info;
  size_t channels;       /* of pixels: 1, or 2 with alpha */
  uint8_t *pixels;       /* (rows, cols, channels) */
  enum ms_status status; /* of what fails and is not libpng's */
  bool lacks_memory;
  char fault[80]; /* libpng's word for what ended it */
};

/* ---- What libpng calls ---- */

static void on_error(png_structp png, png_const_charp message) {
  struct decoder *d = png_get_error_ptr(png);
  strncat(d->fault, message, sizeof d->fault - 1 - strlen(d->fault));
  png_longjmp(png, 1);
}

/* What could change a pixel, as a transparent colour of the wrong length, is an error (png_set_benign_errors). */
static void on_warning(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

static png_voidp on_malloc(png_structp png, png_alloc_size_t n_bytes) {
  struct decoder *d = png_get_mem_ptr(png);
  void *memory = malloc(n_bytes);
  if (!memory)
    d->lacks_memory = true;
  return memory;
}

static void on_free(png_structp png, png_voidp memory) {
  (void)png;
  free(memory);
}

static void on_read(png_structp png, png_bytep bytes, size_t n_bytes) {
  struct decoder *d = png_get_io_ptr(png);
  if (n_bytes > d->left)
    png_error(png, "it ends early");
  memcpy(bytes, d->at, n_bytes);
  d->at += n_bytes;
  d->left -= n_bytes;
}

/* ---- Header ---- */

static size_t big_endian_32(const uint8_t *bytes) {
  return (size_t)bytes[0] << 24 | (size_t)bytes[1] << 16 | (size_t)bytes[2] << 8 | bytes[3];
}

static size_t channels_of(int type) {
  const bool has_colours = type == PNG_COLOR_TYPE_RGB || type == PNG_COLOR_TYPE_RGB_ALPHA;
  return (has_colours ? 3 : 1) + ((type & PNG_COLOR_MASK_ALPHA) != 0);
}

/* Before libpng sees the file: sizes beyond the limits, and those that so few bytes cannot hold. Deflate makes at most
 * 1032 bytes of one, so a file of 1 KiB gets no memory for 64 million pixels. */
static enum ms_status check_header(const char *path, const uint8_t *file, size_t n_bytes,
                                   const struct ms_picture_limits *limits, struct ms_picture *picture) {
  static const char head[] = MS_PNG_MAGIC "\0\0\0\15IHDR";
  if (n_bytes < HEADER_BYTES || memcmp(file, head, sizeof head - 1) != 0)
    return ms_fail(MS_ERROR_DATA, "%s: the header of the PNG file is damaged: get it again", path);
  const size_t cols = big_endian_32(file + WIDTH), rows = big_endian_32(file + HEIGHT);
  if (rows < 1 || cols < 1 || rows > limits->rows || cols > limits->cols)
    return ms_picture_too_large(path, rows, cols, limits);
  const uint64_t row_bits = (uint64_t)cols * channels_of(file[TYPE]) * file[DEPTH];
  if (row_bits / 8 * rows / DEFLATE_RATIO > n_bytes)
    return ms_fail(MS_ERROR_DATA, "%s: %zu bytes are too few for %zu x %zu pixels: get the file again", path, n_bytes,
                   rows, cols);
  picture->rows = rows;
  picture->cols = cols;
  return MS_OK;
}

/* ---- Pixels ---- */

/* Only the header, palette, transparency and image data are read. The other chunks, whose texts and profiles may be
 * compressed, are skipped: they hold no pixel. */
static void set_limits(struct decoder *d, const struct ms_picture *picture) {
  png_set_keep_unknown_chunks(d->png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_set_user_limits(d->png, (png_uint_32)picture->cols, (png_uint_32)picture->rows);
  png_set_chunk_cache_max(d->png, MAX_CHUNKS);
  png_set_chunk_malloc_max(d->png, MAX_CHUNK_BYTES);
  png_set_benign_errors(d->png, 0);
}

/* To 8 bits of grey, with alpha where there is any. */
static void set_conversions(struct decoder *d) {
  png_set_expand(d->png); /* palettes, fewer than 8 bits, a transparent colour */
  png_set_scale_16(d->png);
  if (png_get_color_type(d->png, d->info) & PNG_COLOR_MASK_COLOR)
    png_set_rgb_to_gray_fixed(d->png, PNG_ERROR_ACTION_NONE, PNG_RGB_TO_GRAY_DEFAULT, PNG_RGB_TO_GRAY_DEFAULT);
}

/* False, with a fault or a status, unless all of the file was read. The locals are not used after a longjmp. */
static bool decode(struct decoder *d, const struct ms_picture *picture) {
  if (setjmp(png_jmpbuf(d->png)))
    return false;
  d->info = png_create_info_struct(d->png);
  if (!d->info)
    return false;
  png_set_read_fn(d->png, d, on_read);
  set_limits(d, picture);
  png_read_info(d->png, d->info);
  set_conversions(d);
  const int n_passes = png_set_interlace_handling(d->png);
  png_read_update_info(d->png, d->info);

  d->channels = png_get_channels(d->png, d->info);
  const size_t row_bytes = picture->cols * d->channels;
  if (d->channels > 2 || png_get_rowbytes(d->png, d->info) != row_bytes)
    png_error(d->png, "unexpected colour type");
  d->status = ms_allocate(picture->rows, row_bytes, "picture", &d->pixels);
  if (d->status != MS_OK)
    return false;
  for (int pass = 0; pass < n_passes; ++pass)
    for (size_t row = 0; row < picture->rows; ++row)
      png_read_row(d->png, d->pixels + row * row_bytes, NULL);
  png_read_end(d->png, NULL); /* the checksum of the last pixels, and that the file is whole */
  return true;
}

/* In place: (rows, cols, 2) to (rows, cols), rounded. */
static void compose(uint8_t *pixels, size_t n, unsigned ground) {
  for (size_t i = 0; i < n; ++i)
    pixels[i] = (uint8_t)((pixels[2 * i] * pixels[2 * i + 1] + ground * (255u - pixels[2 * i + 1]) + 127) / 255);
}

enum ms_status ms_png_read(const char *path, const uint8_t *file, size_t n_bytes,
                           const struct ms_picture_limits *limits, struct ms_picture *picture) {
  struct decoder d = {.at = file, .left = n_bytes};
  MS_TRY(check_header(path, file, n_bytes, limits, picture));
  d.png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &d, on_error, on_warning, &d, on_malloc, on_free);
  const bool is_read = d.png && decode(&d, picture);
  png_destroy_read_struct(&d.png, &d.info, NULL);
  if (is_read && !d.lacks_memory) {
    if (d.channels == 2)
      compose(d.pixels, picture->rows * picture->cols, limits->ground);
    picture->has_alpha = d.channels == 2;
    picture->pixels = d.pixels;
    return MS_OK;
  }
  free(d.pixels);
  if (d.status != MS_OK)
    return d.status;
  if (d.lacks_memory)
    return ms_fail(MS_ERROR_MEMORY, "%s: no memory to read it: close other programs", path);
  return ms_fail(MS_ERROR_DATA, "%s: is a damaged PNG file (%s): get it again", path, d.fault);
}
