/* Short runs on the first images of MNIST. */
#include "tests/short_runs.h"

#include <stdio.h>
#include <stdlib.h>

#include "runtime/platform/files.h"
#include "tests/harness.h"

struct ms_data test_data;

void test_load(void) {
  const char *folder = getenv("MNIST_SIMD_DATA");
  char images[4096];
  if (!folder)
    folder = "data/mnist";
  snprintf(images, sizeof images, "%s/train-images-idx3-ubyte", folder);
  if (!ms_exists(images))
    test_skip("%s does not hold MNIST: get it with ci/get_data.sh", folder);
  if (!test_data.train.n)
    CHECK_MESSAGE(ms_data_load(folder, &test_data) == MS_OK, "%s", ms_error_message());
}

/* The regularised preset on fewer images, in batches of which the last is short. */
struct ms_config *test_short_config(size_t batch, size_t epochs) {
  struct ms_config *config;
  CHECK(ms_config_preset("regularised", &config) == MS_OK);
  config->batch = batch;
  config->epochs = epochs;
  return config;
}

struct ms_network *test_train(const struct ms_config *config, size_t n_train, size_t n_validation,
                              const struct ms_observer *observer, struct ms_train_result *result,
                              enum ms_status expected) {
  const struct ms_dataset training = ms_dataset_slice(&test_data.train, 0, n_train);
  const struct ms_dataset validation = ms_dataset_slice(&test_data.train, n_train, n_validation);
  struct ms_network *network;
  const enum ms_status status =
      ms_train(config, &training, n_validation > 0 ? &validation : NULL, observer, &network, result);
  CHECK_MESSAGE(status == expected, "status %d: %s", status, ms_error_message());
  return network;
}

void test_digest_of_run(const struct ms_config *config, size_t n_train, size_t n_validation, char hex[65]) {
  struct ms_train_result result;
  struct ms_network *network = test_train(config, n_train, n_validation, NULL, &result, MS_OK);
  ms_network_sha256(network, hex);
  ms_network_free(network);
}

struct ms_config *test_tiny_config(size_t epochs) {
  struct ms_config *config = test_short_config(100, epochs);
  config->hidden[0].units = 20;
  config->hidden[1].units = 20;
  config->patience = 0;
  return config;
}
