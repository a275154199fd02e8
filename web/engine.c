/* The library as a page's worker calls it: plain numbers and pointers in, a status out, and behind it a JSON text with
 * what is to be said, or the message of a failure. Files are those that web/wasi.js holds in memory. One model is at
 * hand: loaded, or of the last epoch that was trained here. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/nn/network.h"
#include "runtime/pictures/digits.h"
#include "runtime/platform/clock.h"
#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"
#include "runtime/run/about.h"
#include "runtime/run/folder.h"
#include "runtime/run/json_text.h"
#include "runtime/run/session.h"

#define EXPORT(name) __attribute__((export_name(#name))) name
#pragma GCC diagnostic ignored "-Wmissing-prototypes" /* the callers are in JavaScript */

static struct ms_text answer;
static struct ms_data data;
static struct ms_network *model;
static struct ms_evaluation evaluation;

static struct {
  struct ms_session session;
  struct ms_config *config;
  struct ms_text about;
  char *preset, *folder;
  json_t *epochs; /* that ended since the last answer */
  struct ms_step step;
  bool is_open;
} training;

/* ---- Answers ---- */

static int say(json_t *json) {
  ms_text_free(&answer);
  ms_text_add_json(&answer, json, JSON_COMPACT);
  json_decref(json);
  return (int)ms_text_status(&answer, "answer");
}

static int fail(enum ms_status status) {
  ms_text_free(&answer);
  ms_text_add(&answer, ms_error_message());
  return (int)status;
}

/* What the last call said; valid until the next. */
const char *EXPORT(last_answer)(void) {
  return answer.data ? answer.data : "";
}

void *EXPORT(reserve)(size_t n_bytes) {
  return malloc(n_bytes);
}

void EXPORT(release)(void *memory) {
  free(memory);
}

/* isa: NULL for the best. */
int EXPORT(start)(const char *isa) {
  const enum ms_status status = ms_init(isa, 1);
  if (status != MS_OK)
    return fail(status);
  return say(json_pack("{s:s, s:s, s:i}", "version", ms_version_string(), "isa", ms_isa(), "contract",
                       (int)ms_numerics_contract()));
}

/* ---- Data ---- */

static json_t *class_names(void) {
  json_t *names = json_array();
  for (size_t c = 0; c < data.train.n_classes || c < data.test.n_classes; ++c)
    json_array_append_new(names, data.class_names[c] ? json_string(data.class_names[c]) : json_integer((json_int_t)c));
  return names;
}

/* The data set in a folder or file takes the place of the one before. */
int EXPORT(read_data)(const char *path, const char *split) {
  const struct ms_data_options options = {.part = MS_DATA_TEST_IF_THERE, .split = split};
  struct ms_data read;
  char digest[65];
  const enum ms_status status = training.is_open
                                    ? ms_fail(MS_ERROR_ARGUMENT, "a training is at work on the data: stop it first")
                                    : ms_data_read(path, &options, &read);
  if (status != MS_OK)
    return fail(status);
  ms_data_free(&data);
  data = read;
  ms_dataset_sha256(&data.train, digest);
  return say(json_pack("{s:s, s:I, s:I, s:I, s:I, s:o, s:s, s:b}", "description", data.description, "train",
                       (json_int_t)data.train.n, "test", (json_int_t)data.test.n, "rows", (json_int_t)data.train.rows,
                       "cols", (json_int_t)data.train.cols, "classes", class_names(), "sha256", digest, "is_mnist",
                       (int)(strcmp(digest, MS_MNIST_SHA256) == 0)));
}

static const struct ms_dataset *part_of(int of_test) {
  return of_test ? &data.test : &data.train;
}

/* (rows * cols) bytes; NULL: no such image, or not of bytes. */
const uint8_t *EXPORT(image_at)(int of_test, size_t index) {
  const struct ms_dataset *part = part_of(of_test);
  return part->images && index < part->n ? part->images + index * part->rows * part->cols : NULL;
}

int EXPORT(label_at)(int of_test, size_t index) {
  const struct ms_dataset *part = part_of(of_test);
  return index < part->n ? part->labels[index] : -1;
}

/* ---- The model at hand, which there must be ---- */

int EXPORT(describe_model)(void) {
  char digest[65];
  json_t *units = json_array();
  for (size_t l = 0; l < ms_network_layers(model); ++l)
    json_array_append_new(units, json_integer((json_int_t)ms_network_layer(model, l).n_in));
  const size_t n_classes = ms_network_layer(model, ms_network_layers(model) - 1).n_out;
  json_array_append_new(units, json_integer((json_int_t)n_classes));
  ms_network_sha256(model, digest);
  return say(json_pack("{s:o, s:I, s:s}", "units", units, "parameters", (json_int_t)ms_network_parameters(model),
                       "sha256", digest));
}

/* A .safetensors file, or the folder of a run. */
int EXPORT(load_model)(const char *path) {
  struct ms_network *loaded;
  const enum ms_status status = ms_run_folder_model(path, &loaded);
  if (status != MS_OK)
    return fail(status);
  ms_network_free(model);
  model = loaded;
  return describe_model();
}

static size_t n_inputs(void) {
  return model ? ms_network_layer(model, 0).n_in : 0;
}

/* Pixels (inputs) of n images to probabilities (n, classes). */
int EXPORT(predict)(size_t n, const uint8_t *pixels, float *probabilities) {
  const enum ms_status status = model ? ms_predict_bytes(model, n, pixels, MS_PROBABILITIES, probabilities)
                                      : ms_fail(MS_ERROR_ARGUMENT, "there is no model yet");
  return status == MS_OK ? MS_OK : fail(status);
}

/* A drawing, grey (rows, cols), dark on light, as MNIST's images are prepared: pixels (28, 28). */
int EXPORT(prepare_digit)(size_t rows, size_t cols, uint8_t *drawing, uint8_t *pixels) {
  const struct ms_picture picture = {.rows = rows, .cols = cols, .pixels = drawing};
  struct ms_digits digits;
  const enum ms_status status = ms_digits_find("drawing", &picture, false, &digits);
  if (status != MS_OK)
    return fail(status);
  memcpy(pixels, digits.pixels[0], sizeof digits.pixels[0]);
  free(digits.pixels);
  return MS_OK;
}

/* y = x W + b, with a ReLU where is_hidden. */
static void forward(const struct ms_layer_view *layer, const float *x, bool is_hidden, float *y) {
  memcpy(y, layer->bias, layer->n_out * sizeof *y);
  for (size_t i = 0; i < layer->n_in; ++i)
    for (size_t j = 0; x[i] != 0 && j < layer->n_out; ++j)
      y[j] += x[i] * layer->weight[i * layer->n_out + j];
  for (size_t j = 0; is_hidden && j < layer->n_out; ++j)
    y[j] = y[j] > 0 ? y[j] : 0;
}

/* dx = W dy, where the ReLU that made x let it pass. */
static void backward(const struct ms_layer_view *layer, const float *x, const float *dy, float *dx) {
  for (size_t i = 0; i < layer->n_in; ++i) {
    dx[i] = 0;
    for (size_t j = 0; x[i] > 0 && j < layer->n_out; ++j)
      dx[i] += layer->weight[i * layer->n_out + j] * dy[j];
  }
}

/* What each pixel adds to the logit of a class: the network is linear in its input as long as no ReLU switches, so each
 * pixel's value times the logit's derivative by it, parts (inputs). For showing alone: no bits are promised. */
int EXPORT(explain)(const uint8_t *pixels, size_t class, float *parts) {
  const size_t n_layers = model ? ms_network_layers(model) : 0;
  size_t widest = n_inputs(), total = n_inputs();
  for (size_t l = 0; l < n_layers; ++l) {
    const size_t n_out = ms_network_layer(model, l).n_out;
    widest = n_out > widest ? n_out : widest;
    total += n_out;
  }
  if (n_layers == 0 || class >= ms_network_layer(model, n_layers - 1).n_out)
    return fail(ms_fail(MS_ERROR_ARGUMENT, "there is no such class"));
  float *values, *x[MS_MAX_HIDDEN + 2];
  const enum ms_status status = ms_allocate(total + 2 * widest, sizeof *values, "explanation", &values);
  if (status != MS_OK)
    return fail(status);
  x[0] = values;
  for (size_t i = 0; i < n_inputs(); ++i)
    x[0][i] = (float)pixels[i] / 255;
  for (size_t l = 0; l < n_layers; ++l) {
    const struct ms_layer_view layer = ms_network_layer(model, l);
    x[l + 1] = x[l] + layer.n_in;
    forward(&layer, x[l], l + 1 < n_layers, x[l + 1]);
  }
  float *dy = values + total, *dx = dy + widest;
  dy[class] = 1;
  for (size_t l = n_layers; l-- > 0;) {
    const struct ms_layer_view layer = ms_network_layer(model, l);
    backward(&layer, x[l], dy, dx);
    float *const other = dy;
    dy = dx;
    dx = other;
  }
  for (size_t i = 0; i < n_inputs(); ++i)
    parts[i] = dy[i] * x[0][i];
  free(values);
  return MS_OK;
}

/* The n training images that are nearest by the sum of squared differences, nearest first. */
int EXPORT(find_nearest)(const uint8_t *pixels, size_t n, uint32_t *indices) {
  const struct ms_dataset *part = &data.train;
  const size_t n_pixels = part->rows * part->cols;
  uint64_t *distances;
  if (!part->images || part->n < n || n_pixels != n_inputs())
    return fail(ms_fail(MS_ERROR_ARGUMENT, "there are no training images of this size"));
  const enum ms_status status = ms_allocate(n, sizeof *distances, "distances", &distances);
  if (status != MS_OK)
    return fail(status);
  for (size_t i = 0, n_found = 0; i < part->n; ++i) {
    uint64_t distance = 0;
    for (size_t p = 0; p < n_pixels; ++p) {
      const int difference = (int)part->images[i * n_pixels + p] - pixels[p];
      distance += (uint32_t)(difference * difference);
    }
    if (n_found == n && distance >= distances[n - 1])
      continue;
    size_t at = n_found < n ? n_found++ : n - 1;
    for (; at > 0 && distance < distances[at - 1]; --at) {
      distances[at] = distances[at - 1];
      indices[at] = indices[at - 1];
    }
    distances[at] = distance;
    indices[at] = (uint32_t)i;
  }
  free(distances);
  return MS_OK;
}

/* The weights of the first layer, (inputs, units), of the model at hand. */
const float *EXPORT(first_weights)(void) {
  return model ? ms_network_layer(model, 0).weight : NULL;
}

/* On the test images: the mistakes' indices, and the confusion matrix, row by true class. */
int EXPORT(evaluate)(void) {
  ms_evaluation_free(&evaluation);
  memset(&evaluation, 0, sizeof evaluation);
  const enum ms_status status = model && data.test.n > 0
                                    ? ms_evaluate(model, &data.test, &evaluation)
                                    : ms_fail(MS_ERROR_ARGUMENT, "a model and test images are needed");
  if (status != MS_OK)
    return fail(status);
  json_t *confusion = json_array(), *mistakes = json_array();
  for (size_t i = 0; i < evaluation.n_classes * evaluation.n_classes; ++i)
    json_array_append_new(confusion, json_integer((json_int_t)evaluation.confusion[i]));
  for (size_t i = 0; i < evaluation.n; ++i)
    if (evaluation.predicted[i] != data.test.labels[i])
      json_array_append_new(mistakes, json_pack("[I, i, i, f]", (json_int_t)i, data.test.labels[i],
                                                evaluation.predicted[i], (double)evaluation.confidence[i]));
  return say(json_pack("{s:I, s:I, s:f, s:f, s:o, s:o}", "images", (json_int_t)evaluation.n, "errors",
                       (json_int_t)evaluation.errors, "accuracy", evaluation.accuracy, "loss", evaluation.loss,
                       "confusion", confusion, "mistakes", mistakes));
}

/* ---- Training ---- */

static void on_step(void *context, const struct ms_step *step) {
  (void)context;
  training.step = *step;
}

static enum ms_status on_epoch(void *context, const struct ms_epoch *epoch) {
  (void)context;
  if (!model || ms_network_parameters(model) != ms_network_parameters(epoch->network)) {
    ms_network_free(model);
    model = NULL;
  }
  if (!model)
    MS_TRY(ms_network_like(epoch->network, &model));
  ms_network_copy(model, epoch->network);
  json_t *row =
      json_pack("{s:I, s:f, s:f, s:f, s:s}", "epoch", (json_int_t)epoch->epoch, "train_loss", epoch->train_loss,
                "train_accuracy", epoch->train_accuracy, "seconds", epoch->seconds, "sha256", epoch->weights_sha256);
  if (row && epoch->has_validation) {
    json_object_set_new(row, "val_loss", json_real(epoch->val_loss));
    json_object_set_new(row, "val_accuracy", json_real(epoch->val_accuracy));
  }
  json_array_append_new(training.epochs, row);
  return MS_OK;
}

static const struct ms_observer observer = {.step = on_step, .epoch = on_epoch};

static void close_training(void) {
  if (training.is_open) {
    ms_session_end(&training.session, MS_STOPPED);
    ms_session_close(&training.session);
  }
  ms_config_free(training.config);
  ms_text_free(&training.about);
  json_decref(training.epochs);
  free(training.preset);
  free(training.folder);
  memset(&training, 0, sizeof training);
}

/* "name=value" lines, in the order of ms_setting_name; changes them. */
static enum ms_status set_all(char *settings) {
  for (char *line = settings, *next; *line; line = next) {
    next = line + strcspn(line, "\n");
    next += *next != '\0' ? (*next = '\0', 1) : 0;
    char *value = strchr(line, '=');
    if (!value)
      return ms_fail(MS_ERROR_ARGUMENT, "%s: is no NAME=VALUE", line);
    *value++ = '\0';
    MS_TRY(ms_config_set(training.config, line, value));
  }
  return MS_OK;
}

/* The command line that trains the same run with the program. */
static enum ms_status describe(const char *name, const char *settings) {
  struct ms_text command = {0};
  ms_text_printf(&command, "mnist_simd train --preset %s", training.preset);
  for (const char *line = settings; *line; line += strspn(line, "\n")) {
    const int name_length = (int)strcspn(line, "=\n");
    ms_text_printf(&command, " --%.*s", name_length, line);
    line += name_length;
    ms_text_printf(&command, " %.*s", (int)strcspn(line, "\n") - (*line == '='), line + (*line == '='));
    line += strcspn(line, "\n");
  }
  const struct ms_run_about about = {.name = (char *)name, .command = command.data};
  enum ms_status status = ms_text_status(&command, "command");
  if (status == MS_OK)
    status = ms_about_write(&about, &training.about);
  ms_text_free(&command);
  return status;
}

static enum ms_status open_training(const char *folder, const char *preset, char *settings, const char *name,
                                    bool resume) {
  training.preset = strdup(preset);
  training.folder = strdup(folder);
  training.epochs = json_array();
  if (!training.preset || !training.folder || !training.epochs)
    return ms_fail(MS_ERROR_MEMORY, "no memory for a training");
  MS_TRY(ms_config_preset(preset, &training.config));
  MS_TRY(describe(name, settings));
  MS_TRY(set_all(settings));
  MS_TRY(ms_config_check(training.config));
  const struct ms_session_plan plan = {.folder = training.folder,
                                       .preset = training.preset,
                                       .config = training.config,
                                       .data = &data,
                                       .start = resume ? MS_SESSION_RESUME : MS_SESSION_OVERWRITE,
                                       .checkpoint_epochs = 1,
                                       .about = training.about.data};
  MS_TRY(ms_session_open(&plan, &training.session));
  training.is_open = true;
  return ms_session_begin(&training.session, &observer);
}

/* The settings of a preset: name and value, as ms_config_get gives it. */
int EXPORT(describe_preset)(const char *preset) {
  struct ms_config *config;
  const enum ms_status status = ms_config_preset(preset, &config);
  if (status != MS_OK)
    return fail(status);
  json_t *settings = json_object();
  const char *name;
  for (size_t i = 0; (name = ms_setting_name(i)) != NULL; ++i) {
    char value[MS_SETTING_SIZE];
    ms_config_get(config, name, value);
    json_object_set_new(settings, name, json_string(value));
  }
  ms_config_free(config);
  return say(settings);
}

/* Begins or resumes a run in a folder. settings: "name=value" lines, the names of ms_setting_name. */
int EXPORT(open_run)(const char *folder, const char *preset, char *settings, const char *name, int resume) {
  close_training();
  const enum ms_status status = open_training(folder, preset, settings, name, resume != 0);
  if (status != MS_OK) {
    close_training();
    return fail(status);
  }
  const size_t n = training.session.split.train.n, batch = training.config->batch;
  return say(json_pack("{s:I, s:I, s:I, s:I, s:I}", "epochs", (json_int_t)training.config->epochs, "done",
                       (json_int_t)training.session.run.result.epochs_run, "steps",
                       (json_int_t)((n + batch - 1) / batch), "images", (json_int_t)n, "val",
                       (json_int_t)training.session.split.validation.n));
}

/* Steps for so long, but not beyond the end of an epoch, after which its checkpoint is in the folder. */
int EXPORT(advance_run)(double seconds) {
  const double start = ms_clock_s();
  enum ms_status status = MS_OK;
  if (!training.is_open)
    return fail(ms_fail(MS_ERROR_ARGUMENT, "no training is under way"));
  while (status == MS_OK && !ms_training_is_done(training.session.training) && json_array_size(training.epochs) == 0 &&
         ms_clock_s() - start < seconds)
    status = ms_session_advance(&training.session);
  if (status != MS_OK) {
    const int code = fail(status);
    close_training();
    return code;
  }
  json_t *epochs = training.epochs;
  training.epochs = json_array();
  const struct ms_step *step = &training.step;
  return say(json_pack("{s:I, s:I, s:I, s:I, s:f, s:f, s:o, s:b}", "epoch", (json_int_t)step->epoch, "step",
                       (json_int_t)step->step, "steps", (json_int_t)step->n_steps, "images", (json_int_t)step->images,
                       "loss", step->loss, "accuracy", step->accuracy, "ended", epochs, "is_done",
                       (int)ms_training_is_done(training.session.training)));
}

/* Ends the run: its model, the best of its epochs with early stopping, is the one at hand, and in the folder with
 * run.json. Says which epoch's it is. */
int EXPORT(end_run)(void) {
  if (!training.is_open || !ms_training_is_done(training.session.training))
    return fail(ms_fail(MS_ERROR_ARGUMENT, "no training has come to its end"));
  ms_session_end(&training.session, MS_OK);
  const enum ms_status status = ms_session_save(&training.session);
  if (status == MS_OK) {
    ms_network_free(model);
    model = training.session.run.network;
    training.session.run.network = NULL;
  }
  const struct ms_train_result result = training.session.run.result;
  close_training();
  if (status != MS_OK)
    return fail(status);
  return say(json_pack("{s:I, s:b}", "model_epoch", (json_int_t)result.model_epoch, "stopped_early",
                       (int)result.stopped_early));
}

/* Leaves a run where it is: what its last checkpoint has is in the folder. */
void EXPORT(close_run)(void) {
  close_training();
}
