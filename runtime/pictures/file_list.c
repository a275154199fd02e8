/* The PNG files of all classes, in order. */
#include "runtime/pictures/file_list.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/pictures/entries.h"
#include "runtime/platform/error.h"
#include "runtime/platform/files.h"

/* Digits, zeros before them skipped. They have no bound, so they are compared as texts. */
static int compare_numbers(const char **a, const char **b) {
  static const char digits[] = "0123456789";
  *a += strspn(*a, "0");
  *b += strspn(*b, "0");
  const size_t n_a = strspn(*a, digits), n_b = strspn(*b, digits);
  const int order = n_a != n_b ? (n_a < n_b ? -1 : 1) : memcmp(*a, *b, n_a);
  *a += n_a;
  *b += n_b;
  return order;
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

int ms_compare_file_names(const char *a, const char *b) {
  const char *whole_a = a, *whole_b = b;
  while (*a && *b) {
    const bool are_digits = is_digit(*a) && is_digit(*b);
    const int order = are_digits ? compare_numbers(&a, &b) : (unsigned char)*a++ - (unsigned char)*b++;
    if (order != 0)
      return order;
  }
  return *a || *b ? (*a ? 1 : -1) : strcmp(whole_a, whole_b); /* "01" and "1" */
}

static int compare_files(const void *x, const void *y) {
  const struct ms_listed_file *a = x, *b = y;
  const int order = ms_compare_file_names(a->name, b->name);
  return order != 0 ? order : a->class - b->class;
}

struct listing {
  struct ms_file_list *list;
  uint8_t class;
};

static enum ms_status add_file(void *context, const char *path, const char *name) {
  const struct listing *listing = context;
  struct ms_file_list *list = listing->list;
  if (!ms_is_png_name(name))
    return ms_fail(MS_ERROR_DATA, "%s: %s in the folder of a class, which holds PNG files: take it out", path,
                   ms_is_folder(path) ? "is a folder" : "is a file that is not named .png");
  if (list->n == list->capacity) {
    const size_t capacity = list->capacity > 0 ? 2 * list->capacity : 1024;
    struct ms_listed_file *grown =
        capacity <= SIZE_MAX / sizeof *grown ? realloc(list->files, capacity * sizeof *grown) : NULL;
    if (!grown)
      return ms_fail(MS_ERROR_MEMORY, "%s: no memory for a list of %zu files", path, capacity);
    list->files = grown;
    list->capacity = capacity;
  }
  list->files[list->n++] = (struct ms_listed_file){.at = list->names.length, .class = listing->class};
  ms_text_add_bytes(&list->names, name, strlen(name) + 1);
  return MS_OK;
}

enum ms_status ms_file_list_read(const char *folder, const struct ms_class_list *classes, struct ms_file_list *list) {
  char path[MS_PATH_SIZE];
  for (size_t c = 0; c < classes->n; ++c) {
    struct listing listing = {list, (uint8_t)c};
    const size_t n_before = list->n;
    MS_TRY(ms_path_join(path, folder, classes->folders[c].name));
    MS_TRY(ms_entries(path, add_file, &listing));
    if (list->n == n_before)
      return ms_fail(MS_ERROR_DATA, "%s: holds no PNG file: add some, or take the folder out", path);
  }
  MS_TRY(ms_text_status(&list->names, folder));
  for (size_t i = 0; i < list->n; ++i)
    list->files[i].name = list->names.data + list->files[i].at;
  qsort(list->files, list->n, sizeof *list->files, compare_files);
  return MS_OK;
}

void ms_file_list_free(struct ms_file_list *list) {
  free(list->files);
  ms_text_free(&list->names);
  memset(list, 0, sizeof *list);
}
