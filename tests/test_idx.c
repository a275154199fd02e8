/* IDX files and data sets: what is read, and what is refused with a message that names the file and the fault. */
#define _POSIX_C_SOURCE 200809L /* truncate */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/data/batch.h"
#include "runtime/data/idx.h"
#include "runtime/platform/files.h"
#include "tests/harness.h"

enum { N_TRAIN = 9, N_TEST = 4, ROWS = 5, COLS = 7, PIXELS = ROWS * COLS, N_CLASSES = 3 };

static const char train_images[] = "train-images-idx3-ubyte", train_labels[] = "train-labels-idx1-ubyte";
static const char test_images[] = "t10k-images-idx3-ubyte", test_labels[] = "t10k-labels-idx1-ubyte";

static size_t header(uint8_t *file, size_t n_dimensions, const size_t *sizes) {
  const uint8_t magic[4] = {0, 0, 8, (uint8_t)n_dimensions};
  memcpy(file, magic, sizeof magic);
  for (size_t d = 0; d < n_dimensions; ++d)
    for (int byte = 0; byte < 4; ++byte)
      file[4 + 4 * d + (size_t)byte] = (uint8_t)(sizes[d] >> (24 - 8 * byte));
  return 4 + 4 * n_dimensions;
}

static void in_folder(char path[256], const char *folder, const char *name) {
  snprintf(path, 256, "%s/%s", folder, name);
}

static void write_images(const char *folder, const char *name, size_t n, size_t rows, size_t cols) {
  uint8_t file[16 + 20 * PIXELS];
  char path[256];
  const size_t sizes[3] = {n, rows, cols};
  size_t at = header(file, 3, sizes);
  for (size_t i = 0; i < n * rows * cols; ++i)
    file[at++] = (uint8_t)(i * 37 + 11);
  in_folder(path, folder, name);
  test_write_file(path, file, at);
}

static void write_labels(const char *folder, const char *name, size_t n, size_t n_classes) {
  uint8_t file[8 + 20];
  char path[256];
  size_t at = header(file, 1, &n);
  for (size_t i = 0; i < n; ++i)
    file[at++] = (uint8_t)((i + 1) % n_classes);
  in_folder(path, folder, name);
  test_write_file(path, file, at);
}

/* A folder with a good data set. */
static const char *good_folder(void) {
  const char *folder = test_folder();
  write_images(folder, train_images, N_TRAIN, ROWS, COLS);
  write_labels(folder, train_labels, N_TRAIN, N_CLASSES);
  write_images(folder, test_images, N_TEST, ROWS, COLS);
  write_labels(folder, test_labels, N_TEST, N_CLASSES);
  return folder;
}

static void good(void) {
  struct ms_data data;
  CHECK_MESSAGE(ms_data_load(good_folder(), &data) == MS_OK, "%s", ms_error_message());
  CHECK(data.train.n == N_TRAIN && data.test.n == N_TEST);
  CHECK(data.train.rows == ROWS && data.train.cols == COLS && data.test.n_classes == N_CLASSES);
  CHECK(data.train.images[0] == 11 &&
        data.train.images[N_TRAIN * PIXELS - 1] == (uint8_t)((N_TRAIN * PIXELS - 1) * 37 + 11));
  CHECK(data.train.labels[0] == 1 && data.train.labels[2] == 0);
  const struct ms_dataset slice = ms_dataset_slice(&data.train, 4, 3);
  CHECK(slice.n == 3 && slice.images == data.train.images + 4 * PIXELS && slice.labels == data.train.labels + 4);
  ms_data_free(&data);
  ms_data_free(&data); /* a second time does no harm */
}

static void gather(void) {
  static const uint32_t order[5] = {8, 0, 3, 3, 7};
  struct ms_data data;
  CHECK(ms_data_load(good_folder(), &data) == MS_OK);
  for (size_t threads = 1; threads <= 3; threads += 2) {
    CHECK(ms_init(NULL, threads) == MS_OK);
    for (int ordered = 0; ordered < 2; ++ordered) {
      float x[5 * PIXELS];
      uint8_t labels[5];
      ms_batch_gather(&data.train, ordered ? order : NULL, 2, 5, x, labels);
      for (size_t i = 0; i < 5; ++i) {
        const size_t image = ordered ? order[i] : 2 + i;
        CHECK(labels[i] == data.train.labels[image]);
        for (size_t p = 0; p < PIXELS; ++p)
          CHECK(x[i * PIXELS + p] == (float)data.train.images[image * PIXELS + p] / 255.0f);
      }
    }
    ms_shutdown();
  }
  ms_data_free(&data);
}

/* Loading the folder must fail and say both words. */
static void check_refused(const char *folder, const char *name, const char *fault) {
  struct ms_data data;
  test_context("%s: %s", name, fault);
  CHECK(ms_data_load(folder, &data) == MS_ERROR_DATA);
  CHECK_MESSAGE(strstr(ms_error_message(), name) && strstr(ms_error_message(), fault), "%s", ms_error_message());
  CHECK(!data.train.images && !data.owned[0]);
}

static void missing(void) {
  char path[256];
  check_refused("/nowhere/at/all", "/nowhere/at/all", "get_data.sh");
  static const char *const names[] = {train_images, train_labels, test_images, test_labels};
  for (size_t i = 0; i < 4; ++i) {
    const char *folder = good_folder();
    in_folder(path, folder, names[i]);
    CHECK(unlink(path) == 0);
    check_refused(folder, names[i], "missing: get MNIST with ci/get_data.sh");
  }
}

static void not_a_file(void) {
  char path[256];
  const char *folder = good_folder();
  in_folder(path, folder, test_labels);
  CHECK(unlink(path) == 0 && ms_make_folder(path) == MS_OK);
  check_refused(folder, test_labels, "is a folder");
}

static void a_pipe(void) {
  char path[256];
  const char *folder = good_folder();
  in_folder(path, folder, test_labels);
  CHECK(unlink(path) == 0);
  test_make_pipe(path);
  check_refused(folder, test_labels, "not a regular file");
}

/* The training images' file holds these bytes. */
static void check_content_refused(const void *content, size_t n_bytes, const char *fault) {
  char path[256];
  const char *folder = good_folder();
  in_folder(path, folder, train_images);
  test_write_file(path, content, n_bytes);
  check_refused(folder, train_images, fault);
}

static void wrong_content(void) {
  uint8_t file[16 + N_TRAIN * PIXELS + 1] = {0};
  const size_t sizes[3] = {N_TRAIN, ROWS, COLS}, n_bytes = sizeof file - 1;
  check_content_refused(file, 0, "empty");
  header(file, 3, sizes);
  check_content_refused(file, n_bytes - 1, "the file holds 314 bytes");
  check_content_refused(file, n_bytes + 1, "the file holds 316 bytes");
  for (size_t n = 4; n < 16; ++n)
    check_content_refused(file, n, "ends inside its header");
  for (size_t n = 1; n < 4; ++n)
    check_content_refused(file, n, "wrong magic");
  for (size_t byte = 0; byte < 3; ++byte) {
    file[byte] ^= 2;
    check_content_refused(file, n_bytes, "wrong magic");
    file[byte] ^= 2;
  }
  file[3] = 1;
  check_content_refused(file, n_bytes, "the header says uint8 (9), 9 bytes, the file holds 323");
  memcpy(file, "\x1f\x8b\x08\x00", 4);
  check_content_refused(file, n_bytes, "compressed data is damaged");
}

static void wrong_sizes(void) {
  uint8_t file[16 + N_TRAIN * PIXELS] = {0};
  for (size_t d = 0; d < 3; ++d) {
    size_t sizes[3] = {N_TRAIN, ROWS, COLS};
    sizes[d] = 0;
    header(file, 3, sizes);
    check_content_refused(file, sizeof file, "is empty, uint8 (");
    sizes[d] = d == 0 ? N_TRAIN + 1 : 1;
    header(file, 3, sizes);
    check_content_refused(file, sizeof file, "the file holds 315 bytes");
  }
  /* 2^96 elements, and 2^64, which is 0 in a careless product. */
  const size_t huge[3] = {0xffffffff, 0xffffffff, 0xffffffff}, wraps[3] = {0x80000000, 0x80000000, 4};
  header(file, 3, huge);
  check_content_refused(file, sizeof file, "more than memory can hold");
  header(file, 3, wraps);
  check_content_refused(file, 16, "more than memory can hold");
}

static void files_that_do_not_belong_together(void) {
  const char *folder = good_folder();
  write_labels(folder, train_labels, N_TRAIN - 1, N_CLASSES);
  check_refused(folder, train_labels, "train-labels-idx1-ubyte holds 8 labels");
  folder = good_folder();
  write_images(folder, test_images, N_TEST, ROWS + 1, COLS);
  check_refused(folder, "5 x 7", "6 x 7");
  folder = good_folder();
  write_labels(folder, test_labels, N_TEST, N_CLASSES + 1);
  check_refused(folder, test_labels, "label 2 is 3, beyond the 3 classes");
  folder = good_folder();
  write_labels(folder, train_labels, N_TRAIN, 1);
  write_labels(folder, test_labels, N_TEST, 1);
  check_refused(folder, folder, "two classes");
}

/* One image or label at a time, from a file that is not read as a whole. */
static void items(void) {
  char path[256];
  struct ms_array idx;
  bool is_gzip;
  uint8_t image[PIXELS], label;
  const char *folder = good_folder();
  in_folder(path, folder, test_images);
  CHECK(ms_idx_read_header(path, &idx, &is_gzip) == MS_OK && !is_gzip && !idx.elements);
  CHECK(idx.size[0] == N_TEST && idx.size[1] == ROWS && idx.size[2] == COLS);
  for (size_t i = 0; i < N_TEST; ++i) {
    CHECK(ms_idx_read_item(path, &idx, i, image) == MS_OK);
    for (size_t k = 0; k < PIXELS; ++k)
      CHECK(image[k] == (uint8_t)((i * PIXELS + k) * 37 + 11));
  }
  CHECK(truncate(path, 16 + N_TEST * PIXELS - 1) == 0);
  CHECK(ms_idx_read_item(path, &idx, N_TEST - 2, image) == MS_OK);
  CHECK(ms_idx_read_item(path, &idx, N_TEST - 1, image) == MS_ERROR_DATA && strstr(ms_error_message(), "shorter"));
  CHECK(ms_idx_read_header(path, &idx, &is_gzip) == MS_ERROR_DATA &&
        strstr(ms_error_message(), "the file holds 139 bytes"));
  in_folder(path, folder, test_labels);
  CHECK(ms_idx_read_header(path, &idx, &is_gzip) == MS_OK && ms_idx_read_item(path, &idx, 2, &label) == MS_OK &&
        label == 0);
  CHECK(truncate(path, 7) == 0);
  CHECK(ms_idx_read_header(path, &idx, &is_gzip) == MS_ERROR_DATA && strstr(ms_error_message(), "inside its header"));
}

static const struct test_case cases[] = {
    {"good", good},
    {"items", items},
    {"gather", gather},
    {"missing", missing},
    {"not_a_file", not_a_file},
    {"a_pipe", a_pipe},
    {"wrong_content", wrong_content},
    {"wrong_sizes", wrong_sizes},
    {"files_that_do_not_belong_together", files_that_do_not_belong_together},
};

TEST_MAIN(cases)
