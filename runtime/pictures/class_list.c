/* The folders of classes, and the labels that their names give. */
#include "runtime/pictures/class_list.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "runtime/pictures/entries.h"
#include "runtime/platform/error.h"
#include "runtime/platform/files.h"
#include "runtime/platform/parse.h"
#include "runtime/platform/text.h"

bool ms_is_png_name(const char *name) {
  static const char ending[] = ".png";
  const size_t length = strlen(name), n = sizeof ending - 1;
  return length > n && strcasecmp(name + length - n, ending) == 0;
}

static bool parse_label(const char *name, uint8_t *label) {
  size_t number;
  if (!ms_parse_size(name, &number) || number >= MS_MAX_CLASSES)
    return false;
  *label = (uint8_t)number;
  return true;
}

static enum ms_status add_folder(void *context, const char *path, const char *name) {
  struct ms_class_list *classes = context;
  if (!ms_is_folder(path))
    return ms_is_png_name(name)
               ? ms_fail(MS_ERROR_DATA, "%s: lies beside the folders of the classes: move it into one of them", path)
               : MS_OK;
  if (classes->n == MS_MAX_CLASSES)
    return ms_fail_by(MS_ERROR_DATA, MS_OTHER_DATA, "%s: more than %d folders: a folder is a class: choose another one",
                      path, MS_MAX_CLASSES);
  if (strlen(name) > MS_MAX_CLASS_NAME || !ms_is_utf8(name) || ms_has_controls(name))
    return ms_fail(MS_ERROR_DATA,
                   "%s: the name of a class must be UTF-8 of at most %d bytes without control characters: rename it",
                   path, MS_MAX_CLASS_NAME);
  strcpy(classes->folders[classes->n++].name, name);
  return MS_OK;
}

static int compare_names(const void *x, const void *y) {
  const struct ms_class_folder *a = x, *b = y;
  return strcmp(a->name, b->name);
}

static int compare_labels(const void *x, const void *y) {
  const struct ms_class_folder *a = x, *b = y;
  return a->label - b->label;
}

static enum ms_status sort_by_label(const char *folder, struct ms_class_list *classes) {
  qsort(classes->folders, classes->n, sizeof classes->folders[0], compare_labels);
  for (size_t c = 1; c < classes->n; ++c)
    if (classes->folders[c - 1].label == classes->folders[c].label)
      return ms_fail(MS_ERROR_DATA, "%s: '%s' and '%s' are the same class: keep one of them", folder,
                     classes->folders[c - 1].name, classes->folders[c].name);
  return MS_OK;
}

static enum ms_status list_folders(const char *folder, size_t min, struct ms_class_list *classes) {
  classes->n = 0;
  MS_TRY(ms_entries(folder, add_folder, classes));
  if (classes->n < min)
    return ms_fail_by(MS_ERROR_DATA, MS_OTHER_DATA,
                      "%s: holds %zu folders, must hold one for each class, at least %zu: choose another folder",
                      folder, classes->n, min);
  qsort(classes->folders, classes->n, sizeof classes->folders[0], compare_names);
  return MS_OK;
}

enum ms_status ms_class_list_read(const char *folder, struct ms_class_list *classes) {
  MS_TRY(list_folders(folder, 2, classes));
  classes->are_numbers = true;
  for (size_t c = 0; c < classes->n; ++c)
    if (!parse_label(classes->folders[c].name, &classes->folders[c].label))
      classes->are_numbers = false;
  for (size_t c = 0; !classes->are_numbers && c < classes->n; ++c)
    classes->folders[c].label = (uint8_t)c;
  return sort_by_label(folder, classes);
}

/* By label where names are numbers: "07" is a test folder of "7". */
static bool find_label(const struct ms_class_list *train, const char *name, uint8_t *label) {
  uint8_t number = 0;
  if (train->are_numbers && !parse_label(name, &number))
    return false;
  for (size_t c = 0; c < train->n; ++c) {
    const struct ms_class_folder *of_train = &train->folders[c];
    if (train->are_numbers ? of_train->label == number : strcmp(of_train->name, name) == 0) {
      *label = of_train->label;
      return true;
    }
  }
  return false;
}

enum ms_status ms_class_list_read_test(const char *folder, const struct ms_class_list *train,
                                       struct ms_class_list *classes) {
  MS_TRY(list_folders(folder, 1, classes));
  classes->are_numbers = train->are_numbers;
  for (size_t c = 0; c < classes->n; ++c)
    if (!find_label(train, classes->folders[c].name, &classes->folders[c].label))
      return ms_fail(MS_ERROR_DATA, "%s/%s: there are no training images of this class: add some, or take it out",
                     folder, classes->folders[c].name);
  return sort_by_label(folder, classes);
}
