/* mnist_simd show: draws images of the data in the terminal. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/cli/commands.h"
#include "runtime/cli/data.h"
#include "runtime/cli/model_data.h"
#include "runtime/cli/options.h"
#include "runtime/cli/print.h"
#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"
#include "runtime/platform/parse.h"
#include "runtime/run/folder.h"

enum { MAX_IMAGES = 64 };

static const struct cli_option options[] = {
    {"model", "MODEL", "a .safetensors file or the folder of a run: tell its prediction and how sure it is"},
    CLI_DATA_OPTIONS,
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

/* What is to be shown, read image by image where it can be: a file may be larger than memory. */
struct source {
  const char *folder;
  struct ms_data data;
  const struct ms_dataset *part; /* of it; labels NULL: an IDX file of images alone */
  struct ms_image_file file;
  size_t n, index[MAX_IMAGES];
  uint8_t *pixels; /* (n, rows, cols) */
};

static int find(const struct cli_values *values, bool has_model, struct source *s) {
  const char *name = values->arguments[0];
  const bool is_test = strcmp(name, "test") == 0, is_part = is_test || strcmp(name, "train") == 0;
  struct ms_data_options wanted = {.part = is_test ? MS_DATA_TEST : MS_DATA_TRAINING};
  s->part = is_part && !is_test ? &s->data.train : &s->data.test;
  if (is_part && has_model) /* all of it, to see whether it is the model's */
    return cli_load_data(values, wanted.part, &s->data, &s->folder);
  int exit_code = cli_data_options(values, &wanted);
  if (exit_code == 0 && is_part)
    exit_code = cli_find_data(values, &s->folder);
  if (exit_code != 0)
    return exit_code;
  const enum ms_status status = is_part ? cli_open_data(s->folder, &wanted, &s->data, &s->file)
                                        : ms_images_open(name, &wanted, &s->data, &s->file);
  if (status == MS_OK)
    return 0;
  if (is_part)
    return cli_fail(values->command, status);
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
    if (length >= sizeof copy || !ms_parse_size(copy, &s->index[s->n]) || s->index[s->n] >= s->part->n) {
      cli_error(values->command, "INDEX: '%s' is not a whole number from 0 to %zu", copy, s->part->n - 1);
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
  struct ms_dataset one = ms_dataset_slice(s->part, index, 1);
  image->pixels = pixels;
  MS_TRY(ms_image_read(&s->file, s->part, index, pixels));
  if (s->file.path[0])
    one.images = pixels;
  if (one.labels) {
    caption_label(image, index, s->data.class_names, one.labels[0]);
  } else {
    snprintf(image->lines[0], sizeof image->lines[0], "image %zu", index);
  }
  if (!network)
    return MS_OK;
  one.n_classes = MS_MAX_CLASSES;
  one.labels = one.labels ? one.labels : &no_label;
  struct ms_evaluation e;
  MS_TRY(ms_evaluate(network, &one, &e));
  caption_prediction(image, s->data.class_names, e.predicted[0], e.confidence[0]);
  ms_evaluation_free(&e);
  return MS_OK;
}

static int show(const struct cli_values *values, struct source *s, const struct ms_network *network) {
  struct ms_captioned images[MAX_IMAGES] = {{0}};
  int exit_code = find(values, network != NULL, s);
  if (exit_code != 0)
    return exit_code;
  if (!read_indices(values, s))
    return EXIT_USAGE;
  const char *remark = NULL;
  if (s->folder && network)
    exit_code = cli_check_model_data(values, cli_get(values, "model"), network, s->folder, &s->data, &remark);
  if (exit_code != 0)
    return exit_code;
  if (remark) /* the names of the data may not be those of the model's classes */
    memset(s->data.class_names, 0, sizeof s->data.class_names);
  const size_t n_pixels = s->part->rows * s->part->cols;
  enum ms_status status = ms_allocate(s->n, n_pixels, "images", &s->pixels);
  for (size_t k = 0; status == MS_OK && k < s->n; ++k)
    status = read_image(s, s->index[k], network, s->pixels + k * n_pixels, &images[k]);
  if (status == MS_OK && remark)
    printf("%s: %s\n\n", s->folder, remark);
  if (status == MS_OK)
    status = print_images(images, s->n, s->part->rows, s->part->cols);
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
