/* mnist_simd predict: what a model says of pictures. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/cli/commands.h"
#include "runtime/cli/options.h"
#include "runtime/cli/predictions.h"
#include "runtime/data/read.h"
#include "runtime/pictures/digits.h"
#include "runtime/platform/error.h"
#include "runtime/platform/files.h"
#include "runtime/platform/memory.h"
#include "runtime/run/folder.h"
#include "runtime/run/run_read.h"

static const struct cli_option options[] = {
    {"many", NULL, "find all digits in a picture, which are read from left to right"},
    {"whole", NULL, "take the whole picture as it is, for models of other things than digits: it is only\nresized"},
    {"json", NULL, "print a list of objects: picture, index, place, class, probabilities"},
    {"csv", NULL, "print a line for each digit, below a line of names"},
    CLI_ISA_OPTION,
    CLI_THREADS_OPTION,
    {0},
};

static const struct cli_command command = {
    .name = "predict",
    .arguments = "MODEL PICTURE...",
    .summary =
        "Says which digits pictures show: photographs of digits on paper, or drawings, as PNG, JPEG, PGM or PPM.\n"
        "MODEL is a .safetensors file or the folder of a run. A digit is found, cut out, made light on dark and\n"
        "fitted into the frame of MNIST's own images; what the network sees is drawn above its probabilities.\n"
        "Or PICTURE is an IDX file, whose images are taken as they are.",
    .options = options,
    .n_arguments = 2,
};

enum format { FOR_PEOPLE, JSON, CSV };

enum { MAX_DRAWN = 64 }; /* images of an IDX file */

struct task {
  const struct cli_values *values;
  const struct ms_network *network;
  const char *const *class_names;
  size_t n_in, side, n_classes; /* of the network; side: of its images, if they are square, else 0 */
  enum format format;
  bool many, whole;
  size_t n_printed;
  float *probabilities; /* (n_classes) */
};

/* ---- Output ---- */

static enum ms_status print(struct task *t, const struct prediction *p) {
  struct ms_text text = {0};
  if (t->format == FOR_PEOPLE) {
    if (t->n_printed++ > 0)
      putchar('\n');
    return print_prediction(p);
  }
  if (t->format == JSON && !ms_is_utf8(p->picture))
    return ms_fail(MS_ERROR_DATA, "%s: its name is not UTF-8, which JSON needs: rename it, or give --csv", p->picture);
  if (t->format == JSON) {
    ms_text_add(&text, t->n_printed > 0 ? ",\n  " : "[\n  ");
    add_json_prediction(&text, p);
  } else {
    add_csv_prediction(&text, p);
  }
  const enum ms_status status = ms_text_status(&text, "prediction");
  if (status == MS_OK)
    fputs(text.data, stdout);
  t->n_printed += status == MS_OK;
  ms_text_free(&text);
  return status;
}

/* pixels: (seen_rows, seen_cols), which are drawn; floats: what the network takes instead, or NULL. */
static enum ms_status predict(struct task *t, struct prediction p, const uint8_t *pixels, const float *floats) {
  const struct ms_dataset image = {.n = 1, .images = floats ? NULL : pixels, .floats = floats};
  p.pixels = pixels;
  p.seen_rows = p.seen_rows > 0 ? p.seen_rows : t->side;
  p.seen_cols = p.seen_cols > 0 ? p.seen_cols : t->side;
  p.n_classes = t->n_classes;
  p.probabilities = t->probabilities;
  p.class_names = t->class_names;
  MS_TRY(predict_images(t->network, &image, t->probabilities));
  return print(t, &p);
}

/* ---- Pictures ---- */

static enum ms_status predict_whole(struct task *t, const char *path, size_t index, const struct ms_picture *picture) {
  uint8_t *pixels;
  MS_TRY(ms_reserve(t->side, t->side, "picture", &pixels));
  enum ms_status status = ms_picture_fit(picture, t->side, t->side, pixels);
  const struct prediction p = {.picture = path, .index = index, .rows = picture->rows, .cols = picture->cols};
  if (status == MS_OK)
    status = predict(t, p, pixels, NULL);
  free(pixels);
  return status;
}

static enum ms_status predict_digits(struct task *t, const char *path, const struct ms_picture *picture) {
  struct ms_digits digits;
  if (t->side != MS_DIGIT_SIDE)
    return ms_fail(MS_ERROR_DATA,
                   "%s: %s takes %zu x %zu pixels, not MNIST's 28 x 28: give --whole, which only resizes", path,
                   t->values->arguments[0], t->side, t->side);
  MS_TRY(ms_digits_find(path, picture, t->many, &digits));
  enum ms_status status = MS_OK;
  if (digits.n_others > 0)
    cli_error(&command, "warning: %s: may hold more digits, the largest is taken: give --many for all", path);
  for (size_t i = 0; status == MS_OK && i < digits.n; ++i) {
    const struct prediction p = {.picture = path,
                                 .index = i,
                                 .top = digits.box[i].top,
                                 .left = digits.box[i].left,
                                 .rows = digits.box[i].rows,
                                 .cols = digits.box[i].cols};
    status = predict(t, p, digits.pixels[i], NULL);
  }
  free(digits.pixels);
  return status;
}

static enum ms_status predict_picture(struct task *t, const char *path) {
  struct ms_picture_limits limits = MS_PICTURE_LIMITS;
  struct ms_picture picture;
  if (t->side == 0)
    return ms_fail(MS_ERROR_DATA, "%s: is a picture, %s takes %zu inputs, which are no square one: give an IDX file",
                   path, t->values->arguments[0], t->n_in);
  MS_TRY(ms_picture_read(path, &limits, &picture));
  enum ms_status status = t->whole ? predict_whole(t, path, 0, &picture) : predict_digits(t, path, &picture);
  if (status == MS_ERROR_DATA && picture.has_alpha && !t->whole) { /* black ink on nothing, perhaps */
    free(picture.pixels);
    limits.ground = UINT8_MAX;
    MS_TRY(ms_picture_read(path, &limits, &picture));
    status = predict_digits(t, path, &picture);
  }
  free(picture.pixels);
  return status;
}

/* ---- IDX files ---- */

static bool is_idx(const char *path) {
  enum { LEAST_TYPE = 8, MOST_TYPE = 14 };
  uint8_t head[3];
  size_t n_read;
  uint64_t n_bytes;
  return ms_file_read_part(path, 0, sizeof head, head, &n_read, &n_bytes) == MS_OK && n_read == sizeof head &&
         ((head[0] == 0 && head[1] == 0 && head[2] >= LEAST_TYPE && head[2] <= MOST_TYPE) ||
          (head[0] == 0x1f && head[1] == 0x8b)); /* a gzip file */
}

static enum ms_status check_images(const struct task *t, const char *path, const struct ms_dataset *images) {
  if (images->rows * images->cols != t->n_in && !(t->whole && t->side > 0))
    return ms_fail(MS_ERROR_DATA, "%s: has images of %zu x %zu pixels, %s takes %zu inputs: %s", path, images->rows,
                   images->cols, t->values->arguments[0], t->n_in,
                   t->side > 0 ? "give --whole, which resizes" : "choose another file");
  if (t->format == FOR_PEOPLE && images->n > MAX_DRAWN)
    return ms_fail(MS_ERROR_DATA, "%s: has %zu images, up to %d are drawn: give --csv or --json, or see 'show --model'",
                   path, images->n, MAX_DRAWN);
  return MS_OK;
}

/* Floats are drawn as bytes, but taken as they are. */
static enum ms_status predict_image(struct task *t, const char *path, const struct ms_dataset *images, size_t index,
                                    uint8_t *pixels) {
  const struct ms_picture picture = {.rows = images->rows, .cols = images->cols, .pixels = pixels};
  const struct prediction p = {.picture = path,
                               .index = index,
                               .rows = images->rows,
                               .cols = images->cols,
                               .seen_rows = images->rows,
                               .seen_cols = images->cols};
  if (images->rows * images->cols != t->n_in)
    return predict_whole(t, path, index, &picture);
  return predict(t, p, pixels, images->floats ? images->floats + index * t->n_in : NULL);
}

static enum ms_status predict_idx(struct task *t, const char *path) {
  const struct ms_data_options wanted = {.part = MS_DATA_TEST};
  struct ms_data data;
  struct ms_image_file file;
  uint8_t *pixels = NULL;
  MS_TRY(ms_images_open(path, &wanted, &data, &file));
  enum ms_status status = check_images(t, path, &data.test);
  if (status == MS_OK)
    status = ms_reserve(data.test.rows, data.test.cols, "image", &pixels);
  for (size_t i = 0; status == MS_OK && i < data.test.n; ++i) {
    status = ms_image_read(&file, &data.test, i, pixels);
    if (status == MS_OK)
      status = predict_image(t, path, &data.test, i, pixels);
  }
  free(pixels);
  ms_data_free(&data);
  return status;
}

/* ---- All ---- */

/* A picture that cannot be used does not keep the others from being read. */
static int predict_all(struct task *t) {
  int exit_code = EXIT_SUCCESS;
  if (t->format == CSV) {
    struct ms_text head = {0};
    add_csv_head(&head, t->n_classes);
    const enum ms_status status = ms_text_status(&head, "table");
    if (status == MS_OK)
      fputs(head.data, stdout);
    ms_text_free(&head);
    if (status != MS_OK)
      return cli_fail(&command, status);
  }
  for (size_t i = 1; i < t->values->n_arguments; ++i) {
    const char *path = t->values->arguments[i];
    const enum ms_status status = is_idx(path) ? predict_idx(t, path) : predict_picture(t, path);
    if (status == MS_ERROR_DATA || status == MS_ERROR_SYSTEM)
      exit_code = cli_fail(&command, status);
    else if (status != MS_OK)
      return cli_fail(&command, status);
  }
  if (t->format == JSON)
    puts(t->n_printed > 0 ? "\n]" : "[]");
  return exit_code;
}

static int start(struct task *t) {
  const size_t side = (size_t)sqrt((double)ms_network_layer(t->network, 0).n_in);
  t->n_in = ms_network_layer(t->network, 0).n_in;
  t->n_classes = ms_network_layer(t->network, ms_network_layers(t->network) - 1).n_out;
  t->side = side * side == t->n_in ? side : 0;
  const enum ms_status status = ms_allocate(t->n_classes, sizeof *t->probabilities, "prediction", &t->probabilities);
  return status == MS_OK ? predict_all(t) : cli_fail(&command, status);
}

int cmd_predict(int argc, char **argv) {
  struct cli_values values;
  int exit_code;
  if (!cli_parse(&command, argc, argv, &values, &exit_code))
    return exit_code;
  struct task t = {.values = &values, .many = cli_get(&values, "many"), .whole = cli_get(&values, "whole")};
  t.format = cli_get(&values, "json") ? JSON : cli_get(&values, "csv") ? CSV : FOR_PEOPLE;
  if ((cli_get(&values, "json") && cli_get(&values, "csv")) || (t.many && t.whole)) {
    cli_error(&command, "%s: choose one of them", t.many && t.whole ? "--many and --whole" : "--json and --csv");
    return EXIT_USAGE;
  }
  exit_code = cli_init(&values);
  if (exit_code != 0)
    return exit_code;
  struct ms_network *network;
  struct ms_run run = {0}; /* its names of the classes, where the model is that of a run that ended */
  enum ms_status status = ms_run_folder_model(values.arguments[0], &network);
  if (status == MS_OK && ms_is_folder(values.arguments[0]) &&
      ms_run_read(values.arguments[0], &run) == MS_ERROR_MEMORY)
    status = MS_ERROR_MEMORY;
  t.network = network;
  t.class_names = run.class_names;
  exit_code = status == MS_OK ? start(&t) : cli_fail(&command, status);
  free(t.probabilities);
  ms_run_free(&run);
  ms_network_free(network);
  ms_shutdown();
  return exit_code;
}
