/* JPEG files: blocks of one value come back as they are, upright whatever way the camera was held; what is damaged is
 * refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include "runtime/pictures/picture.h"
#include "tests/harness.h"

enum { BLOCK = 16, ROWS = 3 * BLOCK, COLS = 2 * BLOCK };

/* Of the file, in the folder of the case. */
static char path[256];

static void name_file(void) {
  snprintf(path, sizeof path, "%s/picture.jpg", test_folder());
}

/* A file in memory, as libjpeg writes it. */
struct file {
  unsigned char *bytes;
  unsigned long n_bytes;
};

struct kind {
  J_COLOR_SPACE colours;
  bool is_progressive;
  int orientation; /* 0: without an Exif block */
  bool is_little_endian;
};

/* Blocks of 16 x 16 pixels: of one value each, so that a transform of 8 x 8 or 16 x 16 pixels has one coefficient. */
static uint8_t value_of(size_t row, size_t col) {
  static const uint8_t values[ROWS / BLOCK][COLS / BLOCK] = {{0, 255}, {17, 128}, {200, 93}};
  return values[row / BLOCK][col / BLOCK];
}

static void write_exif(struct jpeg_compress_struct *jpeg, const struct kind *kind) {
  static const uint8_t big[] =
      "Exif\0\0MM\0\x2a\0\0\0\x08\0\x02\x01\x0f\0\x02\0\0\0\x01XXXX\x01\x12\0\x03\0\0\0\x01\0?\0\0";
  static const uint8_t little[] =
      "Exif\0\0II\x2a\0\x08\0\0\0\x02\0\x0f\x01\x02\0\x01\0\0\0XXXX\x12\x01\x03\0\x01\0\0\0?\0\0\0";
  uint8_t block[sizeof big - 1];
  memcpy(block, kind->is_little_endian ? little : big, sizeof block);
  *(uint8_t *)memchr(block, '?', sizeof block) = (uint8_t)kind->orientation;
  jpeg_write_marker(jpeg, JPEG_APP0 + 1, block, sizeof block);
}

/* Quality 100: coefficients are not made coarser. */
static struct file make(const struct kind *kind) {
  struct jpeg_compress_struct jpeg;
  struct jpeg_error_mgr errors;
  struct file file = {NULL, 0};
  uint8_t row[4 * COLS];
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  jpeg_mem_dest(&jpeg, &file.bytes, &file.n_bytes);
  jpeg.image_width = COLS;
  jpeg.image_height = ROWS;
  jpeg.in_color_space = kind->colours;
  jpeg.input_components = kind->colours == JCS_GRAYSCALE ? 1 : kind->colours == JCS_CMYK ? 4 : 3;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, 100, TRUE);
  if (kind->is_progressive)
    jpeg_simple_progression(&jpeg);
  jpeg_start_compress(&jpeg, TRUE);
  if (kind->orientation > 0)
    write_exif(&jpeg, kind);
  while (jpeg.next_scanline < jpeg.image_height) {
    JSAMPROW pointer = row;
    for (size_t i = 0; i < sizeof row; ++i)
      row[i] = value_of(jpeg.next_scanline, i / (size_t)jpeg.input_components % COLS);
    (void)jpeg_write_scanlines(&jpeg, &pointer, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  return file;
}

static void write_bytes(const uint8_t *bytes, size_t n_bytes) {
  test_write_file(path, bytes, n_bytes);
}

static struct ms_picture read_file(const struct file *file) {
  struct ms_picture picture;
  write_bytes(file->bytes, file->n_bytes);
  CHECK_MESSAGE(ms_picture_read(path, &MS_PICTURE_LIMITS, &picture) == MS_OK, "%s", ms_error_message());
  return picture;
}

static void check_refused_by(const struct ms_picture_limits *limits, const uint8_t *bytes, size_t n_bytes,
                             const char *fault) {
  struct ms_picture picture;
  write_bytes(bytes, n_bytes);
  CHECK(ms_picture_read(path, limits, &picture) == MS_ERROR_DATA && !picture.pixels);
  CHECK_MESSAGE(strncmp(ms_error_message(), path, strlen(path)) == 0 && strstr(ms_error_message(), fault), "%s",
                ms_error_message());
}

static void values(void) {
  name_file();
  static const struct kind kinds[] = {{JCS_GRAYSCALE, false, 0, false},
                                      {JCS_GRAYSCALE, true, 0, false},
                                      {JCS_RGB, false, 0, false},
                                      {JCS_RGB, true, 0, false}};
  for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; ++k) {
    struct file file = make(&kinds[k]);
    test_context("kind %zu", k);
    struct ms_picture picture = read_file(&file);
    CHECK(picture.rows == ROWS && picture.cols == COLS);
    for (size_t row = 0; row < ROWS; ++row)
      for (size_t col = 0; col < COLS; ++col)
        CHECK_MESSAGE(picture.pixels[row * COLS + col] == value_of(row, col), "%zu, %zu: %d", row, col,
                      picture.pixels[row * COLS + col]);
    free(picture.pixels);
    free(file.bytes);
  }
}

/* Where the first row and the first column of what is stored are to be seen, by Exif 2.3: the first row at the top or
 * left, ... */
static void orientations(void) {
  name_file();
  static const struct {
    bool is_turned, row_0_is_last, col_0_is_last;
  } seen[] = {{false, false, false}, {false, false, true}, {false, true, true}, {false, true, false},
              {true, false, false},  {true, true, false},  {true, true, true},  {true, false, true}};
  for (int i = 0; i < 16; ++i) {
    const struct kind kind = {JCS_GRAYSCALE, false, 1 + i / 2, i % 2};
    struct file file = make(&kind);
    test_context("orientation %d", kind.orientation);
    struct ms_picture picture = read_file(&file);
    const bool is_turned = seen[i / 2].is_turned;
    CHECK(picture.rows == (is_turned ? COLS : ROWS) && picture.cols == (is_turned ? ROWS : COLS));
    for (size_t row = 0; row < ROWS; ++row)
      for (size_t col = 0; col < COLS; ++col) {
        /* Row 0 is at the top, the bottom, the left or the right. */
        const size_t r = seen[i / 2].row_0_is_last ? ROWS - 1 - row : row;
        const size_t c = seen[i / 2].col_0_is_last ? COLS - 1 - col : col;
        CHECK(picture.pixels[is_turned ? c * ROWS + r : r * COLS + c] == value_of(row, col));
      }
    free(picture.pixels);
    free(file.bytes);
  }
}

/* Wherever a file is cut off or its Exif block is damaged, there is an error or a picture, and never another one. */
static void damaged(void) {
  name_file();
  static const struct kind kinds[] = {{JCS_GRAYSCALE, false, 6, false}, {JCS_RGB, true, 6, true}};
  for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; ++k) {
    struct file file = make(&kinds[k]);
    for (size_t n_bytes = 3; n_bytes + 2 < file.n_bytes; ++n_bytes) {
      test_context("kind %zu, %zu of %lu bytes", k, n_bytes, file.n_bytes);
      check_refused_by(&MS_PICTURE_LIMITS, file.bytes, n_bytes, "JPEG file");
    }
    free(file.bytes);
  }
  struct file file = make(&kinds[0]);
  uint8_t *const exif = memchr(file.bytes, 'E', file.n_bytes);
  CHECK(exif && memcmp(exif, "Exif", 5) == 0);
  for (size_t at = 6; at < 40; ++at)
    for (int bit = 0; bit < 8; ++bit) {
      struct ms_picture picture;
      exif[at] ^= (uint8_t)(1 << bit);
      test_context("bit %d of byte %zu of Exif", bit, at);
      picture = read_file(&file);
      CHECK(picture.rows * picture.cols == (size_t)ROWS * COLS);
      exif[at] ^= (uint8_t)(1 << bit);
      free(picture.pixels);
    }
  free(file.bytes);
}

static void refused(void) {
  name_file();
  const struct kind grey = {JCS_GRAYSCALE, false, 0, false}, printer = {JCS_CMYK, false, 0, false};
  struct file file = make(&grey);
  struct ms_picture_limits limits = {.rows = ROWS, .cols = COLS - 1, .file_bytes = file.n_bytes};
  check_refused_by(&limits, file.bytes, file.n_bytes, "has 48 x 32 pixels, must be 1 x 1 to 48 x 31");
  limits = (struct ms_picture_limits){.rows = ROWS - 1, .cols = COLS, .file_bytes = file.n_bytes};
  check_refused_by(&limits, file.bytes, file.n_bytes, "has 48 x 32 pixels, must be 1 x 1 to 47 x 32");
  limits = (struct ms_picture_limits){.rows = ROWS, .cols = COLS, .file_bytes = file.n_bytes - 1};
  check_refused_by(&limits, file.bytes, file.n_bytes, "are accepted");
  /* Start of frame: length, bits, height, width. */
  uint8_t *frame = file.bytes;
  while (frame[0] != 0xff || frame[1] != 0xc0)
    ++frame;
  memcpy(frame + 5, "\x20\0\x20\0", 4);
  check_refused_by(&MS_PICTURE_LIMITS, file.bytes, file.n_bytes, "are too few for 8192 x 8192 pixels");
  free(file.bytes);
  file = make(&printer);
  check_refused_by(&MS_PICTURE_LIMITS, file.bytes, file.n_bytes, "the four colours of a printer");
  free(file.bytes);
}

/* The next marker of those that begin a part between the scans. */
static size_t find_marker(const struct file *file, size_t from, uint8_t marker) {
  for (size_t at = from; at + 1 < file->n_bytes; ++at)
    if (file->bytes[at] == 0xff && file->bytes[at + 1] == marker)
      return at;
  test_fail(__FILE__, __LINE__, "marker", "%02x is missing", marker);
}

/* A progressive file whose first scan comes again and again. */
static void too_many_scans(void) {
  name_file();
  enum { TABLE = 0xc4, SCAN = 0xda };
  const struct kind kind = {JCS_GRAYSCALE, true, 0, false};
  struct file file = make(&kind);
  const size_t scan = find_marker(&file, 0, SCAN), next = find_marker(&file, scan, TABLE), length = next - scan;
  for (size_t n = 50; n <= 200; n += 150) {
    const size_t n_bytes = file.n_bytes + n * length;
    uint8_t *long_file = malloc(n_bytes);
    CHECK(long_file);
    memcpy(long_file, file.bytes, next);
    for (size_t i = 0; i < n; ++i)
      memcpy(long_file + next + i * length, file.bytes + scan, length);
    memcpy(long_file + next + n * length, file.bytes + next, file.n_bytes - next);
    if (n > 100) {
      check_refused_by(&MS_PICTURE_LIMITS, long_file, n_bytes, "has more than 100 scans");
    } else {
      const struct file repeated = {long_file, n_bytes};
      struct ms_picture picture = read_file(&repeated);
      free(picture.pixels);
    }
    free(long_file);
  }
  free(file.bytes);
}

static const struct test_case cases[] = {
    {"values", values},   {"orientations", orientations},     {"damaged", damaged},
    {"refused", refused}, {"too_many_scans", too_many_scans},
};

TEST_MAIN(cases)
