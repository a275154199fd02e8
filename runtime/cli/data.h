/* The data that options name: their table, and what they lead to. */
#ifndef MS_CLI_DATA_H
#define MS_CLI_DATA_H

#include "runtime/cli/options.h"
#include "runtime/data/read.h"

#define CLI_DATA_OPTION                                                                                                \
  {                                                                                                                    \
    "data", "DIR",                                                                                                     \
        "folder of the data (default: $MNIST_SIMD_DATA, else data/mnist, else ../data/mnist): IDX\n"                   \
        "files, gzip or not, with the names of MNIST, EMNIST or QMNIST; an NPZ archive; CSV files;\n"                  \
        "PNG files in a folder per class; what torchvision downloads. Or an NPZ or CSV file"                           \
  }
#define CLI_DATA_OPTIONS                                                                                               \
  CLI_DATA_OPTION, {"split", "NAME", "which of several data sets in the folder: letters, for one of EMNIST's six"}, {  \
    "transpose", "WHEN",                                                                                               \
        "exchange rows and columns of the images: auto, yes or no (default: auto, those of EMNIST,\n"                  \
        "which lie on their sides)"                                                                                    \
  }
#define CLI_VAL_DATA_OPTION                                                                                            \
  { "val-data", "DIR", "folder whose training images validate, instead of some of those that --data names" }

/* As ms_data_read and ms_data_open, of PNG files in a folder per class too. */
enum ms_status cli_read_data(const char *folder, const struct ms_data_options *options, struct ms_data *data);
enum ms_status cli_open_data(const char *folder, const struct ms_data_options *options, struct ms_data *data,
                             struct ms_image_file *file);

/* *folder: --data, MNIST_SIMD_DATA or the default folder that is there. Returns 0 or an exit code. */
int cli_find_data(const struct cli_values *values, const char **folder);

/* --split and --transpose. Returns 0 or EXIT_USAGE. */
int cli_data_options(const struct cli_values *values, struct ms_data_options *options);

/* The number of images that --val-data names. Returns 0 or an exit code. */
int cli_count_validation(const struct cli_values *values, size_t *n);

/* Reads the data from --data, MNIST_SIMD_DATA or the default folders. Returns 0 or an exit code; *folder names it.
 * The images of --val-data follow the training images. */
int cli_load_data(const struct cli_values *values, enum ms_data_part part, struct ms_data *data, const char **folder);

#endif
