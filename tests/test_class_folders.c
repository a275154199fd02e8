/* Data sets as PNG files in a folder per class: labels, order, parts, and what is refused. */
#define _POSIX_C_SOURCE 200809L /* truncate */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/pictures/class_folders.h"
#include "runtime/pictures/file_list.h"
#include "runtime/platform/files.h"
#include "runtime/platform/memory.h"
#include "tests/harness.h"
#include "tests/png_files.h"

enum { ROWS = 2, COLS = 3, PIXELS = ROWS * COLS };

/* ---- Folders ---- */

/* folder/name, in a folder that is made. */
static const char *place(const char *folder, const char *name) {
  static char path[512];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  char *slash = strrchr(path, '/');
  *slash = '\0';
  CHECK(ms_make_folder(path) == MS_OK);
  *slash = '/';
  return path;
}

/* A grey image that begins with value. */
static void put_of_size(const char *folder, const char *name, int value, size_t rows, size_t cols) {
  uint8_t samples[64];
  for (size_t i = 0; i < rows * cols; ++i)
    samples[i] = (uint8_t)(value + (int)i);
  const struct png_file file = {.rows = rows, .cols = cols, .type = 0, .depth = 8, .samples = samples};
  png_write_file(place(folder, name), &file);
}

static void put(const char *folder, const char *name, int value) {
  put_of_size(folder, name, value, ROWS, COLS);
}

static void put_text(const char *folder, const char *name) {
  test_write_file(place(folder, name), "text", 4);
}

/* Classes 1 and 3, three images for training and one for testing. */
static const char *good_folder(void) {
  const char *folder = test_folder();
  put(folder, "train/3/0.png", 10);
  put(folder, "train/1/1.png", 20);
  put(folder, "train/3/2.png", 30);
  put(folder, "test/1/0.png", 40);
  return folder;
}

static void read_part(const char *folder, enum ms_data_part part, struct ms_data *data) {
  CHECK(ms_class_folders_are_there(folder));
  CHECK_MESSAGE(ms_class_folders_read(folder, &(struct ms_data_options){.part = part}, data) == MS_OK, "%s",
                ms_error_message());
}

/* The first pixels and the labels of all images. */
static void check_images(const struct ms_dataset *data, size_t n, const uint8_t *values, const uint8_t *labels) {
  CHECK_MESSAGE(data->n == n, "%zu images, expected %zu", data->n, n);
  for (size_t i = 0; i < n; ++i) {
    const uint8_t *image = data->images + i * data->rows * data->cols;
    CHECK_MESSAGE(image[0] == values[i], "image %zu is %d, expected %d", i, image[0], values[i]);
    CHECK_MESSAGE(data->labels[i] == labels[i], "label %zu is %d, expected %d", i, data->labels[i], labels[i]);
  }
}

static void check_refused_part(const char *folder, enum ms_data_part part, const char *name, const char *fault) {
  struct ms_data data;
  test_context("%s: %s", name, fault);
  CHECK(ms_class_folders_read(folder, &(struct ms_data_options){.part = part}, &data) == MS_ERROR_DATA);
  CHECK_MESSAGE(strstr(ms_error_message(), name) && strstr(ms_error_message(), fault), "%s", ms_error_message());
  for (size_t i = 0; i < sizeof data.owned / sizeof data.owned[0]; ++i)
    CHECK(!data.owned[i]);
}

static void check_refused(const char *folder, const char *name, const char *fault) {
  check_refused_part(folder, MS_DATA_BOTH, name, fault);
}

/* ---- What is read ---- */

static void numbers(void) {
  struct ms_data data;
  read_part(good_folder(), MS_DATA_BOTH, &data);
  check_images(&data.train, 3, (const uint8_t[]){10, 20, 30}, (const uint8_t[]){3, 1, 3});
  check_images(&data.test, 1, (const uint8_t[]){40}, (const uint8_t[]){1});
  CHECK(data.train.rows == ROWS && data.train.cols == COLS && data.train.n_classes == 4);
  CHECK(data.test.rows == ROWS && data.test.cols == COLS && data.test.n_classes == 4);
  CHECK(data.train.images[PIXELS - 1] == 10 + PIXELS - 1 && !data.class_names[1] && !data.owned[4]);
  CHECK_MESSAGE(strcmp(data.description, "PNG files, a folder per class: train, test") == 0, "%s", data.description);
  ms_data_free(&data);
}

/* Zeros before a number do not matter; a number over 255 makes all of them names. */
static void numbers_as_names(void) {
  struct ms_data data;
  const char *folder = test_folder();
  put(folder, "train/00/0.png", 1);
  put(folder, "train/010/1.png", 2);
  put(folder, "train/255/2.png", 3);
  put(folder, "test/10/0.png", 4);
  read_part(folder, MS_DATA_BOTH, &data);
  check_images(&data.train, 3, (const uint8_t[]){1, 2, 3}, (const uint8_t[]){0, 10, 255});
  check_images(&data.test, 1, (const uint8_t[]){4}, (const uint8_t[]){10});
  CHECK(data.train.n_classes == 256);
  ms_data_free(&data);
  put(folder, "train/256/3.png", 5);
  read_part(folder, MS_DATA_TRAINING, &data);
  check_images(&data.train, 4, (const uint8_t[]){1, 2, 3, 5}, (const uint8_t[]){0, 1, 2, 3});
  CHECK(strcmp(data.class_names[1], "010") == 0);
  ms_data_free(&data);
}

static void names(void) {
  struct ms_data data;
  const char *folder = test_folder();
  put(folder, "training/\xc3\x84pfel/0.png", 1);
  put(folder, "training/10/1.png", 2);
  put(folder, "training/Zebra/2.png", 3);
  put(folder, "training/apple pie/3.PNG", 4);
  put(folder, "testing/Zebra/0.png", 5);
  put(folder, "testing/\xc3\x84pfel/1.png", 6);
  put(folder, "valid/10/0.png", 7);
  read_part(folder, MS_DATA_BOTH, &data);
  check_images(&data.train, 4, (const uint8_t[]){1, 2, 3, 4}, (const uint8_t[]){3, 0, 1, 2});
  check_images(&data.test, 2, (const uint8_t[]){5, 6}, (const uint8_t[]){1, 3});
  CHECK(data.train.n_classes == 4 && data.test.n_classes == 4);
  CHECK(strcmp(data.class_names[0], "10") == 0 && strcmp(data.class_names[1], "Zebra") == 0);
  CHECK(strcmp(data.class_names[2], "apple pie") == 0 && strcmp(data.class_names[3], "\xc3\x84pfel") == 0);
  CHECK(!data.class_names[4]);
  CHECK_MESSAGE(strcmp(data.description, "PNG files, a folder per class: training, testing; not read: valid") == 0,
                "%s", data.description);
  ms_data_free(&data);
}

static void without_parts(void) {
  struct ms_data data;
  const char *folder = test_folder();
  put(folder, "a/0.png", 1);
  put(folder, "b/0.png", 2);
  put_text(folder, "README.txt");
  read_part(folder, MS_DATA_TEST_IF_THERE, &data);
  check_images(&data.train, 2, (const uint8_t[]){1, 2}, (const uint8_t[]){0, 1});
  CHECK(data.test.n == 0 && !data.test.images && strcmp(data.description, "PNG files, a folder per class") == 0);
  ms_data_free(&data);
  check_refused(folder, folder, "no folder of test images");
  check_refused_part(folder, MS_DATA_TEST, folder, "no folder of test images");
}

/* What is not wanted is damaged, and not opened. */
static void parts(void) {
  struct ms_data data;
  const char *folder = good_folder();
  put_text(folder, "test/1/0.png");
  read_part(folder, MS_DATA_TRAINING, &data);
  CHECK(data.train.n == 3 && data.test.n == 0 && !data.owned[2]);
  CHECK(strcmp(data.description, "PNG files, a folder per class: train") == 0);
  ms_data_free(&data);
  check_refused_part(folder, MS_DATA_TEST, "test/1/0.png", "not a PNG, JPEG");
  check_refused_part(folder, MS_DATA_TEST_IF_THERE, "test/1/0.png", "not a PNG, JPEG");
  folder = good_folder();
  put_text(folder, "train/3/0.png");
  read_part(folder, MS_DATA_TEST, &data);
  check_images(&data.test, 1, (const uint8_t[]){40}, (const uint8_t[]){1});
  CHECK(data.train.n == 0 && !data.owned[0] && data.test.n_classes == 4);
  ms_data_free(&data);
  check_refused_part(folder, MS_DATA_TRAINING, "train/3/0.png", "not a PNG, JPEG");
}

static void order(void) {
  static const char *const sorted[] = {"!.png",
                                       "01.png",
                                       "1.png",
                                       "2.png",
                                       "10.png",
                                       "10a2.png",
                                       "10a10.png",
                                       "18446744073709551616.png",
                                       "18446744073709551617.png",
                                       "A.png",
                                       "a-1.png",
                                       "a.png",
                                       "a0.png",
                                       "a0b.png",
                                       "b",
                                       "b0",
                                       "b1",
                                       "b1.",
                                       "\xc3\x84.png"};
  enum { N = sizeof sorted / sizeof sorted[0] };
  for (size_t a = 0; a < N; ++a)
    for (size_t b = 0; b < N; ++b) {
      const int found = ms_compare_file_names(sorted[a], sorted[b]), expected = a < b ? -1 : a > b;
      CHECK_MESSAGE((found > 0) - (found < 0) == expected, "%s and %s: %d", sorted[a], sorted[b], found);
    }
  struct ms_data data;
  const char *folder = test_folder();
  put(folder, "b/1.png", 3);
  put(folder, "b/10.png", 5);
  put(folder, "a/1.png", 2);
  put(folder, "a/9.png", 4);
  put(folder, "b/0.png", 1);
  read_part(folder, MS_DATA_TRAINING, &data);
  check_images(&data.train, 5, (const uint8_t[]){1, 2, 3, 4, 5}, (const uint8_t[]){1, 0, 1, 0, 1});
  ms_data_free(&data);
}

static void transposition(void) {
  struct ms_data data;
  const char *folder = good_folder();
  const struct ms_data_options options = {.transpose = MS_TRANSPOSE}, never = {.transpose = MS_TRANSPOSE_NEVER};
  CHECK(ms_class_folders_read(folder, &options, &data) == MS_OK);
  CHECK(data.train.rows == COLS && data.train.cols == ROWS && data.test.rows == COLS && data.test.cols == ROWS);
  CHECK(memcmp(data.train.images, (const uint8_t[]){10, 13, 11, 14, 12, 15}, PIXELS) == 0);
  CHECK(strcmp(data.description, "PNG files, a folder per class: train, test; transposed") == 0);
  ms_data_free(&data);
  CHECK(ms_class_folders_read(folder, &never, &data) == MS_OK);
  CHECK(data.train.rows == ROWS && data.train.images[1] == 11);
  ms_data_free(&data);
}

static void hidden_and_links(void) {
  struct ms_data data;
  const char *folder = good_folder();
  char to[512];
  put_text(folder, "train/.DS_Store");
  put_text(folder, "train/.git/config");
  put_text(folder, "train/3/.DS_Store");
  put_text(folder, "train/3/.thumbnails/0.png");
  put_text(folder, "train/labels.csv");
  put(folder, "elsewhere/image", 50);
  snprintf(to, sizeof to, "%s/elsewhere/image", folder);
  test_make_link(to, place(folder, "train/1/3.png"));
  test_make_link("../train/3", place(folder, "test/3"));
  read_part(folder, MS_DATA_BOTH, &data);
  check_images(&data.train, 4, (const uint8_t[]){10, 20, 30, 50}, (const uint8_t[]){3, 1, 3, 1});
  check_images(&data.test, 3, (const uint8_t[]){40, 10, 30}, (const uint8_t[]){1, 3, 3});
  ms_data_free(&data);
}

static void are_there(void) {
  const char *folder = test_folder();
  CHECK(!ms_class_folders_are_there("/nowhere/at/all") && !ms_class_folders_are_there(folder));
  put_text(folder, "train-images-idx3-ubyte");
  put_text(folder, "notes/a.txt");
  put_text(folder, "train/a.txt");
  put(folder, "0.png", 1);
  CHECK(!ms_class_folders_are_there(folder));
  put_text(folder, "train/5/a.jpg"); /* it is meant to be one: reading says what is wrong */
  CHECK(ms_class_folders_are_there(folder));
  folder = test_folder();
  put(folder, "5/0.png", 1);
  CHECK(ms_class_folders_are_there(folder));
}

/* ---- What is refused ---- */

static void wrong_files(void) {
  const char *folder = good_folder();
  put_of_size(folder, "test/1/1.png", 50, COLS, ROWS);
  check_refused(folder, "test/1/1.png: is 3 x 2 pixels", "train/3/0.png is 2 x 3");
  folder = good_folder();
  CHECK(truncate(place(folder, "train/3/2.png"), 60) == 0);
  check_refused(folder, "train/3/2.png", "damaged PNG file");
  folder = good_folder();
  test_write_file(place(folder, "train/3/2.png"), "GIF89a", 6);
  check_refused(folder, "train/3/2.png", "its format is GIF");
  folder = good_folder();
  put_text(folder, "train/3/Thumbs.db");
  check_refused(folder, "train/3/Thumbs.db", "is a file that is not named .png");
  folder = good_folder();
  put(folder, "train/3/more/3.png", 50);
  check_refused(folder, "train/3/more", "is a folder in the folder of a class");
  folder = good_folder();
  put(folder, "train/3/4.png/0.png", 50);
  check_refused(folder, "train/3/4.png", "is a folder");
  folder = good_folder();
  put(folder, "train/3.png", 50);
  check_refused(folder, "train/3.png", "lies beside the folders of the classes");
}

static void wrong_classes(void) {
  const char *folder = good_folder();
  place(folder, "train/7/0.png");
  check_refused(folder, "train/7", "holds no PNG file");
  folder = good_folder();
  place(folder, "test/3/0.png");
  check_refused(folder, "test/3", "holds no PNG file");
  folder = good_folder();
  put(folder, "test/2/0.png", 50);
  check_refused(folder, "test/2", "there are no training images of this class");
  folder = good_folder();
  put(folder, "train/03/0.png", 50);
  check_refused(folder, "train", "are the same class");
  folder = test_folder();
  put(folder, "train/3/0.png", 50);
  check_refused(folder, "train", "holds 1 folders, must hold one for each class, at least 2");
  put(folder, "train/4/0.png", 50);
  check_refused(folder, folder, "no folder of test images");
  place(folder, "test/x");
  check_refused(folder, "test", "holds 0 folders");
}

static void wrong_names(void) {
  char name[128], longest[65];
  struct ms_data data;
  memset(longest, 'x', sizeof longest - 1);
  longest[sizeof longest - 1] = '\0';
  const char *folder = good_folder();
  snprintf(name, sizeof name, "train/%s/0.png", longest);
  put(folder, name, 50);
  read_part(folder, MS_DATA_TRAINING, &data);
  CHECK(strcmp(data.class_names[2], longest) == 0);
  ms_data_free(&data);
  snprintf(name, sizeof name, "train/%sx/0.png", longest);
  put(folder, name, 50);
  check_refused(folder, longest, "of at most 64 bytes");
  folder = good_folder();
  char odd[MS_PATH_SIZE];
  if (ms_path_join(odd, folder, "train/a\nb") != MS_OK || ms_make_folder(odd) != MS_OK)
    test_skip("this system has no such names");
  put(folder, "train/a\nb/0.png", 50);
  check_refused(folder, "train/a?b", "without control characters");
  folder = good_folder();
  put(folder, "train/\xff/0.png", 50);
  check_refused(folder, "train/", "must be UTF-8");
}

static void too_many_classes(void) {
  char name[64];
  struct ms_data data;
  const char *folder = test_folder();
  for (int i = 0; i < MS_MAX_CLASSES; ++i) {
    snprintf(name, sizeof name, "c%03d/0.png", i);
    put(folder, name, 255 - i);
  }
  read_part(folder, MS_DATA_TRAINING, &data);
  CHECK(data.train.n_classes == MS_MAX_CLASSES && data.train.images[255 * PIXELS] == 0 &&
        data.train.labels[255] == 255);
  ms_data_free(&data);
  put(folder, "c256/0.png", 1);
  check_refused(folder, folder, "more than 256 folders");
}

static void wrong_layout(void) {
  struct ms_data data;
  const char *folder = good_folder();
  place(folder, "training/x");
  check_refused(folder, folder, "holds both train and training: keep one");
  folder = good_folder();
  place(folder, "testing/x");
  check_refused(folder, folder, "holds both test and testing: keep one");
  folder = test_folder();
  put(folder, "a/0.png", 1);
  put(folder, "b/0.png", 1);
  put(folder, "test/0.png", 1);
  check_refused(folder, folder, "holds a folder test, but no folder train");
  check_refused("/nowhere/at/all", "/nowhere/at/all", "cannot be read");
  folder = good_folder();
  CHECK(ms_class_folders_read(folder, &(struct ms_data_options){.split = "letters"}, &data) == MS_ERROR_DATA);
  CHECK(strstr(ms_error_message(), "no 'letters'") && strstr(ms_error_message(), "one data set only"));
}

/* As many links to one picture of 64 MiB as memory cannot hold: they are counted, and one is read. */
static void more_than_memory(void) {
  enum { SIDE = 8192 };
  const size_t n = (size_t)(ms_memory_limit() / SIDE / SIDE) + 1;
  char name[64], to[256];
  struct ms_data data;
  const char *folder = test_folder();
  const struct png_file file = {
      .rows = SIDE, .cols = SIDE, .type = 0, .depth = 1, .samples = test_buffer(SIDE * (SIDE / 8), 0)};
  png_write_file(place(folder, "a/0.png"), &file);
  snprintf(to, sizeof to, "%s/a/0.png", folder);
  for (size_t i = 0; i < n; ++i) {
    snprintf(name, sizeof name, "b/%zu.png", i);
    test_make_link(to, place(folder, name));
  }
  CHECK(ms_class_folders_read(folder, &(struct ms_data_options){.part = MS_DATA_TRAINING}, &data) == MS_ERROR_MEMORY);
  CHECK_MESSAGE(strstr(ms_error_message(), "images of 8192 x 8192 pixels need"), "%s", ms_error_message());
}

static const struct test_case cases[] = {
    {"numbers", numbers},
    {"numbers_as_names", numbers_as_names},
    {"names", names},
    {"without_parts", without_parts},
    {"parts", parts},
    {"order", order},
    {"transposition", transposition},
    {"hidden_and_links", hidden_and_links},
    {"are_there", are_there},
    {"wrong_files", wrong_files},
    {"wrong_classes", wrong_classes},
    {"wrong_names", wrong_names},
    {"too_many_classes", too_many_classes},
    {"wrong_layout", wrong_layout},
    {"more_than_memory", more_than_memory},
};

TEST_MAIN(cases)
