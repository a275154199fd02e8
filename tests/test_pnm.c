/* Portable anymaps: all six kinds, and what is refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/pictures/picture.h"
#include "tests/harness.h"

/* Of the file, in the folder of the case. */
static char path[256];

static void name_file(void) {
  snprintf(path, sizeof path, "%s/picture.pnm", test_folder());
}

static void write_bytes(const char *bytes, size_t n_bytes) {
  test_write_file(path, bytes, n_bytes);
}

static void check_pixels(const char *bytes, size_t n_bytes, size_t rows, size_t cols, const char *expected) {
  struct ms_picture picture;
  write_bytes(bytes, n_bytes);
  test_context("%.12s", bytes);
  CHECK_MESSAGE(ms_picture_read(path, &MS_PICTURE_LIMITS, &picture) == MS_OK, "%s", ms_error_message());
  CHECK(picture.rows == rows && picture.cols == cols);
  for (size_t i = 0; i < rows * cols; ++i)
    CHECK_MESSAGE(picture.pixels[i] == (uint8_t)expected[i], "pixel %zu is %d", i, picture.pixels[i]);
  free(picture.pixels);
}
#define CHECK_PIXELS(bytes, rows, cols, expected) check_pixels(bytes, sizeof(bytes) - 1, rows, cols, expected)

static void bits(void) {
  name_file();
  CHECK_PIXELS("P1\n# a comment\n3 2\n1 0 1\n0 1 0\n", 2, 3, "\0\377\0\377\0\377");
  CHECK_PIXELS("P1 3 2 101#x\n010", 2, 3, "\0\377\0\377\0\377");
  /* Ten columns take two bytes, whose last six bits say nothing. */
  CHECK_PIXELS("P4\n10 2\n\xaa\xbf\x55\x7f", 2, 10,
               "\0\377\0\377\0\377\0\377\0\377"
               "\377\0\377\0\377\0\377\0\377\0");
}

static void greys(void) {
  name_file();
  CHECK_PIXELS("P2\n3 2\n255\n0 1 2\n253 254 255\n", 2, 3, "\0\1\2\375\376\377");
  CHECK_PIXELS("P5\n3 2\n255\n\0\1\2\375\376\377", 2, 3, "\0\1\2\375\376\377");
  CHECK_PIXELS("P5 # width\n3 # height\n2 255\r\0\1\2\375\376\377another picture", 2, 3, "\0\1\2\375\376\377");
  /* Other largest values are scaled and rounded: 255 * 1 / 7 = 36.4, * 4 / 7 = 145.7. */
  CHECK_PIXELS("P2 4 1 7 0 1 4 7", 1, 4, "\0\44\222\377");
  CHECK_PIXELS("P5 4 1 7 \0\1\4\7", 1, 4, "\0\44\222\377");
  /* Two bytes a pixel: 128 and 129 of 65535 are 0.498 and 0.502 of 255. */
  CHECK_PIXELS("P5 3 1 65535 \0\200\0\201\377\377", 1, 3, "\0\1\377");
  CHECK_PIXELS("P2 3 1 65535 128 129 65535", 1, 3, "\0\1\377");
}

/* Luminance 0.2126, 0.7152, 0.0722: 54.2, 182.4, 18.4 of 255. */
static void colours(void) {
  name_file();
  CHECK_PIXELS("P3 4 1 255 255 0 0  0 255 0  0 0 255  9 9 9", 1, 4, "\66\266\22\11");
  CHECK_PIXELS("P6 4 1 255 \377\0\0\0\377\0\0\0\377\11\11\11", 1, 4, "\66\266\22\11");
  CHECK_PIXELS("P6 2 1 65535 \377\377\0\0\0\0\200\200\200\200\200\200", 1, 2, "\66\200");
}

static void refused(void) {
  name_file();
  static const struct {
    const char *text, *fault;
  } files[] = {
      {"P5", "width and height are damaged"},
      {"P5\nx 2\n255\n", "width and height are damaged"},
      {"P5\n3 -2\n255\n", "width and height are damaged"},
      {"P5\n3 99999999999999999999\n255\n", "width and height are damaged"},
      {"P5\n3 # 2\n", "width and height are damaged"},
      {"P5\n0 2\n255\n", "has 2 x 0 pixels, must be 1 x 1 to"},
      {"P5\n8193 1\n255\n", "has 1 x 8193 pixels"},
      {"P5\n1 8193\n255\n", "has 8193 x 1 pixels"},
      {"P5\n3 2\n0\n", "largest value must be 1 to 65535"},
      {"P5\n3 2\n65536\n", "largest value must be 1 to 65535"},
      {"P5\n3 2\n", "largest value"},
      {"P5\n3 2\n255", "no blank follows"},
      {"P5\n3 2\n255x......", "no blank follows"},
      {"P5\n3 2\n255\n.....", "are too few for 2 x 3 pixels"},
      {"P5\n3 2\n256\n...........", "are too few"},
      {"P6\n3 2\n255\n.................", "are too few"},
      {"P4\n9 2\n...", "are too few"},
      {"P1\n3 2\n10101", "are too few"},
      {"P1\n3 2\n 10 10 1  ", "row 1 of its pixels is damaged"},
      {"P1\n3 2\n 101 012", "row 1 of its pixels is damaged"},
      {"P2\n3 1\n7\n1 2 8", "row 0 of its pixels is damaged"},
      {"P2\n3 1\n7\n1 2 x", "row 0 of its pixels is damaged"},
      {"P2\n2 2\n7\n1 2 3       ", "row 1 of its pixels is damaged"},
      {"P5\n3 1\n7\n\1\2\10", "row 0 of its pixels is damaged"},
      {"P5\n8192 8192\n255\nxxxx", "are too few for 8192 x 8192 pixels"},
  };
  for (size_t i = 0; i < sizeof files / sizeof files[0]; ++i) {
    struct ms_picture picture;
    write_bytes(files[i].text, strlen(files[i].text));
    test_context("%s", files[i].text);
    CHECK(ms_picture_read(path, &MS_PICTURE_LIMITS, &picture) == MS_ERROR_DATA && !picture.pixels);
    CHECK_MESSAGE(strncmp(ms_error_message(), path, strlen(path)) == 0 && strstr(ms_error_message(), files[i].fault),
                  "%s", ms_error_message());
  }
}

static const struct test_case cases[] = {
    {"bits", bits},
    {"greys", greys},
    {"colours", colours},
    {"refused", refused},
};

TEST_MAIN(cases)
