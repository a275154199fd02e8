/* PNG images as data URIs. */
#include "runtime/report/png.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"

static void add_base64(struct ms_text *text, const uint8_t *bytes, size_t n_bytes) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t i = 0; i < n_bytes; i += 3) {
    const size_t n = n_bytes - i < 3 ? n_bytes - i : 3;
    const uint32_t group =
        (uint32_t)bytes[i] << 16 | (uint32_t)(n > 1 ? bytes[i + 1] : 0) << 8 | (uint32_t)(n > 2 ? bytes[i + 2] : 0);
    char four[4] = {digits[group >> 18], digits[group >> 12 & 63], '=', '='};
    if (n > 1)
      four[2] = digits[group >> 6 & 63];
    if (n > 2)
      four[3] = digits[group & 63];
    ms_text_add_bytes(text, four, 4);
  }
}

static enum ms_status add_image(struct ms_text *text, png_image *image, const void *pixels, const void *palette) {
  uint8_t *file = NULL;
  png_alloc_size_t n_bytes = PNG_IMAGE_PNG_SIZE_MAX(*image);
  enum ms_status status = ms_allocate(n_bytes, 1, "image", &file);
  if (status == MS_OK && !png_image_write_to_memory(image, file, &n_bytes, 0, pixels, 0, palette))
    status = ms_fail(MS_ERROR_MEMORY, "an image of %u x %u pixels cannot be made a PNG: %s", image->width,
                     image->height, image->message);
  if (status == MS_OK) {
    ms_text_add(text, "data:image/png;base64,");
    add_base64(text, file, n_bytes);
  }
  png_image_free(image);
  free(file);
  return status;
}

/* libpng counts in 31 bits, and the bytes of an image must fit too. */
static enum ms_status make_image(size_t width, size_t height, png_uint_32 format, png_image *image) {
  memset(image, 0, sizeof *image);
  if (width < 1 || height < 1 || width > INT32_MAX / 8 / height)
    return ms_fail(MS_ERROR_ARGUMENT, "an image of %zu x %zu pixels cannot be made a PNG", width, height);
  image->version = PNG_IMAGE_VERSION;
  image->width = (png_uint_32)width;
  image->height = (png_uint_32)height;
  image->format = format;
  return MS_OK;
}

enum ms_status ms_png_add_ink(struct ms_text *text, const uint8_t *ink, size_t width, size_t height) {
  png_image image;
  uint8_t *pixels;
  MS_TRY(make_image(width, height, PNG_FORMAT_GA, &image));
  MS_TRY(ms_allocate(width * height, 2, "image", &pixels));
  for (size_t i = 0; i < width * height; ++i)
    pixels[2 * i + 1] = ink[i]; /* grey is 0 */
  enum ms_status status = add_image(text, &image, pixels, NULL);
  free(pixels);
  return status;
}

enum ms_status ms_png_add_palette(struct ms_text *text, const uint8_t *index, size_t width, size_t height,
                                  const uint8_t *palette, size_t n_colours) {
  png_image image;
  const enum ms_status status = make_image(width, height, PNG_FORMAT_RGB_COLORMAP, &image);
  if (status != MS_OK)
    return status;
  image.colormap_entries = (png_uint_32)n_colours;
  return add_image(text, &image, index, palette);
}
