/* The parts of pages: escaped text, numbers, PNG images decoded again, images for a terminal, ticks of axes. */
#include <math.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/data/pixels.h"
#include "runtime/platform/c_locale.h"
#include "runtime/report/half_blocks.h"
#include "runtime/report/line_chart.h"
#include "runtime/report/markup.h"
#include "runtime/report/png.h"
#include "tests/harness.h"

static void check_escape(const char *string, const char *expected) {
  struct ms_text text = {0};
  ms_text_add(&text, ">");
  ms_markup_escape(&text, string);
  CHECK_MESSAGE(strcmp(text.data + 1, expected) == 0, "'%s' became '%s'", string, text.data + 1);
  ms_text_free(&text);
}

#define BAD "\xef\xbf\xbd"

static void escape(void) {
  check_escape("", "");
  check_escape("<script>alert('x')</script>", "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;");
  check_escape("\" onload=\"x&", "&quot; onload=&quot;x&amp;");
  check_escape("h\xc3\xa9 \xe2\x86\x92 \xf0\x9f\x99\x82", "h\xc3\xa9 \xe2\x86\x92 \xf0\x9f\x99\x82");
  check_escape("\x01\n\x7f\xc2\x85", BAD BAD BAD BAD);
  check_escape("a\xff<", "a" BAD "&lt;");
  check_escape("\xc3<", BAD "&lt;");                 /* a character cut off must not take its neighbour with it */
  check_escape("\xe2\x86", BAD BAD);                 /* cut off by the end */
  check_escape("\xc0\xbc", BAD BAD);                 /* '<' in two bytes */
  check_escape("\xe0\x80\xbc", BAD BAD BAD);         /* and in three */
  check_escape("\xed\xa0\x80", BAD BAD BAD);         /* a surrogate */
  check_escape("\xf4\x90\x80\x80", BAD BAD BAD BAD); /* beyond Unicode */
}

static void numbers(void) {
  char out[MS_SHORT_TEXT];
  CHECK(strcmp(ms_markup_count(out, 0), "0") == 0 && strcmp(ms_markup_count(out, 999), "999") == 0);
  CHECK(strcmp(ms_markup_count(out, 1000), "1,000") == 0 && strcmp(ms_markup_count(out, 1234567), "1,234,567") == 0);
  CHECK(strcmp(ms_markup_percent(out, 0.9837), "98.37\xc2\xa0%") == 0);
  CHECK(strcmp(ms_format_loss(out, 0.04667), "0.0467") == 0 && strcmp(ms_format_loss(out, 1e30), "1.0e+30") == 0);
}

/* The bytes of the image in a data URI. */
static size_t decode_base64(const struct ms_text *uri, uint8_t *bytes) {
  static const char head[] = "data:image/png;base64,",
                    digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  CHECK(strncmp(uri->data, head, sizeof head - 1) == 0 && (uri->length - (sizeof head - 1)) % 4 == 0);
  size_t n = 0, n_bits = 0;
  uint32_t bits = 0;
  for (const char *c = uri->data + sizeof head - 1; *c && *c != '='; ++c) {
    const char *digit = strchr(digits, *c);
    CHECK(digit);
    bits = bits << 6 | (uint32_t)(digit - digits);
    n_bits += 6;
    if (n_bits >= 8)
      bytes[n++] = (uint8_t)(bits >> (n_bits -= 8));
  }
  return n;
}

/* Decodes with libpng to grey-and-alpha or to RGB. */
static uint8_t *decode(struct ms_text *uri, png_uint_32 format, size_t width, size_t height) {
  uint8_t *file = malloc(uri->length), *pixels = malloc(width * height * 4);
  png_image image = {.version = PNG_IMAGE_VERSION};
  CHECK(file && pixels);
  CHECK_MESSAGE(png_image_begin_read_from_memory(&image, file, decode_base64(uri, file)), "%s", image.message);
  CHECK(image.width == width && image.height == height);
  image.format = format;
  CHECK_MESSAGE(png_image_finish_read(&image, NULL, pixels, 0, NULL), "%s", image.message);
  free(file);
  ms_text_free(uri);
  return pixels;
}

static void png_ink(void) {
  static const size_t sizes[][2] = {{1, 1}, {28, 28}, {3, 50}, {64, 1}, {301, 77}};
  for (size_t i = 0; i < 5; ++i) {
    const size_t width = sizes[i][0], height = sizes[i][1];
    struct ms_text uri = {0};
    uint8_t *ink = malloc(width * height);
    CHECK(ink);
    for (size_t p = 0; p < width * height; ++p)
      ink[p] = (uint8_t)test_random_below(256);
    CHECK_MESSAGE(ms_png_add_ink(&uri, ink, width, height) == MS_OK, "%s", ms_error_message());
    uint8_t *pixels = decode(&uri, PNG_FORMAT_GA, width, height);
    for (size_t p = 0; p < width * height; ++p)
      CHECK(pixels[2 * p] == 0 && pixels[2 * p + 1] == ink[p]);
    free(pixels);
    free(ink);
  }
  struct ms_text uri = {0};
  const uint8_t pixel = 0;
  CHECK(ms_png_add_ink(&uri, &pixel, 0, 1) == MS_ERROR_ARGUMENT);
  CHECK(ms_png_add_ink(&uri, &pixel, SIZE_MAX / 2, 4) == MS_ERROR_ARGUMENT);
}

static void png_palette(void) {
  enum { WIDTH = 40, HEIGHT = 9, COLOURS = 255 };
  uint8_t palette[3 * COLOURS], index[WIDTH * HEIGHT];
  struct ms_text uri = {0};
  for (size_t i = 0; i < sizeof palette; ++i)
    palette[i] = (uint8_t)test_random_below(256);
  for (size_t i = 0; i < sizeof index; ++i)
    index[i] = (uint8_t)test_random_below(COLOURS);
  CHECK_MESSAGE(ms_png_add_palette(&uri, index, WIDTH, HEIGHT, palette, COLOURS) == MS_OK, "%s", ms_error_message());
  uint8_t *pixels = decode(&uri, PNG_FORMAT_RGB, WIDTH, HEIGHT);
  for (size_t i = 0; i < sizeof index; ++i)
    CHECK(memcmp(pixels + 3 * i, palette + 3 * index[i], 3) == 0);
  free(pixels);
}

/* Images of bytes as they are, of floats by their value from 0 to 1. */
static void pixels(void) {
  static const uint8_t images[] = {0, 0, 0, 0, 0, 128, 255, 7}, expected[] = {0, 255, 0, 255, 128, 1};
  static const float floats[] = {9, 9, 9, 9, 9, 9, -0.5f, 1.5f, 0, 1, 0.5f, 0.003f}; /* 127.5 and 0.765 are rounded */
  uint8_t found[6];
  const struct ms_dataset bytes = {.n = 2, .rows = 2, .cols = 2, .images = images};
  const struct ms_dataset numbers = {.n = 2, .rows = 2, .cols = 3, .floats = floats};
  ms_image_bytes(&bytes, 1, found);
  CHECK(memcmp(found, images + 4, 4) == 0);
  ms_image_bytes(&numbers, 1, found);
  CHECK(memcmp(found, expected, sizeof expected) == 0);
}

/* A 3 x 5 picture between empty margins. */
static const uint8_t picture[] = {
    0, 0,   0,   0,   0, 0, /**/
    0, 255, 0,   0,   0, 0, /**/
    0, 0,   255, 255, 0, 0, /**/
    0, 255, 255, 0,   0, 0, /**/
    0, 0,   0,   0,   0, 0, /**/
};

static void check_drawing(enum ms_block_style style, size_t n, size_t width, const char *expected) {
  const struct ms_captioned images[] = {{picture, {"one", ""}}, {picture, {"two", "2"}}};
  struct ms_text text = {0};
  ms_draw_images(&text, style, images, n, 5, 6, width);
  CHECK_MESSAGE(text.data && strcmp(text.data, expected) == 0, "\n%s", text.data);
  ms_text_free(&text);
}

static void terminal(void) {
  check_drawing(MS_BLOCKS_PLAIN, 1, 80, "▀▄▄\n▀▀ \none\n");
  check_drawing(MS_BLOCKS_PLAIN, 2, 80, "▀▄▄  ▀▄▄\n▀▀   ▀▀ \none  two\n     2\n");
  check_drawing(MS_BLOCKS_PLAIN, 2, 7, "▀▄▄\n▀▀ \none\n\n▀▄▄\n▀▀ \ntwo\n2\n");
  const struct ms_captioned wide[] = {{picture, {"おき", ""}}, {picture, {"two", ""}}};
  struct ms_text text = {0};
  ms_draw_images(&text, MS_BLOCKS_PLAIN, wide, 2, 5, 6, 80);
  CHECK_MESSAGE(strcmp(text.data, "▀▄▄   ▀▄▄\n▀▀    ▀▀ \nおき  two\n") == 0, "\n%s", text.data);
  ms_text_free(&text);
  check_drawing(MS_BLOCKS_ASCII, 1, 80, "===\n== \none\n");
  check_drawing(MS_BLOCKS_GREY, 1, 1, "\033[38;5;244;48;5;232m▀\033[0m\none\n"); /* 5 of 9 pixels are full: 141 */
}

/* Few steps of a round size that reach over the range. */
static void ticks(void) {
  for (int i = 0; i < 2000; ++i) {
    const double low = (double)test_random_float(-100, 100);
    const double span = exp((double)test_random_float(-12, 12));
    const struct ms_ticks t = ms_ticks_for(low, low + span, 6);
    const double first = t.step * pow(10, t.decimals);
    test_context("%g + %g: step %g, %d decimals", low, span, t.step, t.decimals);
    CHECK(span / t.step <= 6 * (1 + 1e-9) && span / t.step > 2);
    CHECK(t.decimals >= 0 && (t.decimals == 0 || (first > 0.99 && first < 5.01)));
  }
  CHECK(ms_ticks_for(1, 1, 6).step == 1 && ms_ticks_for(0, (double)INFINITY, 6).step == 1);
}

/* Values of any size that a reader lets through: an axis with few ticks, and an end to the drawing of it. */
static void axes(void) {
  static const double values[] = {0, 1, 5e-324, 1e-310, 1e-300, 1e-12, 0.25, 98.4, 1e20, 1e300};
  enum { N = sizeof values / sizeof values[0] };
  const double x[] = {1, 2};
  for (size_t i = 0; i < N * N * 2; ++i) {
    const double other = i % 2 == 0 ? values[i / 2 % N] : nextafter(values[i / 2 / N], (double)INFINITY);
    const double y[] = {values[i / 2 / N], other};
    struct ms_panel panel = {0};
    const struct ms_line_chart chart = {.title = "loss",
                                        .x_name = "epoch",
                                        .n = 2,
                                        .x = x,
                                        .point_name = "epoch",
                                        .n_series = 1,
                                        .series = {{.name = "training", .style = "training", .y = y}},
                                        .low = fmin(y[0], y[1]),
                                        .high = fmax(y[0], y[1]),
                                        .high_limit = (double)INFINITY,
                                        .decimals = 4,
                                        .unit = ""};
    ms_line_chart_draw(&chart, &panel);
    size_t n_ticks = 0;
    for (const char *at = panel.svg.data; (at = strstr(at, "class=\"grid\"")) != NULL; ++at)
      ++n_ticks;
    test_context("from %g to %g: %zu ticks", chart.low, chart.high, n_ticks);
    CHECK(n_ticks >= 2 && n_ticks <= 9 && !strstr(panel.svg.data, "nan") && !strstr(panel.svg.data, "inf"));
    ms_text_free(&panel.svg);
    ms_text_free(&panel.csv);
    ms_text_free(&panel.label);
  }
}

static const struct test_case cases[] = {
    {"escape", escape}, {"numbers", numbers},   {"png_ink", png_ink}, {"png_palette", png_palette},
    {"pixels", pixels}, {"terminal", terminal}, {"ticks", ticks},     {"axes", axes},
};

TEST_MAIN(cases)
