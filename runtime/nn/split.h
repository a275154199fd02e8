/* The images that training is given, as training and validation images. */
#ifndef MS_NN_SPLIT_H
#define MS_NN_SPLIT_H

#include "runtime/mnist_simd.h"

struct ms_split {
  struct ms_dataset train, validation;
  void *owned[2]; /* copies of images and labels; NULL where the parts are views of what was split */
};

/* config->val images validate: the last, or with config->val_shuffle as many that the seed draws. Both parts keep the
 * order of the file. images must outlive the split. MS_ERROR_ARGUMENT: no image is left for training.
 * MS_ERROR_MEMORY. Free with ms_split_free. */
enum ms_status ms_split_make(const struct ms_dataset *images, const struct ms_config *config, struct ms_split *split);
void ms_split_free(struct ms_split *split);

/* The classes that part has images of and train has none of, "8, 9"; "" if there are none. */
#define MS_CLASSES_TEXT_SIZE 128
const char *ms_unseen_classes(const struct ms_dataset *train, const struct ms_dataset *part,
                              char text[MS_CLASSES_TEXT_SIZE]);

#endif
