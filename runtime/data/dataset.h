/* What a data set of the application must be. */
#ifndef MS_DATA_DATASET_H
#define MS_DATA_DATASET_H

#include "runtime/mnist_simd.h"

/* MS_ERROR_ARGUMENT, naming the kind ("training") and what is wrong: no images or too many, no pixels, a product of
 * sizes that overflows, no classes or too many, both or neither of images and floats, no labels, a label beyond the
 * classes, a float that is not finite. */
enum ms_status ms_dataset_check(const struct ms_dataset *data, const char *kind);

/* Puts the training images of more behind those of data, as validation images. MS_ERROR_DATA, naming the folder that
 * they are from: they are of another size or kind, of classes that training lacks, or of other names of classes.
 * MS_ERROR_MEMORY. On failure, data is as it was. */
enum ms_status ms_data_append(struct ms_data *data, const struct ms_data *more, const char *folder);

#endif
