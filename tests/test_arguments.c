/* Wrong calls of the library are refused, and the message names what is wrong: NULL, sizes beyond memory, values that
 * are not finite, images that are not the checkpoint's, instruction sets of other processors, paths that name nothing.
 * Settings are test_settings.c's, data sets test_predict.c's. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "runtime/platform/dispatch.h"
#include "runtime/platform/files.h"
#include "tests/harness.h"

#define MESSAGE_IS(text) CHECK_MESSAGE(strcmp(ms_error_message(), text) == 0, "%s", ms_error_message())
#define MESSAGE_HAS(text) CHECK_MESSAGE(strstr(ms_error_message(), text), "%s", ms_error_message())
#define CHECK_OK(call) CHECK_MESSAGE((call) == MS_OK, "%s", ms_error_message())
#define REFUSES(call, text)                                                                                            \
  do {                                                                                                                 \
    CHECK((call) == MS_ERROR_ARGUMENT);                                                                                \
    MESSAGE_IS(text);                                                                                                  \
  } while (0)
#define REFUSES_NULL(function, parameter, ...)                                                                         \
  REFUSES(function(__VA_ARGS__), #function ": " parameter ": must not be NULL")

enum { N = 20, SIDE = 2, PIXELS = SIDE * SIDE, CLASSES = 3 };

static uint8_t pixels[N * PIXELS], labels[N];

static struct ms_dataset make_data(void) {
  for (size_t i = 0; i < sizeof pixels; ++i)
    pixels[i] = (uint8_t)(37 * i);
  for (size_t i = 0; i < N; ++i)
    labels[i] = i % CLASSES;
  return (struct ms_dataset){
      .n = N, .rows = SIDE, .cols = SIDE, .n_classes = CLASSES, .images = pixels, .labels = labels};
}

static struct ms_config *make_config(void) {
  struct ms_config *config;
  CHECK_OK(ms_config_preset("unregularised", &config));
  CHECK_OK(ms_config_set(config, "hidden", "5"));
  CHECK_OK(ms_config_set(config, "batch", "8"));
  CHECK_OK(ms_config_set(config, "epochs", "2"));
  CHECK_OK(ms_config_set(config, "val", "0"));
  return config;
}

/* A network of one layer, whose weights are all the same. */
static struct ms_network *make_network(float weight) {
  float weights[PIXELS * CLASSES];
  const float bias[CLASSES] = {0};
  struct ms_network *network;
  for (size_t i = 0; i < PIXELS * CLASSES; ++i)
    weights[i] = weight;
  const struct ms_layer_view layer = {PIXELS, CLASSES, weights, bias};
  CHECK_OK(ms_network_from_layers(1, &layer, &network));
  return network;
}

/* ---- NULL ---- */

static void null_matrices(void) {
  float x[4] = {1, 2, 3, 4};
  CHECK_OK(ms_init(NULL, 1));
  REFUSES_NULL(ms_sgemm, "a", MS_NO_TRANS, MS_NO_TRANS, 2, 2, 2, 1, NULL, 2, x, 2, 0, x, 2);
  REFUSES_NULL(ms_sgemm, "b", MS_NO_TRANS, MS_NO_TRANS, 2, 2, 2, 1, x, 2, NULL, 2, 0, x, 2);
  REFUSES_NULL(ms_sgemm, "c", MS_NO_TRANS, MS_NO_TRANS, 2, 2, 2, 1, x, 2, x, 2, 0, NULL, 2);
  CHECK_OK(ms_sgemm(MS_NO_TRANS, MS_NO_TRANS, 0, 2, 2, 1, NULL, 2, NULL, 2, 0, NULL, 2));
  CHECK_OK(ms_sgemm(MS_NO_TRANS, MS_NO_TRANS, 2, 2, 2, 0, NULL, 2, NULL, 2, 2, x, 2));
  CHECK(x[3] == 8);
}

static void null_configurations(void) {
  struct ms_config *config = make_config(), *copy = config;
  const struct ms_config hollow = {.n_hidden = 1};
  REFUSES_NULL(ms_config_preset, "name", NULL, &copy);
  CHECK(!copy);
  REFUSES_NULL(ms_config_preset, "config", "final", NULL);
  REFUSES_NULL(ms_config_copy, "config", NULL, &copy);
  REFUSES_NULL(ms_config_copy, "config->hidden", &hollow, &copy);
  REFUSES_NULL(ms_config_copy, "copy", config, NULL);
  REFUSES_NULL(ms_config_set, "config", NULL, "lr", "1");
  REFUSES_NULL(ms_config_set, "name", config, NULL, "1");
  REFUSES_NULL(ms_config_set, "value", config, "lr", NULL);
  REFUSES_NULL(ms_config_set_layer, "config", NULL, "l1", 1, "0");
  REFUSES_NULL(ms_config_set_layer, "name", config, NULL, 1, "0");
  REFUSES_NULL(ms_config_set_layer, "value", config, "l1", 1, NULL);
  REFUSES_NULL(ms_config_check, "config", NULL);
  REFUSES_NULL(ms_config_check, "config->hidden", &hollow);
  ms_config_free(config);
}

static void null_networks(void) {
  const struct ms_dataset data = make_data();
  struct ms_network *network = make_network(0), *other = network;
  struct ms_evaluation e;
  struct ms_data loaded;
  uint8_t *bytes;
  size_t n_bytes;
  float out[CLASSES];
  const float inputs[PIXELS] = {0};
  CHECK_OK(ms_init(NULL, 1));
  REFUSES_NULL(ms_data_read, "folder", NULL, NULL, &loaded);
  REFUSES_NULL(ms_data_read, "data", "x", NULL, NULL);
  REFUSES_NULL(ms_data_load, "folder", NULL, &loaded);
  REFUSES_NULL(ms_data_load, "data", "x", NULL);
  REFUSES_NULL(ms_data_load_training, "folder", NULL, &loaded);
  REFUSES_NULL(ms_data_load_training, "data", "x", NULL);
  REFUSES_NULL(ms_network_from_layers, "layers", 1, NULL, &other);
  REFUSES_NULL(ms_network_from_layers, "network", 1, &(struct ms_layer_view){0}, NULL);
  REFUSES_NULL(ms_network_save, "network", NULL, "x");
  REFUSES_NULL(ms_network_save, "path", network, NULL);
  REFUSES_NULL(ms_network_load, "path", NULL, &other);
  REFUSES_NULL(ms_network_load, "network", "x", NULL);
  REFUSES_NULL(ms_network_to_bytes, "network", NULL, &bytes, &n_bytes);
  REFUSES_NULL(ms_network_to_bytes, "bytes", network, NULL, &n_bytes);
  REFUSES_NULL(ms_network_to_bytes, "n_bytes", network, &bytes, NULL);
  REFUSES_NULL(ms_network_from_bytes, "bytes", NULL, 9, &other);
  REFUSES_NULL(ms_network_from_bytes, "network", pixels, 9, NULL);
  REFUSES_NULL(ms_predict_bytes, "network", NULL, 1, pixels, MS_LOGITS, out);
  REFUSES_NULL(ms_predict_bytes, "inputs", network, 1, NULL, MS_LOGITS, out);
  REFUSES_NULL(ms_predict_bytes, "out", network, 1, pixels, MS_LOGITS, NULL);
  REFUSES_NULL(ms_predict_floats, "network", NULL, 1, inputs, MS_LOGITS, out);
  REFUSES_NULL(ms_predict_floats, "inputs", network, 1, NULL, MS_LOGITS, out);
  REFUSES_NULL(ms_predict_floats, "out", network, 1, inputs, MS_LOGITS, NULL);
  REFUSES_NULL(ms_evaluate, "network", NULL, &data, &e);
  REFUSES_NULL(ms_evaluate, "data", network, NULL, &e);
  REFUSES_NULL(ms_evaluate, "evaluation", network, &data, NULL);
  CHECK(!other);
  ms_network_free(network);
}

static enum ms_status save_nothing(void *context, enum ms_moment moment, const struct ms_train_state *state) {
  (void)context;
  (void)moment;
  REFUSES_NULL(ms_checkpoint_save, "state", NULL, NULL, "x");
  REFUSES_NULL(ms_checkpoint_save, "path", state, NULL, NULL);
  return MS_STOPPED;
}

static void null_trainings(void) {
  const struct ms_dataset data = make_data();
  const struct ms_observer observer = {.keep = save_nothing};
  struct ms_config *config = make_config();
  struct ms_network *initial = make_network(0), *network = initial;
  struct ms_checkpoint *checkpoint;
  struct ms_train_result result;
  CHECK_OK(ms_init(NULL, 1));
  REFUSES_NULL(ms_train, "config", NULL, &data, NULL, NULL, &network, &result);
  CHECK(!network);
  REFUSES_NULL(ms_train, "train", config, NULL, NULL, NULL, &network, &result);
  REFUSES_NULL(ms_train, "network", config, &data, NULL, NULL, NULL, &result);
  REFUSES_NULL(ms_train, "result", config, &data, NULL, NULL, &network, NULL);
  REFUSES_NULL(ms_train_from, "initial", NULL, config, &data, NULL, NULL, &network, &result);
  REFUSES_NULL(ms_train_from, "config", initial, NULL, &data, NULL, NULL, &network, &result);
  REFUSES_NULL(ms_train_from, "train", initial, config, NULL, NULL, NULL, &network, &result);
  REFUSES_NULL(ms_train_from, "network", initial, config, &data, NULL, NULL, NULL, &result);
  REFUSES_NULL(ms_train_from, "result", initial, config, &data, NULL, NULL, &network, NULL);
  REFUSES_NULL(ms_train_resume, "checkpoint", NULL, &data, NULL, NULL, &network, &result);
  REFUSES_NULL(ms_checkpoint_load, "path", NULL, &checkpoint);
  REFUSES_NULL(ms_checkpoint_load, "checkpoint", "x", NULL);
  CHECK(ms_train(config, &data, NULL, &observer, &network, &result) == MS_STOPPED);
  ms_network_free(initial);
  ms_config_free(config);
}

static void null_is_freed(void) {
  ms_data_free(NULL);
  ms_config_free(NULL);
  ms_checkpoint_free(NULL);
  ms_network_free(NULL);
  ms_evaluation_free(NULL);
  ms_free(NULL);
}

/* ---- Sizes and values ---- */

static void sizes(void) {
  static const size_t most = SIZE_MAX;
  float x[4] = {0};
  const struct {
    enum ms_transpose trans_a, trans_b;
    size_t m, n, k, lda, ldb, ldc;
    const char *message;
  } cases[] = {
      {MS_NO_TRANS, MS_NO_TRANS, 2, 1, 1, most, 1, 1, "ms_sgemm: lda is "},
      {MS_NO_TRANS, MS_NO_TRANS, 9, 1, 1, most / 8, 1, 1, "ms_sgemm: lda is "}, /* would be 0 in bytes */
      {MS_TRANS, MS_NO_TRANS, 1, 1, 2, most / 4, 1, 1, "ms_sgemm: lda is "},
      {MS_NO_TRANS, MS_NO_TRANS, 1, 1, 2, 2, most / 4, 1, "ms_sgemm: ldb is "},
      {MS_NO_TRANS, MS_TRANS, 1, 2, 1, 1, most / 4, 2, "ms_sgemm: ldb is "},
      {MS_NO_TRANS, MS_NO_TRANS, 2, 1, 1, 1, 1, most / 4, "ms_sgemm: ldc is "},
      {MS_NO_TRANS, MS_NO_TRANS, most, 1, 1, 1, 1, 1, "ms_sgemm: ldc is 1, with "},
      {MS_NO_TRANS, MS_NO_TRANS, 1, most, 1, 1, most, most, "ms_sgemm: ldc is "},
      {MS_NO_TRANS, MS_NO_TRANS, 1, 1, most, most, 1, 1, "ms_sgemm: lda is "},
  };
  CHECK_OK(ms_init(NULL, 1));
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
    test_context("case %zu", i);
    CHECK(ms_sgemm(cases[i].trans_a, cases[i].trans_b, cases[i].m, cases[i].n, cases[i].k, 1, x, cases[i].lda, x,
                   cases[i].ldb, 0, x, cases[i].ldc) == MS_ERROR_ARGUMENT);
    MESSAGE_HAS(cases[i].message);
    MESSAGE_HAS("more than memory can hold");
  }
  struct ms_network *network = make_network(0);
  CHECK(ms_predict_floats(network, most, x, MS_LOGITS, x) == MS_ERROR_ARGUMENT);
  MESSAGE_HAS("more than memory can hold");
  ms_network_free(network);
}

static void values(void) {
  enum { MANY = 600, BAD = 550 }; /* more than go through a network at once */
  static float inputs[MANY * PIXELS], out[MANY * CLASSES];
  static uint8_t bytes[MANY * PIXELS];
  struct ms_network *network = make_network(2e38f);
  CHECK_OK(ms_init(NULL, 1));
  CHECK_OK(ms_predict_floats(network, MANY, inputs, MS_LOGITS, out));
  inputs[BAD * PIXELS + 1] = -HUGE_VALF;
  REFUSES(ms_predict_floats(network, MANY, inputs, MS_LOGITS, out),
          "ms_predict_floats: inputs[2201] is -inf, must be finite (input 550, value 1)");
  inputs[7] = NAN;
  CHECK(ms_predict_floats(network, MANY, inputs, MS_LOGITS, out) == MS_ERROR_ARGUMENT);
  MESSAGE_HAS("inputs[7] is ");
  inputs[7] = 0;
  inputs[BAD * PIXELS + 1] = inputs[BAD * PIXELS] = 1;
  for (enum ms_output output = MS_LOGITS; output <= MS_PROBABILITIES; ++output) {
    CHECK(ms_predict_floats(network, MANY, inputs, output, out) == MS_ERROR_NUMERIC);
    MESSAGE_HAS("ms_predict: a logit of input 550 is not finite");
  }
  memset(bytes + (MANY - 1) * PIXELS, 255, PIXELS);
  CHECK(ms_predict_bytes(network, MANY, bytes, MS_LOGITS, out) == MS_ERROR_NUMERIC);
  MESSAGE_HAS("input 599");
  CHECK_OK(ms_predict_bytes(network, MANY - 1, bytes, MS_LOGITS, out));
  ms_network_free(network);
}

/* Memory is that of the images there are, not of the batch that is allowed. */
static void one_large_image(void) {
  enum { LARGE_SIDE = 512 };
  static uint8_t large[2 * LARGE_SIDE * LARGE_SIDE];
  const struct ms_dataset two = {
      .n = 2, .rows = LARGE_SIDE, .cols = LARGE_SIDE, .n_classes = CLASSES, .images = large, .labels = labels};
  const struct ms_dataset one = ms_dataset_slice(&two, 0, 1);
  struct ms_config *config = make_config();
  struct ms_network *network;
  struct ms_train_result result;
  float out[CLASSES];
  make_data();
  memset(large, 99, sizeof large);
  CHECK_OK(ms_init(NULL, 1));
  CHECK_OK(ms_config_set(config, "batch", "65536"));
  CHECK_OK(ms_train(config, &one, &two, NULL, &network, &result));
  CHECK_OK(ms_predict_bytes(network, 1, large, MS_PROBABILITIES, out));
  ms_network_free(network);
  ms_config_free(config);
}

/* ---- Checkpoints ---- */

struct keeper {
  char path[MS_PATH_SIZE];
  const char *data_sha256;
  size_t epoch, step; /* of the checkpoint that is kept */
};

static enum ms_status keep(void *context, enum ms_moment moment, const struct ms_train_state *state) {
  const struct keeper *k = context;
  const struct ms_checkpoint_notes notes = {.data_sha256 = k->data_sha256};
  struct ms_checkpoint *c;
  size_t epoch, step;
  (void)moment;
  CHECK_OK(ms_checkpoint_save(state, &notes, k->path));
  CHECK_OK(ms_checkpoint_load(k->path, &c));
  ms_checkpoint_position(c, &epoch, &step);
  ms_checkpoint_free(c);
  return epoch == k->epoch && step == k->step ? MS_STOPPED : MS_OK;
}

static struct ms_checkpoint *checkpoint_at(size_t epoch, size_t step, const char *data_sha256,
                                           const struct ms_dataset *validation) {
  const struct ms_dataset data = make_data();
  struct keeper k = {.data_sha256 = data_sha256, .epoch = epoch, .step = step};
  const struct ms_observer observer = {.context = &k, .keep = keep};
  struct ms_config *config = make_config();
  struct ms_network *network;
  struct ms_train_result result;
  struct ms_checkpoint *c;
  CHECK_OK(ms_path_join(k.path, test_folder(), "checkpoint"));
  CHECK(ms_train(config, &data, validation, &observer, &network, &result) == MS_STOPPED);
  CHECK_OK(ms_checkpoint_load(k.path, &c));
  ms_network_free(network);
  ms_config_free(config);
  return c;
}

static enum ms_status resume(const struct ms_checkpoint *c, const struct ms_dataset *train,
                             const struct ms_dataset *validation) {
  struct ms_network *network;
  struct ms_train_result result;
  const enum ms_status status = ms_train_resume(c, train, validation, NULL, &network, &result);
  CHECK(!network == (status != MS_OK));
  ms_network_free(network);
  return status;
}

static void other_shapes(void) {
  struct ms_dataset data = make_data();
  CHECK_OK(ms_init(NULL, 1));
  struct ms_checkpoint *c = checkpoint_at(1, 2, NULL, NULL);
  struct ms_network *network;
  REFUSES_NULL(ms_train_resume, "train", c, NULL, NULL, NULL, &network, &(struct ms_train_result){0});
  REFUSES_NULL(ms_train_resume, "network", c, &data, NULL, NULL, NULL, &(struct ms_train_result){0});
  REFUSES_NULL(ms_train_resume, "result", c, &data, NULL, NULL, &network, NULL);
  CHECK_OK(resume(c, &data, NULL));
  data.n_classes = CLASSES + 1;
  REFUSES(resume(c, &data, NULL), "ms_train_resume: training images have 4 classes, the checkpoint's had 3");
  data.n_classes = CLASSES;
  data.cols = 1;
  REFUSES(resume(c, &data, NULL), "ms_train_resume: training images have 2 x 1 pixels, the checkpoint's had 4");
  data.cols = SIDE;
  data.n = 8;
  REFUSES(resume(c, &data, NULL),
          "ms_train_resume: 8 training images in batches of 8 end before step 2, at which the checkpoint is");
  ms_checkpoint_free(c);
}

static void other_validation(void) {
  const struct ms_dataset data = make_data(), validation = ms_dataset_slice(&data, 5, 5);
  CHECK_OK(ms_init(NULL, 1));
  struct ms_checkpoint *c = checkpoint_at(1, 1, NULL, NULL);
  CHECK_OK(resume(c, &data, &validation)); /* no epoch has ended, nothing tells */
  ms_checkpoint_free(c);
  c = checkpoint_at(2, 0, NULL, NULL);
  REFUSES(resume(c, &data, &validation), "ms_train_resume: there are validation images, the checkpoint had none");
  ms_checkpoint_free(c);
  c = checkpoint_at(2, 1, NULL, &validation);
  REFUSES(resume(c, &data, NULL), "ms_train_resume: there are no validation images, the checkpoint had some");
  CHECK_OK(resume(c, &data, &validation));
  ms_checkpoint_free(c);
}

/* The note is the digest, or its beginning, of the training images, or of all of which the last ones validate. */
static void other_images(void) {
  const struct ms_dataset data = make_data(), first = ms_dataset_slice(&data, 0, 15),
                          last = ms_dataset_slice(&data, 15, 5);
  char digest[65];
  CHECK_OK(ms_init(NULL, 1));
  for (size_t length = 0; length <= 64; length += 8) {
    test_context("%zu digits", length);
    make_data();
    ms_dataset_sha256(&data, digest);
    digest[length] = '\0';
    struct ms_checkpoint *c = checkpoint_at(1, 2, digest, NULL);
    CHECK_OK(resume(c, &data, NULL));
    CHECK_OK(resume(c, &first, &last));
    ++pixels[17];
    const enum ms_status expected = length < 16 ? MS_OK : MS_ERROR_ARGUMENT;
    CHECK(resume(c, &data, NULL) == expected && resume(c, &first, &last) == expected);
    if (expected != MS_OK)
      MESSAGE_HAS("ms_train_resume: data_sha256 of the training images is ");
    --pixels[17];
    labels[19] ^= 1;
    CHECK(resume(c, &data, NULL) == expected && resume(c, &first, &last) == expected);
    ms_checkpoint_free(c);
  }
  struct ms_checkpoint *c = checkpoint_at(1, 2, "the images of a summer's day", NULL);
  ++pixels[17];
  CHECK_OK(resume(c, &data, NULL)); /* nothing to compare */
  ms_checkpoint_free(c);
}

/* ---- Start and end ---- */

static void other_processors(void) {
  static const char *const names[] = {"avx2",   "avx512", "neon",   "sve128", "sve256",
                                      "sve512", "rvv128", "rvv256", "rvv512", "vsx"};
  size_t n_other = 0;
  for (size_t i = 0; i < sizeof names / sizeof names[0]; ++i) {
    bool is_built = false;
    for (size_t j = 0; j < ms_isa_count(); ++j)
      is_built = is_built || strcmp(ms_isa_entry(j)->name, names[i]) == 0;
    if (is_built)
      continue;
    ++n_other;
    test_context("%s", names[i]);
    CHECK(ms_init(names[i], 1) == MS_ERROR_UNSUPPORTED);
    MESSAGE_HAS(names[i]);
    MESSAGE_HAS(": not for this processor, or not in this build");
  }
  CHECK(n_other > 0);
  CHECK(ms_init("neon2", 1) == MS_ERROR_ARGUMENT);
  MESSAGE_HAS("isa 'neon2': unknown");
}

static void after_shutdown(void) {
  CHECK(!ms_isa() && !ms_kernels() && ms_threads() == 0);
  CHECK_OK(ms_init("scalar", 1));
  CHECK_OK(ms_init(NULL, 0));
  ms_shutdown();
  CHECK(ms_kernels() && strcmp(ms_isa(), "scalar") == 0); /* one user is left */
  ms_shutdown();
  CHECK(!ms_isa() && !ms_kernels() && ms_threads() == 0);
  CHECK(ms_init("mmx", 1) == MS_ERROR_ARGUMENT && !ms_isa() && !ms_kernels());
  CHECK_OK(ms_init(NULL, 1));
  CHECK(ms_isa() && ms_kernels());
}

/* ---- Paths ---- */

static void paths(void) {
  static const char no_name[] = "'' names no file or folder";
  struct ms_network *network = make_network(0), *other;
  struct ms_checkpoint *c;
  struct ms_data data;
  char path[MS_PATH_SIZE];
  REFUSES(ms_network_load("", &other), no_name);
  REFUSES(ms_network_save(network, ""), no_name);
  REFUSES(ms_checkpoint_load("", &c), no_name);
  REFUSES(ms_data_load("", &data), no_name);
  REFUSES(ms_data_load_training("", &data), no_name);
  REFUSES(ms_make_folder(""), no_name);
  REFUSES(ms_path_join(path, "", "model"), no_name);
  snprintf(path, sizeof path, "%.4000s/nowhere/model", test_folder());
  CHECK(ms_network_save(network, path) == MS_ERROR_SYSTEM);
  MESSAGE_HAS("nowhere/model: cannot be written: ");
  MESSAGE_HAS(": its folder does not exist");
  ms_network_free(network);
}

static const struct test_case cases[] = {
    {"null_matrices", null_matrices},
    {"null_configurations", null_configurations},
    {"null_networks", null_networks},
    {"null_trainings", null_trainings},
    {"null_is_freed", null_is_freed},
    {"sizes", sizes},
    {"values", values},
    {"one_large_image", one_large_image},
    {"other_shapes", other_shapes},
    {"other_validation", other_validation},
    {"other_images", other_images},
    {"other_processors", other_processors},
    {"after_shutdown", after_shutdown},
    {"paths", paths},
};

TEST_MAIN(cases)
