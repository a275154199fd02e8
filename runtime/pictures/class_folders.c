/* A data set as PNG files, in a folder for each class. */
#include "runtime/pictures/class_folders.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/data/known.h"
#include "runtime/pictures/class_list.h"
#include "runtime/pictures/entries.h"
#include "runtime/pictures/file_list.h"
#include "runtime/pictures/picture.h"
#include "runtime/platform/error.h"
#include "runtime/platform/files.h"
#include "runtime/platform/memory.h"

/* ---- Layout ---- */

enum part { TRAINING, TEST, VALIDATION, N_PARTS };

static const struct {
  const char *name;
  enum part part;
} part_names[] = {{"train", TRAINING},       {"training", TRAINING}, {"test", TEST},
                  {"testing", TEST},         {"val", VALIDATION},    {"valid", VALIDATION},
                  {"validation", VALIDATION}};

/* The names of the parts' folders; NULL: not there. Without any, the folder itself holds training images. */
struct layout {
  const char *names[N_PARTS];
};

static enum ms_status find_layout(const char *folder, struct layout *layout) {
  char path[MS_PATH_SIZE];
  memset(layout, 0, sizeof *layout);
  for (size_t i = 0; i < sizeof part_names / sizeof part_names[0]; ++i) {
    const char **name = &layout->names[part_names[i].part];
    MS_TRY(ms_path_join(path, folder, part_names[i].name));
    if (!ms_is_folder(path))
      continue;
    if (*name && part_names[i].part != VALIDATION)
      return ms_fail(MS_ERROR_DATA, "%s: holds both %s and %s: keep one of them", folder, *name, part_names[i].name);
    *name = part_names[i].name;
  }
  return MS_OK;
}

static enum ms_status stop_at_png(void *context, const char *path, const char *name) {
  (void)context;
  (void)path;
  return ms_is_png_name(name) ? MS_STOPPED : MS_OK;
}

static enum ms_status stop_at_folder(void *context, const char *path, const char *name) {
  (void)context;
  (void)name;
  return ms_is_folder(path) ? MS_STOPPED : MS_OK;
}

static enum ms_status stop_at_folder_of_pngs(void *context, const char *path, const char *name) {
  (void)name;
  return ms_is_folder(path) && ms_entries(path, stop_at_png, context) == MS_STOPPED ? MS_STOPPED : MS_OK;
}

bool ms_class_folders_are_there(const char *folder) {
  char path[MS_PATH_SIZE];
  for (size_t i = 0; i < sizeof part_names / sizeof part_names[0]; ++i)
    if (part_names[i].part != VALIDATION && ms_path_join(path, folder, part_names[i].name) == MS_OK &&
        ms_is_folder(path) && ms_entries(path, stop_at_folder, NULL) == MS_STOPPED)
      return true;
  return ms_is_folder(folder) && ms_entries(folder, stop_at_folder_of_pngs, NULL) == MS_STOPPED;
}

/* ---- Images ---- */

/* The images of a part, not read yet. */
struct images {
  char folder[MS_PATH_SIZE];
  struct ms_class_list classes;
  struct ms_file_list list; /* n 0: the part is not wanted */
};

/* Both parts, and what all images must be like. */
struct reading {
  struct images train, test;
  char first_path[MS_PATH_SIZE];
  size_t rows, cols; /* of the files */
  bool transposes;
};

/* The classes that give the labels. */
static const struct ms_class_list *labelled(const struct reading *r) {
  return r->train.classes.n > 0 ? &r->train.classes : &r->test.classes;
}

static enum ms_status picture_path(const struct images *images, size_t i, char *path) {
  char class_path[MS_PATH_SIZE];
  const struct ms_listed_file *file = &images->list.files[i];
  MS_TRY(ms_path_join(class_path, images->folder, images->classes.folders[file->class].name));
  return ms_path_join(path, class_path, file->name);
}

/* One image, to pixels (rows * cols). */
static enum ms_status read_image(const struct reading *r, const char *path, uint8_t *pixels) {
  struct ms_picture picture;
  MS_TRY(ms_picture_read(path, &MS_PICTURE_LIMITS, &picture));
  enum ms_status status = MS_OK;
  if (picture.rows != r->rows || picture.cols != r->cols)
    status = ms_fail(MS_ERROR_DATA,
                     "%s: is %zu x %zu pixels, but %s is %zu x %zu: all images of a data set must have one size", path,
                     picture.rows, picture.cols, r->first_path, r->rows, r->cols);
  else if (!r->transposes)
    memcpy(pixels, picture.pixels, r->rows * r->cols);
  for (size_t p = 0; status == MS_OK && r->transposes && p < r->rows * r->cols; ++p)
    pixels[p % r->cols * r->rows + p / r->cols] = picture.pixels[p];
  free(picture.pixels);
  return status;
}

/* owned[0] and owned[1] get the memory of images and labels. */
static enum ms_status read_images(const struct reading *r, const struct images *images, struct ms_dataset *data,
                                  void *owned[2]) {
  char path[MS_PATH_SIZE];
  const size_t n = images->list.n, n_pixels = r->rows * r->cols;
  uint8_t *pixels, *labels;
  if (n == 0)
    return MS_OK;
  MS_TRY(ms_reserve(n, n_pixels, "images", &pixels));
  owned[0] = pixels;
  MS_TRY(ms_reserve(n, 1, "labels", &labels));
  owned[1] = labels;
  for (size_t i = 0; i < n; ++i) {
    MS_TRY(picture_path(images, i, path));
    MS_TRY(read_image(r, path, pixels + i * n_pixels));
    labels[i] = images->classes.folders[images->list.files[i].class].label;
  }
  *data = (struct ms_dataset){.n = n,
                              .rows = r->transposes ? r->cols : r->rows,
                              .cols = r->transposes ? r->rows : r->cols,
                              .n_classes = labelled(r)->folders[labelled(r)->n - 1].label + (size_t)1,
                              .images = pixels,
                              .labels = labels};
  return MS_OK;
}

/* The first image says how large they are; then memory is asked for, before anything is allocated: a system that hands
 * out more than it has ends the program later. */
static enum ms_status measure(const char *folder, struct reading *r) {
  struct ms_picture first;
  const size_t n = r->train.list.n + r->test.list.n;
  MS_TRY(picture_path(r->train.list.n > 0 ? &r->train : &r->test, 0, r->first_path));
  MS_TRY(ms_picture_read(r->first_path, &MS_PICTURE_LIMITS, &first));
  r->rows = first.rows;
  r->cols = first.cols;
  free(first.pixels);
  const double needed = (double)n * ((double)r->rows * (double)r->cols + 1), limit = ms_memory_limit(), gib = 0x1p30;
  if (needed <= limit)
    return MS_OK;
  return ms_fail_by(MS_ERROR_MEMORY, MS_OTHER_DATA,
                    "%s: %zu images of %zu x %zu pixels need %.1f GiB of memory, this machine has %.1f GiB: choose "
                    "fewer, or smaller ones",
                    folder, n, r->rows, r->cols, needed / gib, limit / gib);
}

/* ---- Data set ---- */

/* Without training images, test images have the labels that numbers name. */
static enum ms_status list_test(const char *folder, const struct layout *layout, enum ms_data_part part,
                                struct reading *r) {
  const char *name = layout->names[layout->names[TEST] ? TEST : VALIDATION];
  struct ms_class_list *classes = &r->test.classes;
  if (part == MS_DATA_TEST && layout->names[TEST]) {
    MS_TRY(ms_path_join(r->test.folder, folder, name));
    MS_TRY(ms_class_list_read(r->test.folder, classes));
    if (classes->are_numbers)
      return ms_file_list_read(r->test.folder, classes, &r->test.list);
  }
  return ms_fail(MS_ERROR_DATA, "%s: holds a folder %s, but no folder train%s: put the training images there", folder,
                 name, classes->n > 0 ? ", whose names give the labels" : "");
}

static enum ms_status list_images(const char *folder, const struct layout *layout, enum ms_data_part part,
                                  struct reading *r) {
  const bool wants_test = part != MS_DATA_TRAINING && (layout->names[TEST] || part != MS_DATA_TEST_IF_THERE);
  if (!layout->names[TRAINING] && (layout->names[TEST] || layout->names[VALIDATION]))
    return list_test(folder, layout, part, r);
  if (layout->names[TRAINING])
    MS_TRY(ms_path_join(r->train.folder, folder, layout->names[TRAINING]));
  else
    snprintf(r->train.folder, sizeof r->train.folder, "%s", folder);
  MS_TRY(ms_class_list_read(r->train.folder, &r->train.classes));
  if (part != MS_DATA_TEST)
    MS_TRY(ms_file_list_read(r->train.folder, &r->train.classes, &r->train.list));
  if (!wants_test)
    return MS_OK;
  if (!layout->names[TEST])
    return ms_fail_by(MS_ERROR_DATA, MS_OTHER_DATA,
                      "%s: holds no folder of test images: put training images into train, test images into test, or "
                      "choose another folder",
                      folder);
  MS_TRY(ms_path_join(r->test.folder, folder, layout->names[TEST]));
  MS_TRY(ms_class_list_read_test(r->test.folder, &r->train.classes, &r->test.classes));
  return ms_file_list_read(r->test.folder, &r->test.classes, &r->test.list);
}

static enum ms_status name_classes(const struct ms_class_list *classes, struct ms_data *data) {
  char(*names)[MS_MAX_CLASS_NAME + 1];
  MS_TRY(ms_allocate(classes->n, sizeof *names, "names of classes", &names));
  data->owned[4] = names;
  for (size_t c = 0; c < classes->n; ++c)
    data->class_names[c] = strcpy(names[c], classes->folders[c].name);
  return MS_OK;
}

static void describe(const struct layout *layout, const struct reading *r, struct ms_data *data) {
  const char *train = layout->names[TRAINING], *validation = layout->names[VALIDATION];
  const bool has_train = train && r->train.list.n > 0, has_test = r->test.list.n > 0;
  snprintf(data->description, sizeof data->description, "PNG files, a folder per class%s%s%s%s%s%s%s",
           has_train || has_test ? ": " : "", has_train ? train : "", has_train && has_test ? ", " : "",
           has_test ? layout->names[TEST] : "", validation ? "; not read: " : "", validation ? validation : "",
           r->transposes ? "; transposed" : "");
}

static enum ms_status read_parts(const char *folder, const struct ms_data_options *options, struct reading *r,
                                 struct ms_data *data) {
  struct layout layout;
  MS_TRY(find_layout(folder, &layout));
  MS_TRY(list_images(folder, &layout, options->part, r));
  MS_TRY(measure(folder, r));
  MS_TRY(read_images(r, &r->train, &data->train, data->owned));
  MS_TRY(read_images(r, &r->test, &data->test, data->owned + 2));
  const struct ms_class_list *classes = labelled(r);
  MS_TRY(classes->are_numbers ? ms_name_classes(folder, NULL, data) : name_classes(classes, data));
  describe(&layout, r, data);
  return MS_OK;
}

enum ms_status ms_class_folders_read(const char *folder, const struct ms_data_options *options, struct ms_data *data) {
  static const struct ms_data_options none;
  struct reading *r;
  memset(data, 0, sizeof *data);
  options = options ? options : &none;
  if (options->split)
    return ms_fail(MS_ERROR_DATA, "%s: holds one data set only, PNG files in a folder per class, and no '%.60s'",
                   folder, options->split);
  MS_TRY(ms_allocate(1, sizeof *r, "lists of images", &r));
  r->transposes = options->transpose == MS_TRANSPOSE;
  const enum ms_status status = read_parts(folder, options, r, data);
  ms_file_list_free(&r->train.list);
  ms_file_list_free(&r->test.list);
  free(r);
  if (status != MS_OK)
    ms_data_free(data);
  return status;
}
