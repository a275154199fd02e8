/* What training and validation images are of. */
#ifndef MS_NN_SPLIT_H
#define MS_NN_SPLIT_H

#include "runtime/mnist_simd.h"

/* The classes that part has images of and train has none of, "8, 9"; "" if there are none. */
#define MS_CLASSES_TEXT_SIZE 128
const char *ms_unseen_classes(const struct ms_dataset *train, const struct ms_dataset *part,
                              char text[MS_CLASSES_TEXT_SIZE]);

#endif
