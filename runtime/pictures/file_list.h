/* The PNG files of all classes, in the order in which they are the images of a data set. */
#ifndef MS_PICTURES_FILE_LIST_H
#define MS_PICTURES_FILE_LIST_H

#include "runtime/pictures/class_list.h"
#include "runtime/platform/text.h"

struct ms_file_list {
  size_t n, capacity;
  struct ms_listed_file {
    size_t at; /* of its name in names; name is set when all are there */
    const char *name;
    uint8_t class; /* place in the list of classes */
  } * files;
  struct ms_text names;
};

/* The order is that of the files' names without their folders, numbers within names compared as numbers; of equal names
 * that of the labels. So a data set whose images were written to files named by their index comes back as it was.
 * MS_ERROR_DATA, naming it: an empty folder, a folder within one, or a file that is not named .png. Hidden ones are
 * ignored. Whatever is returned, ms_file_list_free frees it; all 0 before. */
enum ms_status ms_file_list_read(const char *folder, const struct ms_class_list *classes, struct ms_file_list *list);
void ms_file_list_free(struct ms_file_list *list);

/* "2.png" < "10.png" < "a.png": below, at or above 0. 0 for equal names alone. */
int ms_compare_file_names(const char *a, const char *b);

#endif
