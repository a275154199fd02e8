/* The data that options name. */
#include "runtime/cli/data.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/data/dataset.h"
#include "runtime/data/layout.h"
#include "runtime/pictures/class_folders.h"
#include "runtime/platform/error.h"
#include "runtime/platform/system.h"

int cli_find_data(const struct cli_values *values, const char **folder) {
  static char variable[MS_PATH_SIZE];
  *folder = cli_get(values, "data");
  if (*folder && !(*folder)[0]) {
    cli_error(values->command, "--data: '' names no folder");
    return EXIT_USAGE;
  }
  if (!*folder)
    *folder = ms_os_path_variable("MNIST_SIMD_DATA", variable) ? variable : NULL;
  if (!*folder || !(*folder)[0]) {
    *folder = ms_is_folder("data/mnist") ? "data/mnist" : "../data/mnist";
    if (!ms_is_folder(*folder)) {
      cli_error(values->command,
                "data/mnist and ../data/mnist: there is no such folder: get MNIST with ci/get_data.sh, "
                "or name its folder with --data or MNIST_SIMD_DATA");
      return EXIT_FAILURE;
    }
  }
  return 0;
}

int cli_data_options(const struct cli_values *values, struct ms_data_options *options) {
  static const char *const when[] = {
      [MS_TRANSPOSE_KNOWN] = "auto", [MS_TRANSPOSE] = "yes", [MS_TRANSPOSE_NEVER] = "no"};
  const char *text = cli_get(values, "transpose");
  options->split = cli_get(values, "split");
  options->transpose = MS_TRANSPOSE_KNOWN;
  for (size_t i = 0; text && i < sizeof when / sizeof when[0]; ++i)
    if (strcmp(text, when[i]) == 0) {
      options->transpose = (enum ms_transposition)i;
      return 0;
    }
  if (!text)
    return 0;
  cli_error(values->command, "--transpose: '%s' is not auto, yes or no", text);
  return EXIT_USAGE;
}

/* Whether a folder holds pictures. Of files of another kind beside them, nobody can tell which are meant. */
static enum ms_status look_for_pictures(const char *folder, const struct ms_data_options *options, bool *are_there) {
  struct ms_layout layout;
  struct ms_data_options any = *options;
  any.part = MS_DATA_TEST_IF_THERE;
  *are_there = ms_class_folders_are_there(folder);
  if (*are_there && ms_layout_find(folder, &any, &layout) == MS_OK)
    return ms_fail_by(MS_ERROR_DATA, MS_OTHER_DATA,
                      "%s: holds pictures in folders and %s: move one of them away, or name another folder", folder,
                      layout.images[0]);
  return MS_OK;
}

enum ms_status cli_read_data(const char *folder, const struct ms_data_options *options, struct ms_data *data) {
  bool are_pictures;
  memset(data, 0, sizeof *data);
  MS_TRY(look_for_pictures(folder, options, &are_pictures));
  return are_pictures ? ms_class_folders_read(folder, options, data) : ms_data_read(folder, options, data);
}

enum ms_status cli_open_data(const char *folder, const struct ms_data_options *options, struct ms_data *data,
                             struct ms_image_file *file) {
  bool are_pictures;
  memset(data, 0, sizeof *data);
  file->path[0] = '\0';
  MS_TRY(look_for_pictures(folder, options, &are_pictures));
  return are_pictures ? ms_class_folders_read(folder, options, data) : ms_data_open(folder, options, data, file);
}

/* What a folder of validation images is read with. */
static int validation_options(const struct cli_values *values, struct ms_data_options *options) {
  const int exit_code = cli_data_options(values, options);
  options->part = MS_DATA_TRAINING;
  return exit_code;
}

int cli_count_validation(const struct cli_values *values, size_t *n) {
  struct ms_data_options options;
  struct ms_data data;
  struct ms_image_file file;
  const int exit_code = validation_options(values, &options);
  if (exit_code != 0)
    return exit_code;
  const enum ms_status status = cli_open_data(cli_get(values, "val-data"), &options, &data, &file);
  if (status != MS_OK) {
    cli_error(values->command, "--val-data: %s", ms_error_message());
    return EXIT_FAILURE;
  }
  *n = data.train.n;
  ms_data_free(&data);
  return 0;
}

static int append_validation(const struct cli_values *values, const char *folder, struct ms_data *data) {
  struct ms_data_options options;
  struct ms_data more;
  const int exit_code = validation_options(values, &options);
  if (exit_code != 0)
    return exit_code;
  enum ms_status status = cli_read_data(folder, &options, &more);
  if (status == MS_OK)
    status = ms_data_append(data, &more, folder);
  if (status == MS_OK)
    strncat(data->description, "; validation images of another folder",
            sizeof data->description - strlen(data->description) - 1);
  ms_data_free(&more);
  if (status != MS_OK)
    cli_error(values->command, "--val-data: %s", ms_error_message());
  return status == MS_OK ? 0 : EXIT_FAILURE;
}

int cli_load_data(const struct cli_values *values, enum ms_data_part part, struct ms_data *data, const char **folder) {
  struct ms_data_options options = {.part = part};
  const char *validation = cli_get(values, "val-data");
  int exit_code = cli_data_options(values, &options);
  if (exit_code == 0)
    exit_code = cli_find_data(values, folder);
  if (exit_code != 0)
    return exit_code;
  const enum ms_status status = cli_read_data(*folder, &options, data);
  if (status != MS_OK)
    return cli_fail(values->command, status);
  exit_code = validation ? append_validation(values, validation, data) : 0;
  if (exit_code != 0)
    ms_data_free(data);
  return exit_code;
}
