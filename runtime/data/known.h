/* What is known of data sets that are published: how their images lie, and the names of their classes. */
#ifndef MS_DATA_KNOWN_H
#define MS_DATA_KNOWN_H

#include "runtime/mnist_simd.h"

struct ms_known_data {
  const char *name;
  const char *prefix;           /* of its files, in lower case */
  const char *folder;           /* of torchvision; NULL: none of its own */
  bool is_transposed;           /* rows and columns are exchanged in its files */
  const char *classes;          /* comma-separated, from class 0; "" within: no name; NULL: they are digits */
  const char *labels_sha256[2]; /* of training and test labels, for what has MNIST's file names; NULL: not known */
};
extern const struct ms_known_data ms_known_data[]; /* ended by a NULL name */

/* The one of a prefix of files, or of a folder's name; NULL: none. */
const struct ms_known_data *ms_known_by_name(const char *prefix, const char *folder);
/* The one of these labels. */
const struct ms_known_data *ms_known_by_labels(size_t n, const uint8_t *labels);

#define MS_CLASSES_FILE "classes.txt" /* a name a line, from class 0 */

/* The names of data's classes: those of folder's MS_CLASSES_FILE, else those known, to data->class_names, in memory
 * that data owns. Where labels begin at 1, a file may begin with the name of class 1. known: NULL for none.
 * MS_ERROR_DATA, naming the file: fewer names than classes, or one that is too long or no text. */
enum ms_status ms_name_classes(const char *folder, const struct ms_known_data *known, struct ms_data *data);

#endif
