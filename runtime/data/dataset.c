/* Labelled data sets: checks, parts, digests. */
#include "runtime/data/dataset.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"
#include "runtime/platform/sha256.h"

void ms_data_free(struct ms_data *data) {
  if (!data)
    return;
  for (size_t i = 0; i < sizeof data->owned / sizeof data->owned[0]; ++i)
    free(data->owned[i]);
  memset(data, 0, sizeof *data);
}

enum ms_status ms_data_append(struct ms_data *data, const struct ms_data *more, const char *folder) {
  struct ms_dataset *train = &data->train;
  const struct ms_dataset *validation = &more->train;
  const size_t n_pixels = train->rows * train->cols, n = train->n + validation->n;
  const size_t image_bytes = train->floats ? n_pixels * sizeof(float) : n_pixels;
  uint8_t *images, *labels;
  if (validation->rows != train->rows || validation->cols != train->cols)
    return ms_fail(MS_ERROR_DATA, "%s: its images are %zu x %zu, those of training %zu x %zu: both must be alike",
                   folder, validation->rows, validation->cols, train->rows, train->cols);
  if (!validation->floats != !train->floats)
    return ms_fail(MS_ERROR_DATA, "%s: its pixels are %s, those of training %s: both must be alike", folder,
                   validation->floats ? "floats" : "bytes", train->floats ? "floats" : "bytes");
  if (validation->n_classes > train->n_classes)
    return ms_fail(MS_ERROR_DATA, "%s: its labels go up to %zu, those of training to %zu", folder,
                   validation->n_classes - 1, train->n_classes - 1);
  for (size_t c = 0; c < validation->n_classes; ++c) {
    const char *there = data->class_names[c], *here = more->class_names[c];
    if (there && here && strcmp(there, here) != 0)
      return ms_fail(MS_ERROR_DATA, "%s: its class %zu is %s, that of training %s: both must have the same classes",
                     folder, c, here, there);
  }
  MS_TRY(ms_reserve(n, image_bytes, "images", &images));
  const enum ms_status status = ms_reserve(n, 1, "labels", &labels);
  if (status != MS_OK) {
    free(images);
    return status;
  }
  memcpy(images, train->floats ? (const void *)train->floats : train->images, train->n * image_bytes);
  memcpy(images + train->n * image_bytes, validation->floats ? (const void *)validation->floats : validation->images,
         validation->n * image_bytes);
  memcpy(labels, train->labels, train->n);
  memcpy(labels + train->n, validation->labels, validation->n);
  free(data->owned[0]);
  free(data->owned[1]);
  data->owned[0] = images;
  data->owned[1] = labels;
  train->floats = train->floats ? (const float *)(const void *)images : NULL;
  train->images = train->floats ? NULL : images;
  train->labels = labels;
  train->n = n;
  return MS_OK;
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
