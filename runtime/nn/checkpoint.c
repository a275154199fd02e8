/* What a checkpoint knows of the images that it was made with. Its file is runtime/run/checkpoint.c's. */
#include "runtime/nn/checkpoint.h"

#include <string.h>

#include "runtime/platform/error.h"
#include "runtime/platform/sha256.h"

static void add_pixels(struct ms_sha256 *sha, const struct ms_dataset *data) {
  const size_t n_pixels = data->n * data->rows * data->cols;
  if (data->floats)
    ms_sha256_floats(sha, data->floats, n_pixels);
  else
    ms_sha256_update(sha, data->images, n_pixels);
}

/* As ms_dataset_sha256 gives them: of the training images, and of these with the validation images behind them. */
static void digests(const struct ms_dataset *train, const struct ms_dataset *validation, char of_train[65],
                    char of_all[65]) {
  struct ms_sha256 sha, all;
  ms_sha256_init(&sha);
  add_pixels(&sha, train);
  all = sha;
  ms_sha256_update(&sha, train->labels, train->n);
  ms_sha256_finish(&sha, of_train);
  if (validation)
    add_pixels(&all, validation);
  ms_sha256_update(&all, train->labels, train->n);
  if (validation)
    ms_sha256_update(&all, validation->labels, validation->n);
  ms_sha256_finish(&all, of_all);
}

/* A note that is no digest, nor the beginning of one, says nothing. */
static enum ms_status check_digest(const char *noted, const struct ms_dataset *train,
                                   const struct ms_dataset *validation) {
  enum { LEAST_DIGITS = 16, DIGITS = 64 };
  const size_t length = strlen(noted);
  char of_train[65], of_all[65];
  if (length < LEAST_DIGITS || length > DIGITS || strspn(noted, "0123456789abcdef") < length)
    return MS_OK;
  digests(train, validation, of_train, of_all);
  if (memcmp(noted, of_train, length) == 0 || memcmp(noted, of_all, length) == 0)
    return MS_OK;
  return ms_fail(
      MS_ERROR_ARGUMENT,
      "ms_train_resume: data_sha256 of the training images is %.16s..., with the validation images %.16s..., "
      "the checkpoint's is %.16s...: go on with the images that it had before",
      of_train, of_all, noted);
}

enum ms_status ms_checkpoint_check_images(const struct ms_checkpoint *c, const struct ms_dataset *train,
                                          const struct ms_dataset *validation) {
  const size_t n_pixels = train->rows * train->cols, batch = c->config->batch;
  const size_t n_steps = (train->n + batch - 1) / batch;
  if (n_pixels != c->n_inputs)
    return ms_fail(MS_ERROR_ARGUMENT,
                   "ms_train_resume: training images have %zu x %zu pixels, the checkpoint's had %zu", train->rows,
                   train->cols, c->n_inputs);
  if (train->n_classes != c->n_classes)
    return ms_fail(MS_ERROR_ARGUMENT, "ms_train_resume: training images have %zu classes, the checkpoint's had %zu",
                   train->n_classes, c->n_classes);
  if (c->at.step > n_steps)
    return ms_fail(
        MS_ERROR_ARGUMENT,
        "ms_train_resume: %zu training images in batches of %zu end before step %zu, at which the checkpoint is",
        train->n, batch, c->at.step);
  /* With validation images, the first epoch is the best so far. */
  if (c->at.epoch > 1 && !validation != (c->at.best_epoch == 0))
    return ms_fail(MS_ERROR_ARGUMENT, "ms_train_resume: %s validation images, the checkpoint had %s",
                   validation ? "there are" : "there are no", validation ? "none" : "some");
  if (c->config->val_shuffle == MS_VAL_SHUFFLED) /* the note is of the order before the draw */
    return MS_OK;
  return check_digest(c->data_sha256, train, validation);
}
