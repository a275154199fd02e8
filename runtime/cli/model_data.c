/* Whether a model belongs to the data that it is shown on. */
#include "runtime/cli/model_data.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/cli/data.h"
#include "runtime/nn/network.h"

#define REMEDY "name its folder with --data, or give --other-data to go on"

static void digest_of(const struct ms_dataset *images, char hex[65]) {
  hex[0] = '\0';
  if (images->n > 0)
    ms_dataset_sha256(images, hex);
}

/* Training images cannot be compared where the folder holds none. */
static enum ms_status digest_of_training(const struct cli_values *values, const char *folder,
                                         const struct ms_data *data, char hex[65]) {
  if (data->train.n > 0) {
    digest_of(&data->train, hex);
    return MS_OK;
  }
  struct ms_data training;
  struct ms_data_options options;
  hex[0] = '\0';
  (void)cli_data_options(values, &options); /* legal, since data was read by them */
  options.part = MS_DATA_TRAINING;
  const enum ms_status status = cli_read_data(folder, &options, &training);
  if (status == MS_OK) {
    digest_of(&training.train, hex);
    ms_data_free(&training);
  }
  return status == MS_ERROR_DATA ? MS_OK : status;
}

int cli_check_model_data(const struct cli_values *values, const char *model, const struct ms_network *network,
                         const char *folder, const struct ms_data *data, const char **remark) {
  const bool by_test = network->test_sha256[0] && data->test.n > 0;
  const char *known = by_test ? network->test_sha256 : network->data_sha256;
  const char *part = by_test ? "test" : "training";
  char found[65];
  *remark = NULL;
  if (!known[0])
    return 0;
  if (by_test)
    digest_of(&data->test, found);
  else {
    const enum ms_status status = digest_of_training(values, folder, data, found);
    if (status != MS_OK)
      return cli_fail(values->command, status);
  }
  if (strcmp(known, found) == 0)
    return 0;
  if (cli_get(values, "other-data")) {
    *remark =
        found[0] ? "not the data that the model was trained on" : "perhaps not the data that the model was trained on";
    return 0;
  }
  if (found[0])
    cli_error(values->command,
              "%s was trained on other data (SHA-256 of the %s images %.16s..., %s has %.16s...): " REMEDY, model, part,
              known, folder, found);
  else
    cli_error(values->command,
              "%s was perhaps trained on other data (SHA-256 of the %s images %.16s..., %s has none): " REMEDY, model,
              part, known, folder);
  return EXIT_FAILURE;
}
