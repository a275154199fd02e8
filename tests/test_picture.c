/* Pictures: every kind of PNG file, and what is refused with a message that names the file and the fault. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/pictures/picture.h"
#include "runtime/platform/files.h"
#include "tests/harness.h"
#include "tests/png_files.h"

enum { ROWS = 11, COLS = 13, MAX_ROW_BYTES = 8 * COLS, MAX_COLOURS = 256 };

static char path[256];

static struct ms_picture read_picture(void) {
  struct ms_picture picture;
  CHECK_MESSAGE(ms_picture_read(path, &MS_PICTURE_LIMITS, &picture) == MS_OK, "%s", ms_error_message());
  return picture;
}

/* Reading path must fail and say why, after its name. */
static void check_refused_by(const struct ms_picture_limits *limits, const char *fault) {
  struct ms_picture picture;
  test_context("%s: %s", path, fault);
  CHECK(ms_picture_read(path, limits, &picture) == MS_ERROR_DATA && !picture.pixels);
  CHECK_MESSAGE(strncmp(ms_error_message(), path, strlen(path)) == 0 && strstr(ms_error_message(), fault), "%s",
                ms_error_message());
}

static void check_refused(const char *fault) {
  check_refused_by(&MS_PICTURE_LIMITS, fault);
}

static void name_file(void) {
  snprintf(path, sizeof path, "%s/picture.png", test_folder());
}

/* ---- Kinds ---- */

struct random_file {
  struct png_file png;
  struct png_chunk transparency;
  uint8_t samples[ROWS * MAX_ROW_BYTES], palette[3 * MAX_COLOURS], trns[MAX_COLOURS];
};

/* Sample c of a pixel, as the file has it. */
static unsigned sample(const struct png_file *png, size_t row, size_t col, size_t c) {
  const uint8_t *bytes = png->samples + row * png_row_bytes(png->type, png->depth, png->cols);
  const size_t i = col * png_channels(png->type) + c, bit = i * (size_t)png->depth;
  if (png->depth == 16)
    return (unsigned)bytes[2 * i] << 8 | bytes[2 * i + 1];
  return (unsigned)bytes[bit / 8] >> (8 - png->depth - (int)(bit % 8)) & ((1u << png->depth) - 1);
}

/* Colours repeat, and a third of them are grey. */
static void make_random(struct random_file *file, struct png_kind kind, bool interlaced, bool has_transparency) {
  memset(file, 0, sizeof *file);
  file->png = (struct png_file){.rows = 1 + test_random_below(ROWS),
                                .cols = 1 + test_random_below(COLS),
                                .type = kind.type,
                                .depth = kind.depth,
                                .interlaced = interlaced,
                                .samples = file->samples,
                                .n_colours = kind.type == 3 ? (size_t)1 << kind.depth : 0,
                                .palette = file->palette,
                                .n_chunks = has_transparency ? 1 : 0,
                                .chunks = &file->transparency};
  for (size_t i = 0; i < sizeof file->samples; ++i)
    file->samples[i] = test_random_below(3) == 0 ? 0x55 : (uint8_t)test_random();
  for (size_t i = 0; i < sizeof file->palette; ++i)
    file->palette[i] = test_random_below(3) == 0 ? 0x55 : (uint8_t)test_random();
  size_t n_bytes = kind.type == 0 ? 2 : 6;
  if (kind.type == 3) {
    n_bytes = 1 + test_random_below(file->png.n_colours);
    for (size_t i = 0; i < n_bytes; ++i)
      file->trns[i] = (uint8_t)test_random();
  } else {
    for (size_t c = 0; c < png_channels(kind.type) && c < 3; ++c) { /* the first pixel is transparent */
      const unsigned value = sample(&file->png, 0, 0, c);
      file->trns[2 * c] = (uint8_t)(value >> 8);
      file->trns[2 * c + 1] = (uint8_t)value;
    }
  }
  file->transparency = (struct png_chunk){"tRNS", file->trns, n_bytes};
}

static unsigned to_8_bits(unsigned value, int depth) {
  return depth == 16 ? (value * 255 + 32895) >> 16 : value * 255 / ((1u << depth) - 1);
}

/* What picture.h says of a pixel. */
static uint8_t expected(const struct random_file *file, size_t row, size_t col) {
  const struct png_file *png = &file->png;
  const bool is_colour = png->type == 2 || png->type == 6, has_key = png->n_chunks > 0 && png->type != 3;
  const size_t n = is_colour ? 3 : 1;
  int depth = png->depth;
  unsigned rgb[3], alpha = 255;
  bool is_key = has_key;
  for (size_t c = 0; c < 3; ++c) {
    rgb[c] = sample(png, row, col, c < n ? c : 0);
    is_key = is_key && rgb[c] == ((unsigned)file->trns[2 * (c < n ? c : 0)] << 8 | file->trns[2 * (c < n ? c : 0) + 1]);
  }
  if (png->type >= 4)
    alpha = to_8_bits(sample(png, row, col, n), depth);
  if (is_key)
    alpha = 0;
  if (png->type == 3) {
    const size_t index = rgb[0];
    if (png->n_chunks > 0 && index < file->transparency.n_bytes)
      alpha = file->trns[index];
    for (size_t c = 0; c < 3; ++c)
      rgb[c] = file->palette[3 * index + c];
    depth = 8;
  }
  unsigned grey = rgb[0];
  if (rgb[0] != rgb[1] || rgb[0] != rgb[2]) /* libpng rounds 16 bits and cuts off 8 */
    grey = (6968 * rgb[0] + 23434 * rgb[1] + 2366 * rgb[2] + (depth == 16 ? 16384 : 0)) >> 15;
  return (uint8_t)((to_8_bits(grey, depth) * alpha + 127) / 255);
}

static void kinds(void) {
  static struct random_file file;
  name_file();
  for (size_t k = 0; k < N_PNG_KINDS; ++k)
    for (int i = 0; i < 80; ++i) {
      const bool has_transparency = png_kinds[k].type < 4 && i % 4 >= 2;
      make_random(&file, png_kinds[k], i % 2, has_transparency);
      test_context("type %d, depth %d, interlaced %d, transparency %d", png_kinds[k].type, png_kinds[k].depth, i % 2,
                   has_transparency);
      png_write_file(path, &file.png);
      struct ms_picture picture = read_picture();
      CHECK(picture.rows == file.png.rows && picture.cols == file.png.cols);
      for (size_t row = 0; row < picture.rows; ++row)
        for (size_t col = 0; col < picture.cols; ++col) {
          const uint8_t value = picture.pixels[row * picture.cols + col];
          CHECK_MESSAGE(value == expected(&file, row, col), "%zu, %zu: %d, expected %d", row, col, value,
                        expected(&file, row, col));
        }
      free(picture.pixels);
    }
}

/* ---- Chunks ---- */

/* All grey values as they are, and the same luminance of a colour, whatever the file says of light. */
static void gamma_is_ignored(void) {
  static const struct png_chunk chunks[] = {
      {"gAMA", "\0\1\206\240", 4}, /* 1.0 */
      {"gAMA", "\0\0\261\217", 4}, /* 1 / 2.2 */
      {"gAMA", "\0\0\0\12", 4},
      {"sRGB", "", 1},
      {"sBIT", "\3\3\3", 3},
      {"bKGD", "\0\377", 2},
      {"iCCP", "profile\0\0damaged", 16},
      /* Adobe's RGB */
      {"cHRM", "\0\0\172\46\0\0\200\204\0\0\372\0\0\0\200\350\0\0\122\10\0\1\25\130\0\0\72\230\0\0\27\160", 32},
  };
  uint8_t samples[256];
  name_file();
  for (size_t i = 0; i < 256; ++i)
    samples[i] = (uint8_t)i;
  for (size_t i = 0; i < sizeof chunks / sizeof chunks[0]; ++i) {
    struct png_file file = {
        .rows = 16, .cols = 16, .type = 0, .depth = 8, .samples = samples, .n_chunks = 1, .chunks = &chunks[i]};
    test_context("%s", chunks[i].name);
    png_write_file(path, &file);
    struct ms_picture picture = read_picture();
    CHECK(memcmp(picture.pixels, samples, sizeof samples) == 0);
    free(picture.pixels);
    file.type = 2;
    file.rows = file.cols = 1;
    file.samples = (const uint8_t *)"\200\100\40";
    png_write_file(path, &file);
    picture = read_picture();
    CHECK(picture.pixels[0] == (6968 * 128 + 23434 * 64 + 2366 * 32) >> 15);
    free(picture.pixels);
  }
}

/* 256 MiB of text and as much of a profile in a file of half a megabyte. */
static void compressed_chunks_are_skipped(void) {
  enum { BOMB = 256 << 20, MAX_BYTES = 1 << 20, MAX_KIB = 32 << 10 };
  uint8_t *stream = malloc(MAX_BYTES);
  CHECK(stream);
  memcpy(stream, "bomb\0", 6);
  const size_t n_bytes = 6 + png_deflate_zeros(BOMB, stream + 6, MAX_BYTES - 6);
  const struct png_chunk chunks[] = {{"iCCP", stream, n_bytes}, {"zTXt", stream, n_bytes}};
  const struct png_file file = {
      .rows = 1, .cols = 1, .type = 0, .depth = 8, .samples = stream, .n_chunks = 2, .chunks = chunks};
  name_file();
  png_write_file(path, &file);
  const size_t before = test_most_memory();
  struct ms_picture picture = read_picture();
  CHECK(picture.pixels[0] == 'b' && test_most_memory() - before < MAX_KIB);
  free(picture.pixels);
  free(stream);
}

/* ---- What is refused ---- */

/* The file of a picture in memory. */
static uint8_t *make_file(int type, size_t rows, size_t cols, size_t *n_bytes) {
  static uint8_t samples[ROWS * MAX_ROW_BYTES], palette[3 * MAX_COLOURS];
  const struct png_file file = {.rows = rows,
                                .cols = cols,
                                .type = type,
                                .depth = 8,
                                .samples = samples,
                                .n_colours = type == 3 ? 4 : 0,
                                .palette = palette};
  uint8_t *bytes;
  for (size_t i = 0; i < sizeof samples; ++i)
    samples[i] = (uint8_t)test_random_below(4);
  name_file();
  png_write_file(path, &file);
  CHECK(ms_file_read(path, SIZE_MAX / 2, &bytes, n_bytes) == MS_OK);
  return bytes;
}

/* Every length, and every byte changed. */
static void damaged(void) {
  for (int type = 0; type < 4; type += 3) {
    size_t n_bytes;
    uint8_t *bytes = make_file(type, ROWS, COLS, &n_bytes);
    for (size_t n = 0; n < n_bytes; ++n) {
      test_write_file(path, bytes, n);
      check_refused(n == 0   ? "empty"
                    : n < 8  ? "is not a PNG, JPEG, PGM, PPM or PBM file"
                    : n < 33 ? "header"
                             : "get it again");
    }
    for (size_t i = 0; i < n_bytes; ++i) {
      const uint8_t kept = bytes[i];
      bytes[i] ^= (uint8_t)(1 + test_random_below(255));
      test_write_file(path, bytes, n_bytes);
      check_refused("");
      bytes[i] = kept;
    }
    free(bytes);
  }
}

/* Of which libpng alone would warn. */
static void wrong_transparency(void) {
  const struct png_chunk chunk = {"tRNS", "\0\0\0\0", 3};
  const struct png_file file = {
      .rows = 1, .cols = 1, .type = 0, .depth = 8, .samples = (const uint8_t *)"", .n_chunks = 1, .chunks = &chunk};
  name_file();
  png_write_file(path, &file);
  check_refused("damaged PNG file (tRNS: invalid)");
}

static void index_beyond_the_palette(void) {
  const uint8_t samples[4] = {0, 1, 2, 255}, palette[6] = {1, 1, 1, 2, 2, 2}, expected_pixels[4] = {1, 2, 0, 0};
  const struct png_file file = {
      .rows = 2, .cols = 2, .type = 3, .depth = 8, .samples = samples, .n_colours = 2, .palette = palette};
  name_file();
  png_write_file(path, &file);
  struct ms_picture picture = read_picture();
  CHECK(memcmp(picture.pixels, expected_pixels, sizeof expected_pixels) == 0);
  free(picture.pixels);
}

static void other_formats(void) {
  static const struct {
    const char *head, *fault;
  } formats[] = {{"GIF89a", "its format is GIF: convert it to PNG"},
                 {"BM....", "its format is BMP"},
                 {"RIFF....WEBP", "its format is WebP"},
                 {"II*", "its format is TIFF"},
                 {"%PDF-1.4", "its format is PDF"},
                 {"....ftypavif", "its format is AVIF"},
                 {"....ftypheic", "its format is HEIC"},
                 {"version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer"},
                 {"\x89PNG\n\x1a\n", "is not a PNG, JPEG, PGM, PPM or PBM file"},
                 {"x", "is not a PNG, JPEG, PGM, PPM or PBM file"}};
  name_file();
  for (size_t i = 0; i < sizeof formats / sizeof formats[0]; ++i) {
    test_write_file(path, formats[i].head, strlen(formats[i].head));
    check_refused(formats[i].fault);
  }
}

static void not_a_file(void) {
  name_file();
  check_refused("cannot be opened");
  CHECK(ms_make_folder(path) == MS_OK);
  check_refused("is a folder");
}

static void a_pipe(void) {
  name_file();
  test_make_pipe(path);
  check_refused("not a regular file");
}

static void limits(void) {
  size_t n_bytes;
  struct ms_picture picture;
  uint8_t *bytes = make_file(0, 3, 5, &n_bytes);
  struct ms_picture_limits limit = {.rows = 3, .cols = 5, .file_bytes = n_bytes};
  CHECK(ms_picture_read(path, &limit, &picture) == MS_OK);
  free(picture.pixels);
  limit.rows = 2;
  check_refused_by(&limit, "has 3 x 5 pixels, must be 1 x 1 to 2 x 5");
  limit = (struct ms_picture_limits){.rows = 3, .cols = 4, .file_bytes = n_bytes};
  check_refused_by(&limit, "has 3 x 5 pixels, must be 1 x 1 to 3 x 4");
  limit = (struct ms_picture_limits){.rows = 3, .cols = 5, .file_bytes = n_bytes - 1};
  check_refused_by(&limit, "are accepted");

  /* The checksum is not looked at before: no memory is reserved for what the header says. */
  memcpy(bytes + 16, "\0\0\40\0\0\0\40\0", 8);
  test_write_file(path, bytes, n_bytes);
  check_refused("are too few for 8192 x 8192 pixels");
  memcpy(bytes + 16, "\0\0\0\0\0\0\0\1", 8);
  test_write_file(path, bytes, n_bytes);
  check_refused("has 1 x 0 pixels");
  memcpy(bytes + 16, "\0\0\0\1\0\0\0\0", 8);
  test_write_file(path, bytes, n_bytes);
  check_refused("has 0 x 1 pixels");
  memcpy(bytes + 16, "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
  test_write_file(path, bytes, n_bytes);
  check_refused("has 4294967295 x 4294967295 pixels");
  free(bytes);
}

static const struct test_case cases[] = {
    {"kinds", kinds},
    {"gamma_is_ignored", gamma_is_ignored},
    {"compressed_chunks_are_skipped", compressed_chunks_are_skipped},
    {"damaged", damaged},
    {"wrong_transparency", wrong_transparency},
    {"index_beyond_the_palette", index_beyond_the_palette},
    {"other_formats", other_formats},
    {"not_a_file", not_a_file},
    {"a_pipe", a_pipe},
    {"limits", limits},
};

TEST_MAIN(cases)
