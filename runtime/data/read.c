/* Data sets as they are published: every layout leads to the same struct ms_data. */
#include "runtime/data/read.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/data/csv.h"
#include "runtime/data/idx.h"
#include "runtime/data/layout.h"
#include "runtime/data/npz.h"
#include "runtime/data/pixels.h"
#include "runtime/data/unfold.h"
#include "runtime/platform/error.h"

/* Images and labels as a part's files have them. */
struct source {
  const char *images_path, *labels_path;
  struct ms_array images, labels;
  void *images_memory, *labels_memory; /* NULL: not there */
  bool is_gzip, has_file;              /* the images stay in their file */
};

/* ---- Files ---- */

static enum ms_status read_idx(const char *path, struct ms_array *array, void **memory, bool *is_gzip) {
  uint8_t *file;
  size_t n_bytes;
  MS_TRY(ms_file_unfold(path, &file, &n_bytes, is_gzip));
  *memory = file;
  return ms_idx_parse(path, file, n_bytes, array);
}

static enum ms_status read_npz(const char *path, const char *const *names, struct ms_array *array, void **memory) {
  uint8_t *file;
  size_t n_bytes;
  MS_TRY(ms_file_read(path, SIZE_MAX / 2, &file, &n_bytes));
  const enum ms_status status = ms_npz_read(path, file, n_bytes, names, array, memory);
  free(file);
  return status;
}

static enum ms_status read_csv(struct source *s) {
  uint8_t *file;
  size_t n_bytes;
  void *memory[2];
  MS_TRY(ms_file_unfold(s->images_path, &file, &n_bytes, &s->is_gzip));
  const enum ms_status status =
      ms_csv_parse(s->images_path, (const char *)file, n_bytes, &s->images, &s->labels, memory);
  free(file);
  s->images_memory = memory[0];
  s->labels_memory = memory[1];
  return status;
}

/* Names in archives: Keras', MedMNIST's, and those of an array that is alone. */
static const char *const image_names[2][4] = {{"x_train", "train_images"}, {"x_test", "test_images"}};
static const char *const label_names[2][4] = {{"y_train", "train_labels"}, {"y_test", "test_labels"}};
static const char *const only_name[] = {"arr_0", NULL};

/* Whether images can be read one by one: bytes that lie as they are wanted. */
static enum ms_status open_file(const char *path, bool is_transposed, struct ms_image_file *file, bool *has_file) {
  bool is_gzip;
  MS_TRY(ms_idx_read_header(path, &file->array, &is_gzip));
  *has_file = !is_gzip && !is_transposed && file->array.type == MS_U8 && file->array.n_dimensions == 3;
  return *has_file ? ms_path_join(file->path, path, "") : MS_OK;
}

struct reader {
  const struct ms_layout *layout;
  struct ms_image_file *file; /* NULL: all images go to memory */
  bool is_transposed, is_gzip;
  char note[MS_ARRAY_TEXT_SIZE]; /* on the pixels */
};

static enum ms_status read_source(const struct reader *r, bool is_test, struct source *s) {
  const struct ms_layout *l = r->layout;
  const bool is_pair = l->format == MS_FORMAT_NPZ_PAIR;
  s->images_path = l->images[is_test];
  s->labels_path = l->labels[is_test];
  if (l->format == MS_FORMAT_CSV)
    return read_csv(s);
  if (l->format == MS_FORMAT_IDX) {
    if (r->file)
      MS_TRY(open_file(s->images_path, r->is_transposed, r->file, &s->has_file));
    if (s->has_file)
      s->images = r->file->array;
    else
      MS_TRY(read_idx(s->images_path, &s->images, &s->images_memory, &s->is_gzip));
    return read_idx(s->labels_path, &s->labels, &s->labels_memory, &s->is_gzip);
  }
  MS_TRY(read_npz(s->labels_path, is_pair ? only_name : label_names[is_test], &s->labels, &s->labels_memory));
  return read_npz(s->images_path, is_pair ? only_name : image_names[is_test], &s->images, &s->images_memory);
}

/* What an archive or a CSV file lacks of a part. */
static enum ms_status lacking(const struct ms_layout *l, bool is_test, const struct source *s) {
  const char *path = s->images_path;
  uint8_t *file;
  size_t n_bytes;
  char names[256];
  if (l->format == MS_FORMAT_CSV)
    return ms_fail(MS_ERROR_DATA, "%s: has no labels: choose a data set with labels", path);
  if (l->format == MS_FORMAT_NPZ_PAIR)
    return ms_fail(MS_ERROR_DATA, "%s: has no array arr_0: get it again", s->images_memory ? s->labels_path : path);
  MS_TRY(ms_file_read(path, SIZE_MAX / 2, &file, &n_bytes));
  ms_npz_names(file, n_bytes, names, sizeof names);
  free(file);
  return ms_fail(MS_ERROR_DATA, "%s: has no array %s, but %s: save it with x_train, y_train, x_test and y_test", path,
                 s->images_memory ? label_names[is_test][0] : image_names[is_test][0],
                 names[0] ? names : "no array at all");
}

/* ---- A part ---- */

__attribute__((format(printf, 2, 3))) static void describe(struct ms_data *data, const char *format, ...) {
  const size_t length = strlen(data->description);
  va_list args;
  va_start(args, format);
  vsnprintf(data->description + length, sizeof data->description - length, format, args);
  va_end(args);
}

/* What the elements became takes the place of what the file held. */
static void settle(void *made, void **memory, void **owned) {
  *owned = made ? made : *memory;
  if (made)
    free(*memory);
  *memory = NULL;
}

/* n_classes 0: take it from the labels. */
static enum ms_status check_labels(const char *path, size_t n_classes, struct ms_dataset *part) {
  size_t largest = 0, largest_at = 0;
  for (size_t i = 0; i < part->n; ++i)
    if (part->labels[i] > largest) {
      largest = part->labels[i];
      largest_at = i;
    }
  if (n_classes > 0 && largest >= n_classes)
    return ms_fail(MS_ERROR_DATA, "%s: label %zu is %zu, beyond the %zu classes of the training labels", path,
                   largest_at, largest, n_classes);
  part->n_classes = n_classes > 0 ? n_classes : largest + 1;
  return MS_OK;
}

static enum ms_status take_part(const struct source *s, bool is_transposed, size_t n_classes, struct ms_dataset *part,
                                void *made[2], char *note) {
  size_t n;
  char text[MS_ARRAY_TEXT_SIZE];
  MS_TRY(ms_array_images(s->images_path, &s->images, is_transposed, part, &made[0], text));
  if (note[0] == '\0')
    strcpy(note, text);
  MS_TRY(ms_array_labels(s->labels_path, &s->labels, &n, &part->labels, &made[1]));
  if (part->n != n)
    return ms_fail(MS_ERROR_DATA, "%s holds %zu images, %s holds %zu labels: both must come from one data set",
                   s->images_path, part->n, s->labels_path, n);
  return check_labels(s->labels_path, n_classes, part);
}

/* may_lack: a part that is not there stays empty. */
static enum ms_status read_part(struct reader *r, bool is_test, bool may_lack, struct ms_data *data) {
  struct ms_dataset *part = is_test ? &data->test : &data->train;
  struct source s = {.images_memory = NULL};
  void *made[2] = {NULL, NULL};
  if (!r->layout->images[is_test][0])
    return MS_OK;
  enum ms_status status = read_source(r, is_test, &s);
  const bool is_there = (s.images_memory || s.has_file) && s.labels_memory;
  if (status == MS_OK && !is_there && !(may_lack && !s.images_memory && !s.labels_memory))
    status = lacking(r->layout, is_test, &s);
  if (status == MS_OK && is_there)
    status = take_part(&s, r->is_transposed, data->train.n_classes, part, made, r->note);
  settle(made[0], &s.images_memory, &data->owned[2 * is_test]);
  settle(made[1], &s.labels_memory, &data->owned[2 * is_test + 1]);
  r->is_gzip = r->is_gzip || s.is_gzip;
  return status;
}

static enum ms_status read_parts(struct reader *r, const char *folder, enum ms_data_part part, struct ms_data *data) {
  const struct ms_dataset *train = &data->train, *test = &data->test;
  if (part != MS_DATA_TEST) {
    MS_TRY(read_part(r, false, false, data));
    if (train->n_classes < 2)
      return ms_fail(MS_ERROR_DATA, "%s: all training labels are 0: at least two classes are needed", folder);
  }
  if (part == MS_DATA_TRAINING)
    return MS_OK;
  MS_TRY(read_part(r, true, part == MS_DATA_TEST_IF_THERE, data));
  if (part != MS_DATA_TEST && test->n > 0 && (train->rows != test->rows || train->cols != test->cols))
    return ms_fail(MS_ERROR_DATA,
                   "%s: training images are %zu x %zu, test images %zu x %zu: both must come from one data set", folder,
                   train->rows, train->cols, test->rows, test->cols);
  return MS_OK;
}

/* ---- The whole ---- */

static void describe_all(const struct reader *r, struct ms_data *data) {
  static const char *const formats[] = {"IDX", "NPZ", "NPZ", "CSV"};
  const struct ms_layout *l = r->layout;
  const struct ms_dataset *part = data->train.n > 0 ? &data->train : &data->test;
  size_t least = part->labels[0];
  for (size_t i = 0; i < part->n; ++i)
    least = part->labels[i] < least ? part->labels[i] : least;
  describe(data, "%s%s", formats[l->format], r->is_gzip ? ", gzip" : "");
  if (l->known)
    describe(data, "; %s", l->known->name);
  if (r->is_transposed)
    describe(data, "; rows and columns exchanged");
  if (r->note[0])
    describe(data, "; %s", r->note);
  if (least > 0)
    describe(data, "; labels from %zu", least);
  if (l->has_others)
    describe(data, "; other data sets beside it");
}

static bool is_transposed(const struct ms_data_options *options, const struct ms_known_data *known) {
  return options->transpose == MS_TRANSPOSE ||
         (options->transpose == MS_TRANSPOSE_KNOWN && known && known->is_transposed);
}

static enum ms_status check_options(const struct ms_data_options *options) {
  if ((unsigned)options->part > MS_DATA_TEST_IF_THERE)
    return ms_fail(MS_ERROR_ARGUMENT, "part is %d, must be one of enum ms_data_part", (int)options->part);
  if ((unsigned)options->transpose > MS_TRANSPOSE_NEVER)
    return ms_fail(MS_ERROR_ARGUMENT, "transpose is %d, must be one of enum ms_transposition", (int)options->transpose);
  return MS_OK;
}

static enum ms_status read_any(const char *folder, const struct ms_data_options *options, struct ms_image_file *file,
                               struct ms_data *data) {
  struct ms_layout layout;
  struct reader r = {.layout = &layout, .file = file};
  memset(data, 0, sizeof *data);
  MS_TRY(ms_path_check(folder));
  MS_TRY(check_options(options));
  MS_TRY(ms_layout_find(folder, options, &layout));
  r.is_transposed = is_transposed(options, layout.known);
  enum ms_status status = read_parts(&r, folder, options->part, data);
  if (status == MS_OK)
    status = ms_name_classes(layout.folder, layout.known, data);
  if (status == MS_OK)
    describe_all(&r, data);
  else
    ms_data_free(data);
  return status;
}

enum ms_status ms_data_read(const char *folder, const struct ms_data_options *options, struct ms_data *data) {
  MS_REQUIRE(folder);
  MS_REQUIRE(data);
  return read_any(folder, options ? options : &(struct ms_data_options){.split = NULL}, NULL, data);
}

enum ms_status ms_data_load(const char *folder, struct ms_data *data) {
  MS_REQUIRE(folder);
  MS_REQUIRE(data);
  return ms_data_read(folder, NULL, data);
}

enum ms_status ms_data_load_training(const char *folder, struct ms_data *data) {
  MS_REQUIRE(folder);
  MS_REQUIRE(data);
  return ms_data_read(folder, &(struct ms_data_options){.part = MS_DATA_TRAINING}, data);
}

/* ---- A few images ---- */

enum ms_status ms_data_open(const char *folder, const struct ms_data_options *options, struct ms_data *data,
                            struct ms_image_file *file) {
  file->path[0] = '\0';
  return read_any(folder, options, file, data);
}

enum ms_status ms_images_open(const char *path, const struct ms_data_options *options, struct ms_data *data,
                              struct ms_image_file *file) {
  char note[MS_ARRAY_TEXT_SIZE];
  void *made = NULL, *memory = NULL;
  bool is_gzip, has_file;
  const bool exchange = is_transposed(options, ms_known_by_file(path));
  memset(data, 0, sizeof *data);
  file->path[0] = '\0';
  enum ms_status status = open_file(path, exchange, file, &has_file);
  if (status == MS_OK && !has_file)
    status = read_idx(path, &file->array, &memory, &is_gzip);
  if (status == MS_OK)
    status = ms_array_images(path, &file->array, exchange, &data->test, &made, note);
  settle(made, &memory, &data->owned[2]);
  if (status != MS_OK)
    ms_data_free(data);
  return status;
}

enum ms_status ms_image_read(const struct ms_image_file *file, const struct ms_dataset *part, size_t index,
                             uint8_t *pixels) {
  if (file->path[0])
    return ms_idx_read_item(file->path, &file->array, index, pixels);
  ms_image_bytes(part, index, pixels);
  return MS_OK;
}
