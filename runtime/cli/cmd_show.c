/* mnist_simd show: draws images of the data in the terminal. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/cli/commands.h"
#include "runtime/cli/model_data.h"
#include "runtime/cli/options.h"
#include "runtime/cli/print.h"
#include "runtime/data/idx.h"
#include "runtime/platform/error.h"
#include "runtime/platform/files.h"
#include "runtime/platform/memory.h"
#include "runtime/platform/parse.h"
#include "runtime/report/pixels.h"
#include "runtime/run/folder.h"

enum { MAX_IMAGES = 64 };

static const struct cli_option options[] = {
    {"model", "MODEL", "a .safetensors file or the folder of a run: tell its prediction and how sure it is"},
    CLI_DATA_OPTION,
    CLI_OTHER_DATA_OPTION,
    CLI_ISA_OPTION,
    CLI_THREADS_OPTION,
    {0},
};

static const struct cli_command command = {
    .name = "show",
    .arguments = "DATA INDEX",
    .summary =
        "Draws images in the terminal, with their labels. DATA is train or test (of the folder that --data names), or "
        "an "
        "IDX\nfile of images. INDEX is an image's place in it, from 0, or a comma list of up to 64.\nDrawn with half "
        "blocks: in greys on a terminal (unless NO_COLOR is set), black and white into a file or pipe; with "
        "plain\ncharacters where LC_ALL, LC_CTYPE or LANG names no UTF-8 locale.",
    .options = options,
    .n_arguments = 2,
    .number = "INDEX",
    .number_range = "a whole number from 0 to one less than the images of DATA",
};

/* What is to be shown: a part of the data, or a file, which is read image by image: it may be larger than memory. Images
 * of a file have no labels. */
struct source {
  const char *folder;
  struct ms_data data;
  const struct ms_dataset *part; /* of data; NULL: a file */
  char path[MS_PATH_SIZE];
  struct ms_idx file;
  size_t rows, cols, n_images;
  size_t n, index[MAX_IMAGES];
  uint8_t *pixels; /* (n, rows, cols) */
};

static int find_part(const struct cli_values *values, bool is_test, struct source *s) {
  const int exit_code = cli_load_data(values, is_test ? MS_DATA_TEST : MS_DATA_TRAINING, &s->data, &s->folder);
  s->part = is_test ? &s->data.test : &s->data.train;
  s->n_images = s->part->n;
  s->rows = s->part->rows;
  s->cols = s->part->cols;
  return exit_code;
}

static int find(const struct cli_values *values, struct source *s) {
  const char *name = values->arguments[0];
  enum ms_status status;
  if (strcmp(name, "test") == 0 || strcmp(name, "train") == 0)
    return find_part(values, strcmp(name, "test") == 0, s);
  if (snprintf(s->path, sizeof s->path, "%s", name) >= (int)sizeof s->path)
    status = ms_fail(MS_ERROR_DATA, "%.80s...: longer than %d bytes", name, MS_PATH_SIZE - 1);
  else
    status = ms_idx_read_header(s->path, 3, &s->file);
  s->n_images = s->file.size[0];
  s->rows = s->file.size[1];
  s->cols = s->file.size[2];
  if (status == MS_OK)
    return 0;
  cli_error(values->command, "%s (DATA is train, test or an IDX file of images)", ms_error_message());
  return EXIT_FAILURE;
}

static bool read_indices(const struct cli_values *values, struct source *s) {
  for (const char *part = values->arguments[1];;) {
    const size_t length = strcspn(part, ",");
    char copy[32];
    snprintf(copy, sizeof copy, "%.*s", (int)(length < sizeof copy ? length : sizeof copy - 1), part);
    if (s->n == MAX_IMAGES) {
      cli_error(values->command, "INDEX: more than %d images", MAX_IMAGES);
      return false;
    }
    if (length >= sizeof copy || !ms_parse_size(copy, &s->index[s->n]) || s->index[s->n] >= s->n_images) {
      cli_error(values->command, "INDEX: '%s' is not a whole number from 0 to %zu", copy, s->n_images - 1);
      return false;
    }
    ++s->n;
    if (part[length] == '\0')
      return true;
    part += length + 1;
  }
}

/* Reads an image; its captions are its label, where that is known, and the prediction of network unless it is NULL. */
static enum ms_status read_image(const struct source *s, size_t index, const struct ms_network *network,
                                 uint8_t *pixels, struct ms_captioned *image) {
  static const uint8_t no_label = 0;
  struct ms_dataset one = {
      .n = 1, .rows = s->rows, .cols = s->cols, .n_classes = MS_MAX_CLASSES, .images = pixels, .labels = &no_label};
  image->pixels = pixels;
  if (s->part) {
    one = ms_dataset_slice(s->part, index, 1);
    ms_image_bytes(&one, 0, pixels);
    caption_label(image, index, s->data.class_names, one.labels[0]);
  } else {
    MS_TRY(ms_idx_read_item(s->path, &s->file, index, pixels));
    snprintf(image->lines[0], sizeof image->lines[0], "image %zu", index);
  }
  if (!network)
    return MS_OK;
  struct ms_evaluation e;
  MS_TRY(ms_evaluate(network, &one, &e));
  caption_prediction(image, s->data.class_names, e.predicted[0], e.confidence[0]);
  ms_evaluation_free(&e);
  return MS_OK;
}

static int show(const struct cli_values *values, struct source *s, const struct ms_network *network) {
  struct ms_captioned images[MAX_IMAGES] = {{0}};
  int exit_code = find(values, s);
  if (exit_code != 0)
    return exit_code;
  if (!read_indices(values, s))
    return EXIT_USAGE;
  const char *remark = NULL;
  if (s->part && network)
    exit_code = cli_check_model_data(values, cli_get(values, "model"), network, s->folder, &s->data, &remark);
  if (exit_code != 0)
    return exit_code;
  const size_t n_pixels = s->rows * s->cols;
  enum ms_status status = ms_allocate(s->n, n_pixels, "images", &s->pixels);
  for (size_t k = 0; status == MS_OK && k < s->n; ++k)
    status = read_image(s, s->index[k], network, s->pixels + k * n_pixels, &images[k]);
  if (status == MS_OK && remark)
    printf("%s: %s\n\n", s->folder, remark);
  if (status == MS_OK)
    status = print_images(images, s->n, s->rows, s->cols);
  return status == MS_OK ? EXIT_SUCCESS : cli_fail(values->command, status);
}

int cmd_show(int argc, char **argv) {
  struct cli_values values;
  struct source source = {0};
  struct ms_network *network = NULL;
  int exit_code;
  if (!cli_parse(&command, argc, argv, &values, &exit_code))
    return exit_code;
  exit_code = cli_init(&values);
  const char *model = cli_get(&values, "model");
  if (exit_code == 0 && model) {
    const enum ms_status status = ms_run_folder_model(model, &network);
    exit_code = status == MS_OK ? 0 : cli_fail(&command, status);
  }
  if (exit_code == 0)
    exit_code = show(&values, &source, network);
  ms_network_free(network);
  free(source.pixels);
  ms_data_free(&source.data);
  ms_shutdown();
  return exit_code;
}
