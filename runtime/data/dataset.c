/* Labelled data sets from pairs of IDX files with MNIST's names. */
#include "runtime/data/dataset.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/data/idx.h"
#include "runtime/platform/error.h"
#include "runtime/platform/files.h"
#include "runtime/platform/sha256.h"

static const char *const names[2][2] = {{"train-images-idx3-ubyte", "train-labels-idx1-ubyte"},
                                        {"t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"}};

/* A missing file deserves the command that gets it. */
static enum ms_status find_file(const char *folder, const char *name, char *path) {
  MS_TRY(ms_path_join(path, folder, name));
  if (ms_exists(path) || errno == EACCES) /* reading tells that it may not be read */
    return MS_OK;

  char compressed[MS_PATH_SIZE + 3];
  snprintf(compressed, sizeof compressed, "%s.gz", path);
  if (ms_exists(compressed))
    return ms_fail(MS_ERROR_DATA, "%s: missing, but %s.gz is there: unpack it with gunzip -k %s", path, name,
                   compressed);
  return ms_fail_by(MS_ERROR_DATA, MS_OTHER_DATA, "%s: missing: get MNIST with ci/get_data.sh, or name another folder",
                    path);
}

static enum ms_status check_folder(const char *folder) {
  return ms_is_folder(folder)
             ? MS_OK
             : ms_fail_by(MS_ERROR_DATA, MS_OTHER_DATA,
                          "%s: there is no such folder: get MNIST with ci/get_data.sh, or name another folder", folder);
}

enum ms_status ms_data_paths(const char *folder, bool of_test, char *images, char *labels) {
  MS_TRY(ms_path_check(folder));
  MS_TRY(check_folder(folder));
  MS_TRY(find_file(folder, names[of_test][0], images));
  return find_file(folder, names[of_test][1], labels);
}

static enum ms_status read_file(const char *folder, const char *name, size_t n_dimensions, struct ms_idx *idx) {
  char path[MS_PATH_SIZE];
  MS_TRY(find_file(folder, name, path));
  return ms_idx_read(path, n_dimensions, idx);
}

/* n_classes 0: take it from the labels. owned[0] and owned[1] get the memory of images and labels. */
static enum ms_status load_pair(const char *folder, bool of_test, size_t n_classes, struct ms_dataset *data,
                                void *owned[2]) {
  const char *images_name = names[of_test][0], *labels_name = names[of_test][1];
  struct ms_idx images, labels;
  enum ms_status status = read_file(folder, images_name, 3, &images);
  if (status != MS_OK)
    return status;
  owned[0] = images.file;
  status = read_file(folder, labels_name, 1, &labels);
  if (status != MS_OK)
    return status;
  owned[1] = labels.file;

  if (images.size[0] != labels.size[0])
    return ms_fail(MS_ERROR_DATA, "%s: %s holds %zu images, %s holds %zu labels: both must come from one data set",
                   folder, images_name, images.size[0], labels_name, labels.size[0]);
  size_t largest = 0, largest_at = 0;
  for (size_t i = 0; i < labels.size[0]; ++i)
    if (labels.elements[i] > largest) {
      largest = labels.elements[i];
      largest_at = i;
    }
  if (n_classes > 0 && largest >= n_classes)
    return ms_fail(MS_ERROR_DATA, "%s/%s: label %zu is %zu, beyond the %zu classes of the training labels", folder,
                   labels_name, largest_at, largest, n_classes);

  data->n = images.size[0];
  data->rows = images.size[1];
  data->cols = images.size[2];
  data->n_classes = n_classes > 0 ? n_classes : largest + 1;
  data->images = images.elements;
  data->labels = labels.elements;
  return MS_OK;
}

enum ms_status ms_data_load_training(const char *folder, struct ms_data *data) {
  MS_REQUIRE(data);
  memset(data, 0, sizeof *data);
  MS_REQUIRE(folder);
  MS_TRY(ms_path_check(folder));
  MS_TRY(check_folder(folder));
  enum ms_status status = load_pair(folder, false, 0, &data->train, data->owned);
  if (status == MS_OK && data->train.n_classes < 2)
    status = ms_fail(MS_ERROR_DATA, "%s: all training labels are 0: at least two classes are needed", folder);
  if (status != MS_OK)
    ms_data_free(data);
  return status;
}

enum ms_status ms_data_load(const char *folder, struct ms_data *data) {
  MS_REQUIRE(data);
  MS_REQUIRE(folder);
  enum ms_status status = ms_data_load_training(folder, data);
  if (status == MS_OK)
    status = load_pair(folder, true, data->train.n_classes, &data->test, data->owned + 2);
  if (status == MS_OK && (data->train.rows != data->test.rows || data->train.cols != data->test.cols))
    status = ms_fail(MS_ERROR_DATA,
                     "%s: training images are %zu x %zu, test images %zu x %zu: both must come from one "
                     "data set",
                     folder, data->train.rows, data->train.cols, data->test.rows, data->test.cols);
  if (status != MS_OK)
    ms_data_free(data);
  return status;
}

void ms_data_free(struct ms_data *data) {
  if (!data)
    return;
  for (size_t i = 0; i < 4; ++i)
    free(data->owned[i]);
  memset(data, 0, sizeof *data);
}

static enum ms_status check_sizes(const struct ms_dataset *data, const char *kind) {
  if (data->n == 0 || data->n > UINT32_MAX)
    return ms_fail(MS_ERROR_ARGUMENT, "%zu %s images, must be 1 to 4294967295", data->n, kind);
  if (data->rows == 0 || data->cols == 0)
    return ms_fail(MS_ERROR_ARGUMENT, "%s images are %zu x %zu pixels, must be at least 1 x 1", kind, data->rows,
                   data->cols);
  if (data->cols > SIZE_MAX / sizeof(float) / data->rows / data->n)
    return ms_fail(MS_ERROR_ARGUMENT, "%zu %s images of %zu x %zu pixels: more than memory can hold", data->n, kind,
                   data->rows, data->cols);
  if (data->n_classes < 1 || data->n_classes > MS_MAX_CLASSES)
    return ms_fail(MS_ERROR_ARGUMENT, "%s images of %zu classes, must be 1 to %d", kind, data->n_classes,
                   MS_MAX_CLASSES);
  return MS_OK;
}

enum ms_status ms_dataset_check(const struct ms_dataset *data, const char *kind) {
  MS_TRY(check_sizes(data, kind));
  if (!data->images == !data->floats || !data->labels)
    return ms_fail(MS_ERROR_ARGUMENT, "%s images: labels and either images or floats must be given", kind);
  for (size_t i = 0; i < data->n; ++i)
    if (data->labels[i] >= data->n_classes)
      return ms_fail(MS_ERROR_ARGUMENT, "%s label %zu is %d, must be under the number of classes, %zu", kind, i,
                     data->labels[i], data->n_classes);
  for (size_t i = 0; data->floats && i < data->n * data->rows * data->cols; ++i)
    if (!isfinite(data->floats[i]))
      return ms_fail(MS_ERROR_ARGUMENT, "%s image %zu holds a value that is not finite", kind,
                     i / (data->rows * data->cols));
  return MS_OK;
}

struct ms_dataset ms_dataset_slice(const struct ms_dataset *data, size_t first, size_t n) {
  struct ms_dataset slice = *data;
  first = first < data->n ? first : data->n;
  slice.n = n < data->n - first ? n : data->n - first;
  if (data->images)
    slice.images = data->images + first * data->rows * data->cols;
  if (data->floats)
    slice.floats = data->floats + first * data->rows * data->cols;
  if (data->labels)
    slice.labels = data->labels + first;
  return slice;
}

void ms_dataset_sha256(const struct ms_dataset *data, char hex[65]) {
  struct ms_sha256 sha;
  ms_sha256_init(&sha);
  const size_t n_pixels = data->n * data->rows * data->cols;
  if (data->floats)
    ms_sha256_floats(&sha, data->floats, n_pixels);
  else
    ms_sha256_update(&sha, data->images, n_pixels);
  ms_sha256_update(&sha, data->labels, data->n);
  ms_sha256_finish(&sha, hex);
}
