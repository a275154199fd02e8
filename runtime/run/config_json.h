/* A configuration as a JSON object: run.json, checkpoints, results of sweeps. */
#ifndef MS_RUN_CONFIG_JSON_H
#define MS_RUN_CONFIG_JSON_H

#include <jansson.h>

#include "runtime/mnist_simd.h"

/* A new object with every setting but the seed; NULL if memory is missing. */
json_t *ms_config_to_json(const struct ms_config *config);

/* A new configuration with that seed from such an object, which may be anything. path: of the file, for the message.
 * MS_ERROR_DATA: a member is missing, of another type, or not legal. */
enum ms_status ms_config_from_json(const char *path, const json_t *object, uint64_t seed, struct ms_config **config);

#endif
