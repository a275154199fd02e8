/* Networks in other people's hands: prediction without labels, from several threads; networks from arrays; training on
 * floats and from a network; what is wrong about data sets. */
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness.h"
#include "tests/short_runs.h"

enum { N = 300, PIXELS = 784, CLASSES = 10, PREDICTORS = 8 };

static struct ms_network *network;

static void setup(size_t n_threads) {
  struct ms_config *config = test_tiny_config(2);
  struct ms_train_result result;
  test_load();
  CHECK(ms_init(NULL, n_threads) == MS_OK);
  network = test_train(config, 500, 100, NULL, &result, MS_OK);
  ms_config_free(config);
}

static void teardown(void) {
  ms_network_free(network);
  ms_shutdown();
}

static void as_floats(const uint8_t *bytes, size_t n, float *floats) {
  for (size_t i = 0; i < n; ++i)
    floats[i] = (float)bytes[i] / 255.0f;
}

/* One image in one call, all at once, as bytes and as floats: the same bits, and those of ms_evaluate. */
static void predictions(void) {
  static float all[N][CLASSES], logits[N][CLASSES], one[CLASSES], inputs[PIXELS];
  setup(2);
  const struct ms_dataset data = ms_dataset_slice(&test_data.test, 0, N);
  struct ms_evaluation e;
  CHECK(ms_evaluate(network, &data, &e) == MS_OK);
  CHECK(ms_predict_bytes(network, N, data.images, MS_PROBABILITIES, all[0]) == MS_OK);
  CHECK(ms_predict_bytes(network, N, data.images, MS_LOGITS, logits[0]) == MS_OK);
  for (size_t i = 0; i < N; ++i) {
    double sum = 0;
    CHECK(ms_predict_bytes(network, 1, data.images + i * PIXELS, MS_PROBABILITIES, one) == MS_OK);
    CHECK(memcmp(one, all[i], sizeof one) == 0);
    as_floats(data.images + i * PIXELS, PIXELS, inputs);
    CHECK(ms_predict_floats(network, 1, inputs, MS_PROBABILITIES, one) == MS_OK);
    CHECK(memcmp(one, all[i], sizeof one) == 0);
    for (size_t c = 0; c < CLASSES; ++c) {
      CHECK(logits[i][c] <= logits[i][e.predicted[i]] && all[i][c] <= e.confidence[i]);
      sum += (double)all[i][c];
    }
    CHECK(fabs(sum - 1) < 1e-6 && all[i][e.predicted[i]] == e.confidence[i]);
  }
  CHECK(ms_predict_bytes(network, 0, data.images, MS_LOGITS, one) == MS_OK);
  CHECK(ms_predict_bytes(network, 1, NULL, MS_LOGITS, one) == MS_ERROR_ARGUMENT);
  CHECK(ms_predict_bytes(NULL, 1, data.images, MS_LOGITS, one) == MS_ERROR_ARGUMENT);
  CHECK(ms_predict_floats(network, 1, inputs, MS_LOGITS, NULL) == MS_ERROR_ARGUMENT);
  CHECK(ms_predict_floats(network, 1, inputs, (enum ms_output)2, one) == MS_ERROR_ARGUMENT);
  ms_evaluation_free(&e);
  ms_shutdown();
  CHECK(ms_predict_bytes(network, 1, data.images, MS_LOGITS, one) == MS_ERROR_ARGUMENT);
  ms_network_free(network);
}

static void *predict_some(void *out) {
  for (size_t i = 0; i < N; ++i)
    if (ms_predict_bytes(network, 1, test_data.test.images + i * PIXELS, MS_PROBABILITIES,
                         (float *)out + i * CLASSES) != MS_OK)
      memset(out, 0xff, CLASSES * sizeof(float));
  return NULL;
}

static void several_predictors(void) {
  static float expected[N][CLASSES], found[PREDICTORS][N][CLASSES];
  pthread_t threads[PREDICTORS];
  setup(3);
  predict_some(expected);
  for (size_t t = 0; t < PREDICTORS; ++t)
    CHECK(pthread_create(&threads[t], NULL, predict_some, found[t]) == 0);
  for (size_t t = 0; t < PREDICTORS; ++t)
    pthread_join(threads[t], NULL);
  for (size_t t = 0; t < PREDICTORS; ++t)
    CHECK_MESSAGE(memcmp(found[t], expected, sizeof expected) == 0, "thread %zu", t);
  teardown();
}

static void from_layers(void) {
  struct ms_layer_view layers[3];
  struct ms_network *copy;
  char hex[65], other[65];
  setup(2);
  for (size_t l = 0; l < 3; ++l)
    layers[l] = ms_network_layer(network, l);
  CHECK(ms_network_layer(network, 3).weight == NULL);
  CHECK(ms_network_from_layers(3, layers, &copy) == MS_OK);
  ms_network_sha256(network, hex);
  ms_network_sha256(copy, other);
  CHECK(strcmp(hex, other) == 0);
  ms_network_free(copy);
  uint8_t *bytes;
  size_t n_bytes;
  CHECK(ms_network_to_bytes(network, &bytes, &n_bytes) == MS_OK);
  CHECK(ms_network_from_bytes(bytes, n_bytes, &copy) == MS_OK);
  ms_network_sha256(copy, other);
  CHECK(strcmp(hex, other) == 0);
  ms_network_free(copy);
  CHECK(ms_network_from_bytes(bytes, n_bytes - 1, &copy) == MS_ERROR_DATA && !copy);
  ms_free(bytes);
  CHECK(ms_network_from_layers(0, layers, &copy) == MS_ERROR_ARGUMENT && !copy);
  ++layers[1].n_in;
  CHECK(ms_network_from_layers(3, layers, &copy) == MS_ERROR_ARGUMENT && strstr(ms_error_message(), "layer 2"));
  --layers[1].n_in;
  const float infinite[CLASSES] = {0, HUGE_VALF};
  layers[2].bias = infinite;
  CHECK(ms_network_from_layers(3, layers, &copy) == MS_ERROR_ARGUMENT && strstr(ms_error_message(), "finite"));
  teardown();
}

/* Bytes and the floats that stand for them train the same network, which the callback sees. */
static enum ms_status see_network(void *digests, const struct ms_epoch *epoch) {
  char hex[65];
  ms_network_sha256(epoch->network, hex);
  *(int *)digests += strcmp(hex, epoch->weights_sha256) == 0;
  return MS_OK;
}

static void floats(void) {
  enum { TRAINED = 500 };
  static float inputs[TRAINED * PIXELS];
  struct ms_config *config = test_tiny_config(2);
  struct ms_network *by_floats, *by_bytes;
  struct ms_train_result result;
  char hex[65], other[65];
  int seen = 0;
  const struct ms_observer observer = {.context = &seen, .epoch = see_network};
  test_load();
  CHECK(ms_init(NULL, 2) == MS_OK);
  struct ms_dataset data = ms_dataset_slice(&test_data.train, 0, TRAINED);
  CHECK(ms_train(config, &data, NULL, &observer, &by_bytes, &result) == MS_OK && seen == 2);
  as_floats(data.images, sizeof inputs / sizeof inputs[0], inputs);
  data.images = NULL;
  data.floats = inputs;
  CHECK(ms_train(config, &data, NULL, NULL, &by_floats, &result) == MS_OK);
  ms_network_sha256(by_bytes, hex);
  ms_network_sha256(by_floats, other);
  CHECK(strcmp(hex, other) == 0);
  inputs[7 * PIXELS] = NAN;
  ms_network_free(by_floats);
  CHECK(ms_train(config, &data, NULL, NULL, &by_floats, &result) == MS_ERROR_ARGUMENT);
  CHECK(strstr(ms_error_message(), "image 7"));
  ms_network_free(by_bytes);
  ms_config_free(config);
  ms_shutdown();
}

/* What training has learned is where fine-tuning begins: its first losses are lower than those from random weights. */
static enum ms_status keep_first_loss(void *loss, const struct ms_epoch *epoch) {
  if (epoch->epoch == 1)
    *(double *)loss = epoch->train_loss;
  return MS_OK;
}

static void fine_tuning(void) {
  struct ms_config *config = test_tiny_config(10);
  struct ms_network *begun, *tuned;
  struct ms_train_result result;
  double from_random, from_begun;
  const struct ms_observer first = {.context = &from_random, .epoch = keep_first_loss},
                           second = {.context = &from_begun, .epoch = keep_first_loss};
  test_load();
  CHECK(ms_init(NULL, 2) == MS_OK);
  config->lr = 0.003;
  for (size_t l = 0; l < 2; ++l)
    config->hidden[l].dropout = config->hidden[l].maxnorm = 0;
  const struct ms_dataset data = ms_dataset_slice(&test_data.train, 0, 500);
  CHECK(ms_train(config, &data, NULL, &first, &begun, &result) == MS_OK);
  CHECK(ms_train_from(begun, config, &data, NULL, &second, &tuned, &result) == MS_OK);
  CHECK_MESSAGE(from_begun < 0.8 * from_random, "%g from the network, %g from random weights", from_begun, from_random);
  ms_network_free(tuned);
  config->hidden[1].units = 21;
  CHECK(ms_train_from(begun, config, &data, NULL, NULL, &tuned, &result) == MS_ERROR_ARGUMENT && !tuned);
  CHECK(strstr(ms_error_message(), "layer 2"));
  ms_network_free(begun);
  ms_config_free(config);
  ms_shutdown();
}

static void wrong_data(void) {
  static const uint8_t pixels[20 * 8], labels[20] = {0, 1, 2}, beyond[20] = {0, 3};
  static const float numbers[20 * 8] = {0};
  static const struct {
    struct ms_dataset data;
    const char *message;
  } cases[] = {
      {{0, 2, 4, 3, pixels, labels, NULL}, "0 training images"},
      {{20, 0, 8, 3, pixels, labels, NULL}, "0 x 8 pixels"},
      {{20, 8, 0, 3, pixels, labels, NULL}, "8 x 0 pixels"},
      {{20, SIZE_MAX / 2, 4, 3, pixels, labels, NULL}, "more than memory can hold"},
      {{20, 2, 4, 0, pixels, labels, NULL}, "0 classes"},
      {{20, 2, 4, 257, pixels, labels, NULL}, "257 classes"},
      {{20, 2, 4, 3, NULL, labels, NULL}, "either images or floats"},
      {{20, 2, 4, 3, pixels, labels, numbers}, "either images or floats"},
      {{20, 2, 4, 3, pixels, NULL, NULL}, "labels"},
      {{20, 2, 4, 3, pixels, beyond, NULL}, "label 1 is 3"},
  };
  struct ms_config *config = test_tiny_config(1);
  struct ms_network *trained;
  struct ms_train_result result;
  struct ms_evaluation e;
  CHECK(ms_init(NULL, 1) == MS_OK);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
    test_context("case %zu", i);
    CHECK(ms_train(config, &cases[i].data, NULL, NULL, &trained, &result) == MS_ERROR_ARGUMENT && !trained);
    CHECK_MESSAGE(strstr(ms_error_message(), cases[i].message), "%s", ms_error_message());
  }
  const struct ms_dataset good = {20, 2, 4, 3, pixels, labels, NULL}, none = {0, 2, 4, 3, pixels, labels, NULL};
  CHECK(ms_train(config, &good, NULL, NULL, &trained, &result) == MS_OK);
  CHECK(ms_evaluate(trained, &none, &e) == MS_ERROR_ARGUMENT && strstr(ms_error_message(), "0 evaluated images"));
  const struct ms_dataset end = ms_dataset_slice(&good, 15, 10), beyond_end = ms_dataset_slice(&good, 30, 1);
  CHECK(end.n == 5 && end.images == pixels + 15 * 8 && beyond_end.n == 0);
  ms_network_free(trained);
  CHECK(ms_config_set(config, "hidden", "65536,65536,65536,65536,65536,65536,65536,65536,65536,65536") == MS_OK);
  CHECK(ms_train(config, &good, NULL, NULL, &trained, &result) == MS_ERROR_MEMORY);
  CHECK_MESSAGE(strstr(ms_error_message(), "training needs 720.2 GiB"), "%s", ms_error_message());
  ms_config_free(config);
  ms_shutdown();
}

static const struct test_case cases[] = {
    {"predictions", predictions}, {"several_predictors", several_predictors},
    {"from_layers", from_layers}, {"floats", floats},
    {"fine_tuning", fine_tuning}, {"wrong_data", wrong_data},
};

TEST_MAIN(cases)
