/* mnist_simd show: draws images of the data in the terminal. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/cli/commands.h"
#include "runtime/cli/options.h"
#include "runtime/cli/print.h"
#include "runtime/data/idx.h"
#include "runtime/platform/error.h"
#include "runtime/platform/parse.h"
#include "runtime/run/folder.h"

enum { MAX_IMAGES = 64 };

static const struct cli_option options[] = {
    {"model", "MODEL", "a .safetensors file or the folder of a run: tell its prediction and how sure it is"},
    CLI_DATA_OPTION,
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

/* What is to be shown; images of a file may have no labels. */
struct source {
  struct ms_data data;
  struct ms_idx file;
  struct ms_dataset set; /* labels NULL: not known */
  size_t n, index[MAX_IMAGES];
};

static int load(const struct cli_values *values, struct source *s) {
  const char *name = values->arguments[0], *folder;
  if (strcmp(name, "train") == 0 || strcmp(name, "test") == 0) {
    const int exit_code = cli_load_data(values, &s->data, &folder);
    s->set = strcmp(name, "train") == 0 ? s->data.train : s->data.test;
    return exit_code;
  }
  const enum ms_status status = ms_idx_read(name, 3, &s->file);
  if (status != MS_OK) {
    cli_error(values->command, "%s (DATA is train, test or an IDX file of images)", ms_error_message());
    return EXIT_FAILURE;
  }
  s->set = (struct ms_dataset){.n = s->file.size[0],
                               .rows = s->file.size[1],
                               .cols = s->file.size[2],
                               .n_classes = MS_MAX_CLASSES,
                               .images = s->file.elements};
  return 0;
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
    if (length >= sizeof copy || !ms_parse_size(copy, &s->index[s->n]) || s->index[s->n] >= s->set.n) {
      cli_error(values->command, "INDEX: '%s' is not a whole number from 0 to %zu", copy, s->set.n - 1);
      return false;
    }
    ++s->n;
    if (part[length] == '\0')
      return true;
    part += length + 1;
  }
}

/* One image's captions: "image 115: 4", and the prediction of network unless it is NULL. */
static enum ms_status caption(const struct source *s, size_t index, const struct ms_network *network,
                              struct ms_captioned *image) {
  const uint8_t unknown = 0;
  if (s->set.labels)
    snprintf(image->lines[0], sizeof image->lines[0], "image %zu: %d", index, s->set.labels[index]);
  else
    snprintf(image->lines[0], sizeof image->lines[0], "image %zu", index);
  if (!network)
    return MS_OK;
  struct ms_dataset one = ms_dataset_slice(&s->set, index, 1);
  struct ms_evaluation e;
  if (!s->set.labels)
    one.labels = &unknown;
  const enum ms_status status = ms_evaluate(network, &one, &e);
  if (status != MS_OK)
    return status;
  snprintf(image->lines[1], sizeof image->lines[1], "predicted %d, %.2f %%", e.predicted[0],
           100 * (double)e.confidence[0]);
  ms_evaluation_free(&e);
  return MS_OK;
}

static int show(const struct cli_values *values, struct source *s, const struct ms_network *network) {
  struct ms_captioned images[MAX_IMAGES] = {{0}};
  int exit_code = load(values, s);
  if (exit_code != 0)
    return exit_code;
  if (!read_indices(values, s))
    return EXIT_USAGE;
  enum ms_status status = MS_OK;
  for (size_t k = 0; status == MS_OK && k < s->n; ++k) {
    images[k].pixels = s->set.images + s->index[k] * s->set.rows * s->set.cols;
    status = caption(s, s->index[k], network, &images[k]);
  }
  if (status == MS_OK)
    status = print_images(images, s->n, s->set.rows, s->set.cols);
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
  ms_data_free(&source.data);
  free(source.file.file);
  ms_shutdown();
  return exit_code;
}
