/* Classes with names, as people read them: columns of a terminal, names cut off, tables and captions. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/cli/class_tables.h"
#include "runtime/cli/print.h"
#include "runtime/platform/columns.h"
#include "runtime/platform/console.h"
#include "tests/harness.h"

static void columns(void) {
  CHECK(ms_columns("") == 0 && ms_columns("Ankle boot") == 10);
  CHECK(ms_columns("\xc3\xa9") == 1);                     /* é */
  CHECK(ms_columns("e\xcc\x81") == 1);                    /* e and an accent that combines with it */
  CHECK(ms_columns("\xe3\x81\x8a\xe3\x81\x8d") == 4);     /* two Hiragana letters */
  CHECK(ms_columns("\xed\x95\x9c\xf0\x9f\x91\x9f") == 4); /* a Hangul syllable, a shoe */
  CHECK(ms_columns("a\xff") == 2);
}

static void check_cut(size_t size, const char *text, size_t columns, const char *expected) {
  char out[32];
  memset(out, 'x', sizeof out);
  ms_cut_columns(out, size, text, columns);
  CHECK_MESSAGE(strcmp(out, expected) == 0, "'%s' in %zu columns: '%s'", text, columns, out);
  CHECK(ms_columns(out) <= columns && out[size] == 'x');
}

static void cut(void) {
  check_cut(20, "Ankle boot", 10, "Ankle boot");
  check_cut(20, "Ankle boot", 9, "Ankle bo…");
  check_cut(20, "Ankle boot", 7, "Ankle…"); /* no blank before it */
  check_cut(20, "Ankle boot", 1, "…");
  check_cut(11, "Ankle boot", 30, "Ankle boot");
  check_cut(10, "Ankle boot", 30, "Ankle…");
  check_cut(20, "おきす", 6, "おきす");
  check_cut(20, "おきす", 5, "おき…");
  check_cut(20, "おきす", 4, "お…"); /* a wide character is not cut in two */
  check_cut(8, "おきす", 9, "お…");
  check_cut(4, "おきす", 9, "…");
}

/* ---- Tables ---- */

enum { N = 11 };
static const char *const names[MS_MAX_CLASSES] = {
    [1] = "Trouser", [2] = "おき", [9] = "Ankle boot", [10] = "A name that is much too long to be shown"};

struct tables {
  const char *const *names;
  size_t columns;
};

static void print(const void *context) {
  static double scores[N] = {1, 0.5, (double)NAN};
  static size_t support[N] = {3, 2}, confusion[N * N] = {[0] = 3, [N] = 1, [N + 9] = 4, [2 * N + 10] = 2};
  const struct tables *tables = context;
  const struct ms_evaluation e = {.n_classes = N,
                                  .macro_f1 = 0.75,
                                  .precision = scores,
                                  .recall = scores,
                                  .f1 = scores,
                                  .support = support,
                                  .confusion = confusion};
  print_tables(&e, tables->names, tables->columns);
}

static void check_tables(const char *const *class_names, size_t columns, const char *const *expected) {
  const struct tables tables = {class_names, columns};
  char *text = test_printed(print, &tables);
  for (; *expected; ++expected)
    CHECK_MESSAGE(strstr(text, *expected), "in %zu columns no '%s' in %s", columns, *expected, text);
  free(text);
}

static void tables(void) {
  static const char *const none[MS_MAX_CLASSES] = {NULL};
  test_environment("LC_ALL", "C.UTF-8");
  check_tables(none, SIZE_MAX,
               (const char *[]){
                   "\nclass  precision  recall      F1  images\n", "\n    0     1.0000  1.0000  1.0000       3\n",
                   "\n    2          -       -       -       0\n", "\nmacro F1 0.7500\n", "\nConfusion matrix", NULL});
  check_tables(names, 60,
               (const char *[]){"\nclass                      precision  recall      F1  images\n",
                                "\n 0                            1.0000  1.0000  1.0000       3\n",
                                "\n 1 Trouser                    0.5000  0.5000  0.5000       2\n",
                                "\n 2 おき                            -       -       -       0\n",
                                "\n10 A name that is much t…     0.0000", NULL});
  check_tables(names, 60,
               (const char *[]){"\nLargest of 3 confusions\n(the matrix needs 72 columns)\n"
                                "class                      predicted                  images\n"
                                " 1 Trouser                  9 Ankle boot                   4\n"
                                " 2 おき                    10 A name that is much t…       2\n"
                                " 1 Trouser                  0                              1\n",
                                NULL});
  check_tables(names, 40, /* none beside the scores */
               (const char *[]){"\n    1     0.5000  0.5000  0.5000       2\n",
                                "\n 1 Trouser        9 Ankle boot         4\n", NULL});
  check_tables(names, 30, (const char *[]){"\n     1          9       4\n", NULL});
  test_environment("LC_ALL", "C");
  if (!ms_console_is_utf8()) /* it always is on Windows */
    check_tables(names, SIZE_MAX,
                 (const char *[]){"\n 2 ??  ", "\n10 A name that is much too long to be shown     0.0000", NULL});
}

static void captions(void) {
  struct ms_captioned image;
  test_environment("LC_ALL", "C.UTF-8");
  caption_label(&image, 115, names, 9);
  caption_prediction(&image, names, 1, 0.991f);
  CHECK_MESSAGE(strcmp(image.lines[0], "image 115: 9 Ankle boot") == 0, "%s", image.lines[0]);
  CHECK_MESSAGE(strcmp(image.lines[1], "predicted 1 Trouser, 99.10 %") == 0, "%s", image.lines[1]);
  caption_label(&image, 115, names, 4);
  CHECK_MESSAGE(strcmp(image.lines[0], "image 115: 4") == 0, "%s", image.lines[0]);
  caption_prediction(&image, names, 10, 1);
  CHECK_MESSAGE(strcmp(image.lines[1], "predicted 10 A name that is…, 100.00 %") == 0, "%s", image.lines[1]);
  caption_label(&image, SIZE_MAX, names, 10);
  CHECK(ms_columns(image.lines[0]) <= 38);
}

static const struct test_case cases[] = {
    {"columns", columns},
    {"cut", cut},
    {"tables", tables},
    {"captions", captions},
};

TEST_MAIN(cases)
