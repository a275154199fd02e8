/* JPEG files, by libjpeg. Grey values come from the luma alone, by the integer transform, whose values are the same on
 * every machine. */
#include "runtime/pictures/jpeg_read.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>

#include "runtime/pictures/orientation.h"
#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"

/* Files of one bit for a block of 64 pixels, in components of which one is 4 times wider, another 4 times higher. */
enum { MAX_PIXELS_PER_BYTE = 1024 };
/* A progressive file has ten scans or so; one of thousands would take hours. Its coefficients have 6 bytes a pixel. */
enum { MAX_SCANS = 100, MAX_COEFFICIENT_BYTES = 512 << 20 };

/* Lives outside the functions that libjpeg leaves by longjmp, so that their locals need not be volatile. */
struct decoder {
  struct jpeg_decompress_struct jpeg;
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  jmp_buf on_error;
  const char *path;
  const struct ms_picture_limits *limits;
  struct ms_picture picture;
  enum ms_status status; /* of what fails and is not libjpeg's */
};

/* ---- What libjpeg calls ---- */

static void on_error(j_common_ptr jpeg) {
  struct decoder *d = jpeg->client_data;
  char fault[JMSG_LENGTH_MAX];
  jpeg->err->format_message(jpeg, fault);
  if (jpeg->err->msg_code == JERR_OUT_OF_MEMORY)
    d->status = ms_fail(MS_ERROR_MEMORY, "%s: no memory to read it: close other programs", d->path);
  else
    d->status = ms_fail(MS_ERROR_DATA,
                        "%s: is a damaged JPEG file, or of an unusual kind (%s): get it again, or "
                        "convert it",
                        d->path, fault);
  longjmp(d->on_error, 1);
}

/* Most warnings mean that pixels were made up. Some cameras write bytes between segments, or scans in no order. */
static void on_message(j_common_ptr jpeg, int level) {
  const int code = jpeg->err->msg_code;
  if (level == -1 && code != JWRN_EXTRANEOUS_DATA && code != JWRN_BOGUS_PROGRESSION && code != JWRN_ADOBE_XFORM &&
      code != JWRN_JFIF_MAJOR)
    on_error(jpeg);
}

static void on_progress(j_common_ptr jpeg) {
  struct decoder *d = jpeg->client_data;
  if (d->jpeg.input_scan_number <= MAX_SCANS)
    return;
  d->status =
      ms_fail(MS_ERROR_DATA, "%s: has more than %d scans: save it again by another program", d->path, MAX_SCANS);
  longjmp(d->on_error, 1);
}

/* ---- Pixels ---- */

static enum ms_status check_header(const struct decoder *d, size_t n_bytes) {
  const size_t rows = d->jpeg.image_height, cols = d->jpeg.image_width;
  if (rows > d->limits->rows || cols > d->limits->cols)
    return ms_picture_too_large(d->path, rows, cols, d->limits);
  if (rows * cols / MAX_PIXELS_PER_BYTE > n_bytes)
    return ms_fail(MS_ERROR_DATA, "%s: %zu bytes are too few for %zu x %zu pixels: get the file again", d->path,
                   n_bytes, rows, cols);
  if (d->jpeg.jpeg_color_space == JCS_CMYK || d->jpeg.jpeg_color_space == JCS_YCCK)
    return ms_fail(MS_ERROR_DATA, "%s: has the four colours of a printer: convert it to RGB or grey", d->path);
  return MS_OK;
}

/* d->status says how it went. */
static void decode(struct decoder *d, const uint8_t *file, size_t n_bytes) {
  struct jpeg_decompress_struct *jpeg = &d->jpeg;
  if (setjmp(d->on_error))
    return;
  jpeg_create_decompress(jpeg);
  jpeg->progress = &d->progress;
  jpeg->mem->max_memory_to_use = MAX_COEFFICIENT_BYTES;
  jpeg_mem_src(jpeg, file, (unsigned long)n_bytes);
  (void)jpeg_read_header(jpeg, TRUE);
  d->status = check_header(d, n_bytes);
  if (d->status != MS_OK)
    return;
  jpeg->out_color_space = JCS_GRAYSCALE;
  jpeg->dct_method = JDCT_ISLOW;
  jpeg->do_block_smoothing = FALSE;
  (void)jpeg_start_decompress(jpeg);
  d->picture = (struct ms_picture){.rows = jpeg->output_height, .cols = jpeg->output_width};
  d->status = ms_allocate(d->picture.rows, d->picture.cols, "picture", &d->picture.pixels);
  while (d->status == MS_OK && jpeg->output_scanline < jpeg->output_height) {
    JSAMPROW row = d->picture.pixels + jpeg->output_scanline * d->picture.cols;
    (void)jpeg_read_scanlines(jpeg, &row, 1);
  }
  if (d->status == MS_OK)
    (void)jpeg_finish_decompress(jpeg);
}

enum ms_status ms_jpeg_read(const char *path, const uint8_t *file, size_t n_bytes,
                            const struct ms_picture_limits *limits, struct ms_picture *picture) {
  struct decoder d = {.path = path, .limits = limits};
  d.jpeg.err = jpeg_std_error(&d.errors);
  d.jpeg.client_data = &d;
  d.errors.error_exit = on_error;
  d.errors.emit_message = on_message;
  d.progress.progress_monitor = on_progress;
  decode(&d, file, n_bytes);
  jpeg_destroy_decompress(&d.jpeg);
  if (d.status == MS_OK)
    d.status = ms_turn_upright(&d.picture, ms_exif_orientation(file, n_bytes));
  if (d.status == MS_OK)
    *picture = d.picture;
  else
    free(d.picture.pixels);
  return d.status;
}
