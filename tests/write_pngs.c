/* Data sets as PNG files, for tests that are scripts and for the seeds of the fuzz target.
 * Usage: write_pngs mnist DATA FOLDER     MNIST's 70,000 images as FOLDER/training/5/0.png, FOLDER/testing/7/0.png, ...
 *        write_pngs kinds FOLDER          a small file of every kind that PNG has
 *        write_pngs digests FOLDER        reads such a data set: description, digests of training and test images */
#define _POSIX_C_SOURCE 200809L /* mkdir */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/pictures/class_folders.h"
#include "runtime/platform/clock.h"
#include "runtime/platform/files.h"
#include "tests/png_files.h"

static int failed(void) {
  fprintf(stderr, "write_pngs: %s\n", ms_error_message());
  return 1;
}

/* ---- MNIST ---- */

static bool write_part(const struct ms_dataset *data, const char *folder, const char *name) {
  char path[MS_PATH_SIZE + 64];
  const size_t n_pixels = data->rows * data->cols;
  for (size_t label = 0; label < data->n_classes; ++label) {
    snprintf(path, sizeof path, "%s/%s/%zu", folder, name, label);
    if (ms_make_folder(path) != MS_OK)
      return false;
  }
  for (size_t i = 0; i < data->n; ++i) {
    const struct png_file file = {
        .rows = data->rows, .cols = data->cols, .type = 0, .depth = 8, .samples = data->images + i * n_pixels};
    snprintf(path, sizeof path, "%s/%s/%d/%zu.png", folder, name, data->labels[i], i);
    png_write_file(path, &file);
  }
  return true;
}

static int write_mnist(const char *data_folder, const char *folder) {
  struct ms_data data;
  if (ms_data_load(data_folder, &data) != MS_OK)
    return failed();
  const bool is_written = write_part(&data.train, folder, "training") && write_part(&data.test, folder, "testing");
  ms_data_free(&data);
  return is_written ? 0 : failed();
}

static int print_digests(const char *folder) {
  struct ms_data data;
  char hex[65];
  const double begin = ms_clock_s();
  if (!ms_class_folders_are_there(folder) ||
      ms_class_folders_read(folder, &(struct ms_data_options){.part = MS_DATA_TEST_IF_THERE}, &data) != MS_OK)
    return failed();
  fprintf(stderr, "%.2f s\n", ms_clock_s() - begin);
  printf("%s\n", data.description);
  ms_dataset_sha256(&data.train, hex);
  printf("training %s\n", hex);
  ms_dataset_sha256(&data.test, hex);
  printf("test %s\n", hex);
  ms_data_free(&data);
  return 0;
}

/* ---- Kinds ---- */

enum { ROWS = 5, COLS = 9, MAX_COLOURS = 256, N_OTHER_CHUNKS = 5 };

/* Without other chunks, with those of gamma, profile and text, and with a transparent colour besides. */
static void write_kind(const char *folder, struct png_kind kind, bool interlaced, const struct png_chunk *chunks) {
  static uint8_t samples[ROWS * COLS * 8], palette[3 * MAX_COLOURS];
  char path[MS_PATH_SIZE];
  for (size_t i = 0; i < sizeof samples; ++i)
    samples[i] = (uint8_t)(i * i * 37 >> 3);
  for (size_t i = 0; i < sizeof palette; ++i)
    palette[i] = (uint8_t)(i * 91);
  const size_t n_chunks[] = {0, N_OTHER_CHUNKS, N_OTHER_CHUNKS + 1};
  for (size_t i = 0; i < (kind.type < 4 ? 3 : 2); ++i) {
    const struct png_file file = {.rows = ROWS,
                                  .cols = COLS,
                                  .type = kind.type,
                                  .depth = kind.depth,
                                  .interlaced = interlaced,
                                  .samples = samples,
                                  .n_colours = kind.type == 3 ? (size_t)1 << kind.depth : 0,
                                  .palette = palette,
                                  .n_chunks = n_chunks[i],
                                  .chunks = chunks};
    snprintf(path, sizeof path, "%s/%d-%d-%d-%zu.png", folder, kind.type, kind.depth, interlaced, i);
    png_write_file(path, &file);
  }
}

static int write_kinds(const char *folder) {
  uint8_t profile[64] = "icc", text[64] = "Title"; /* then a 0, a method and what is compressed */
  struct png_chunk chunks[N_OTHER_CHUNKS + 1] = {
      {"gAMA", "\0\0\261\217", 4},
      {"sRGB", "", 1},
      {"sBIT", "\10\10\10\10", 4},
      {"iCCP", profile, 5 + png_deflate_zeros(200, profile + 5, sizeof profile - 5)},
      {"zTXt", text, 7 + png_deflate_zeros(100, text + 7, sizeof text - 7)},
      {"tRNS", "\0\1\0\1\0\1", 0},
  };
  if (ms_make_folder(folder) != MS_OK)
    return failed();
  for (size_t k = 0; k < N_PNG_KINDS; ++k) {
    chunks[N_OTHER_CHUNKS].n_bytes = png_kinds[k].type == 2 ? 6 : 2;
    write_kind(folder, png_kinds[k], false, chunks);
    write_kind(folder, png_kinds[k], true, chunks);
  }
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 4 && strcmp(argv[1], "mnist") == 0)
    return write_mnist(argv[2], argv[3]);
  if (argc == 3 && strcmp(argv[1], "kinds") == 0)
    return write_kinds(argv[2]);
  if (argc == 3 && strcmp(argv[1], "digests") == 0)
    return print_digests(argv[2]);
  fprintf(stderr, "Usage: write_pngs mnist DATA FOLDER | kinds FOLDER | digests FOLDER\n");
  return 2;
}
