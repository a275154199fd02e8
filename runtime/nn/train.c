/* ms_train and its kin: the training loop from beginning to end. */
#include "runtime/nn/checkpoint.h"
#include "runtime/nn/training.h"
#include "runtime/platform/error.h"

/* From a checkpoint, a network's weights, or neither. */
static enum ms_status run(const struct ms_config *config, const struct ms_checkpoint *from,
                          const struct ms_network *initial, const struct ms_dataset *train,
                          const struct ms_dataset *validation, const struct ms_observer *observer,
                          struct ms_network **network, struct ms_train_result *result) {
  struct ms_training *t;
  MS_TRY(ms_training_begin(config, from, initial, train, validation, observer, result, &t));
  enum ms_status status = MS_OK;
  while (status == MS_OK && !ms_training_is_done(t))
    status = ms_training_advance(t);
  ms_training_end(t, status, network);
  return status;
}

enum ms_status ms_train(const struct ms_config *config, const struct ms_dataset *train,
                        const struct ms_dataset *validation, const struct ms_observer *observer,
                        struct ms_network **network, struct ms_train_result *result) {
  MS_REQUIRE(network);
  *network = NULL;
  MS_REQUIRE(config);
  MS_REQUIRE(train);
  MS_REQUIRE(result);
  return run(config, NULL, NULL, train, validation, observer, network, result);
}

enum ms_status ms_train_from(const struct ms_network *initial, const struct ms_config *config,
                             const struct ms_dataset *train, const struct ms_dataset *validation,
                             const struct ms_observer *observer, struct ms_network **network,
                             struct ms_train_result *result) {
  MS_REQUIRE(network);
  *network = NULL;
  MS_REQUIRE(initial);
  MS_REQUIRE(config);
  MS_REQUIRE(train);
  MS_REQUIRE(result);
  return run(config, NULL, initial, train, validation, observer, network, result);
}

enum ms_status ms_train_resume(const struct ms_checkpoint *checkpoint, const struct ms_dataset *train,
                               const struct ms_dataset *validation, const struct ms_observer *observer,
                               struct ms_network **network, struct ms_train_result *result) {
  MS_REQUIRE(network);
  *network = NULL;
  MS_REQUIRE(checkpoint);
  MS_REQUIRE(train);
  MS_REQUIRE(result);
  return run(checkpoint->config, checkpoint, NULL, train, validation, observer, network, result);
}
