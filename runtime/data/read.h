/* Data of which a few images are wanted: they stay in their file where they can be read from there one by one. */
#ifndef MS_DATA_READ_H
#define MS_DATA_READ_H

#include "runtime/data/array.h"
#include "runtime/platform/files.h"

struct ms_image_file {
  char path[MS_PATH_SIZE]; /* "": the images are in memory */
  struct ms_array array;
};

/* As ms_data_read, of one part: MS_DATA_TRAINING or MS_DATA_TEST. Where file->path is not "", part.images is NULL and
 * ms_image_read gives them. */
enum ms_status ms_data_open(const char *folder, const struct ms_data_options *options, struct ms_data *data,
                            struct ms_image_file *file);

/* The same of an IDX file of images, as data->test without labels. */
enum ms_status ms_images_open(const char *path, const struct ms_data_options *options, struct ms_data *data,
                              struct ms_image_file *file);

/* One image, below part->n, as bytes (rows, cols). */
enum ms_status ms_image_read(const struct ms_image_file *file, const struct ms_dataset *part, size_t index,
                             uint8_t *pixels);

#endif
