/* Whether a model belongs to the data that it is shown on. */
#ifndef MS_CLI_MODEL_DATA_H
#define MS_CLI_MODEL_DATA_H

#include "runtime/cli/options.h"

#define CLI_OTHER_DATA_OPTION                                                                                          \
  { "other-data", NULL, "go on where the model was trained on other data than that of the folder" }

/* Compares the digest that the model file holds of its test images with that of the images in data, which were read
 * from the folder; where either has none, the digests of the training images, which are then read too. A model that
 * knows nothing of its data belongs to any. Returns 0 or an exit code, having printed the error. *remark: NULL; or,
 * where --other-data lets another model pass, the words that say so, to be printed. */
int cli_check_model_data(const struct cli_values *values, const char *model, const struct ms_network *network,
                         const char *folder, const struct ms_data *data, const char **remark);

#endif
