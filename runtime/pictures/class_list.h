/* The folders of classes in a folder of training or test images, and the labels that their names give. */
#ifndef MS_PICTURES_CLASS_LIST_H
#define MS_PICTURES_CLASS_LIST_H

#include "runtime/mnist_simd.h"

struct ms_class_list {
  size_t n;         /* folders */
  bool are_numbers; /* the names are the labels; else labels are places among the names, sorted by their bytes */
  struct ms_class_folder {
    char name[MS_MAX_CLASS_NAME + 1];
    uint8_t label;
  } folders[MS_MAX_CLASSES]; /* (n), by label */
};

/* The folders of training images: at least two. If all names are whole numbers from 0 to 255, those are the labels;
 * "07" is 7. MS_ERROR_DATA, naming the folder: too few or too many, a name that is too long, not UTF-8 or has control
 * characters, the same number twice, or a PNG file beside them. Other files beside them are ignored, and so is all that
 * is hidden. */
enum ms_status ms_class_list_read(const char *folder, struct ms_class_list *classes);

/* The folders of test images, with the labels of training. MS_ERROR_DATA besides: a class that training lacks. */
enum ms_status ms_class_list_read_test(const char *folder, const struct ms_class_list *train,
                                       struct ms_class_list *classes);

/* Whether a name ends in .png, in capitals or not. */
bool ms_is_png_name(const char *name);

#endif
