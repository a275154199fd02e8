/* Training and validation images. */
#include "runtime/nn/split.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/nn/random.h"
#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"

/* order, with the images that validate at the end, and within both parts the order of the file. */
static void draw(const struct ms_config *config, size_t n, uint32_t *order, bool *validates) {
  size_t n_train = 0, n_validation = n - config->val;
  ms_random_order(MS_STREAM_VALIDATION, config->seed, 0, n, order);
  for (size_t i = n - config->val; i < n; ++i)
    validates[order[i]] = true;
  for (size_t i = 0; i < n; ++i)
    order[validates[i] ? n_validation++ : n_train++] = (uint32_t)i;
}

static enum ms_status gather(const struct ms_dataset *images, const uint32_t *order, struct ms_dataset *copy,
                             void *owned[2]) {
  const size_t n_pixels = images->rows * images->cols;
  const size_t image_bytes = images->floats ? n_pixels * sizeof(float) : n_pixels;
  const uint8_t *from = images->floats ? (const uint8_t *)images->floats : images->images;
  MS_TRY(ms_reserve(images->n, image_bytes, "images", &owned[0]));
  MS_TRY(ms_reserve(images->n, 1, "labels", &owned[1]));
  uint8_t *to = owned[0], *labels = owned[1];
  for (size_t i = 0; i < images->n; ++i) {
    memcpy(to + i * image_bytes, from + order[i] * image_bytes, image_bytes);
    labels[i] = images->labels[order[i]];
  }
  *copy = *images;
  copy->images = images->images ? owned[0] : NULL;
  copy->floats = images->floats ? owned[0] : NULL;
  copy->labels = labels;
  return MS_OK;
}

static enum ms_status shuffle(const struct ms_dataset *images, const struct ms_config *config, struct ms_dataset *copy,
                              void *owned[2]) {
  uint32_t *order = NULL;
  bool *validates = NULL;
  enum ms_status status = ms_allocate(images->n, sizeof *order, "order of images", &order);
  if (status == MS_OK)
    status = ms_allocate(images->n, sizeof *validates, "order of images", &validates);
  if (status == MS_OK) {
    draw(config, images->n, order, validates);
    status = gather(images, order, copy, owned);
  }
  free(order);
  free(validates);
  return status;
}

enum ms_status ms_split_make(const struct ms_dataset *images, const struct ms_config *config, struct ms_split *split) {
  MS_REQUIRE(images);
  MS_REQUIRE(config);
  MS_REQUIRE(split);
  struct ms_dataset all = *images;
  memset(split, 0, sizeof *split);
  if (config->val >= images->n)
    return ms_fail(MS_ERROR_ARGUMENT, "val is %zu, must be 0 to %zu, one less than the training images", config->val,
                   images->n - 1);
  if (config->val > 0 && config->val_shuffle == MS_VAL_SHUFFLED) {
    const enum ms_status status = shuffle(images, config, &all, split->owned);
    if (status != MS_OK) {
      ms_split_free(split);
      return status;
    }
  }
  split->train = ms_dataset_slice(&all, 0, images->n - config->val);
  split->validation = ms_dataset_slice(&all, images->n - config->val, config->val);
  return MS_OK;
}

void ms_split_free(struct ms_split *split) {
  if (!split)
    return;
  free(split->owned[0]);
  free(split->owned[1]);
  memset(split, 0, sizeof *split);
}

const char *ms_unseen_classes(const struct ms_dataset *train, const struct ms_dataset *part,
                              char text[MS_CLASSES_TEXT_SIZE]) {
  bool is_seen[MS_MAX_CLASSES] = {false}, is_listed[MS_MAX_CLASSES] = {false};
  size_t length = 0;
  text[0] = '\0';
  for (size_t i = 0; i < train->n; ++i)
    is_seen[train->labels[i]] = true;
  for (size_t i = 0; i < part->n; ++i)
    is_listed[part->labels[i]] = !is_seen[part->labels[i]];
  for (size_t c = 0; c < MS_MAX_CLASSES && length < MS_CLASSES_TEXT_SIZE; ++c)
    if (is_listed[c])
      length += (size_t)snprintf(text + length, MS_CLASSES_TEXT_SIZE - length, "%s%zu", length > 0 ? ", " : "", c);
  return text;
}
