/* Tables of an evaluation, for a terminal. */
#include "runtime/cli/class_tables.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "runtime/platform/columns.h"
#include "runtime/platform/console.h"

enum {
  MAX_CONFUSIONS = 20,
  SCORES = 35, /* columns of the table of classes besides the class */
  COUNTS = 10, /* of the largest confusions besides both classes */
  LEAST = 12   /* of a class with a name: where there are fewer, it is left out */
};

static size_t matrix_width(size_t n_classes) {
  return 6 * (n_classes + 1);
}

static void print_score(double score) {
  if (isnan(score))
    printf("       -");
  else
    printf("  %6.4f", score);
}

const char *class_words(char out[MS_CLASS_WORDS], const char *const *names, size_t class, size_t columns) {
  ms_class_words(out, names, class, columns);
  if (ms_console_is_utf8())
    return out;
  char *to = out;
  for (const char *from = out; *from;) {
    const size_t n_bytes = ms_utf8_bytes(from);
    *to++ = (char)(n_bytes == 1 ? *from : '?');
    from += n_bytes > 0 ? n_bytes : 1;
  }
  *to = '\0';
  return out;
}

/* Numbers of classes are aligned at their right. */
static int blanks_before(size_t class, size_t n_classes) {
  return snprintf(NULL, 0, "%zu", n_classes - 1) - snprintf(NULL, 0, "%zu", class);
}

/* Columns of the widest class, or of the head if that is wider; at most `most`. */
static size_t classes_width(const char *const *names, size_t n_classes, const char *head, size_t most) {
  size_t width = strlen(head);
  for (size_t c = 0; c < n_classes; ++c) {
    char words[MS_CLASS_WORDS];
    const size_t columns =
        (size_t)blanks_before(c, n_classes) + ms_columns(class_words(words, names, c, MS_CLASS_WORDS));
    width = columns > width ? columns : width;
  }
  return width < most ? width : most;
}

static void print_class(const char *const *names, size_t class, size_t n_classes, size_t width) {
  char words[MS_CLASS_WORDS];
  const int before = blanks_before(class, n_classes);
  class_words(words, names, class, width - (size_t)before);
  printf("%*s%s%*s", before, "", words, (int)(width - ms_columns(words)) - before, "");
}

/* Without names, or room for them, numbers under the end of the head. */
static void print_classes(const struct ms_evaluation *e, const char *const *names, size_t columns) {
  const bool named = ms_class_has_names(names, e->n_classes) && columns >= SCORES + LEAST;
  const size_t width = named ? classes_width(names, e->n_classes, "class", columns - SCORES) : 5;
  printf("\nclass%*s  precision  recall      F1  images\n", (int)width - 5, "");
  for (size_t c = 0; c < e->n_classes; ++c) {
    if (named)
      print_class(names, c, e->n_classes, width);
    else
      printf("%5zu", c);
    printf("   ");
    print_score(e->precision[c]);
    print_score(e->recall[c]);
    print_score(e->f1[c]);
    printf("  %6zu\n", e->support[c]);
  }
  printf("macro F1 %.4f\n", e->macro_f1);
}

/* A row of the largest confusions. */
static void print_pair(const struct ms_evaluation *e, const char *const *names, size_t cell, size_t width) {
  const size_t class = cell / e->n_classes, predicted = cell % e->n_classes;
  if (width > 0) {
    print_class(names, class, e->n_classes, width);
    printf("  ");
    print_class(names, predicted, e->n_classes, width);
  } else {
    printf("%6zu  %9zu", class, predicted);
  }
  printf("  %6zu\n", e->confusion[cell]);
}

/* Cells off the diagonal that hold something, the largest first, equal ones in their order. */
static void print_confusions(const struct ms_evaluation *e, const char *const *names, size_t columns) {
  const size_t n = e->n_classes * e->n_classes;
  size_t last = 0, last_count = SIZE_MAX, n_left = 0;
  for (size_t i = 0; i < n; ++i)
    n_left += i / e->n_classes != i % e->n_classes && e->confusion[i] > 0;
  const bool named = ms_class_has_names(names, e->n_classes) && columns >= COUNTS + 2 * LEAST;
  const size_t width = named ? classes_width(names, e->n_classes, "predicted", (columns - COUNTS) / 2) : 0;
  printf("\nLargest of %zu confusions\n(the matrix needs %zu columns)\n", n_left, matrix_width(e->n_classes));
  if (named)
    printf("class%*s  predicted%*s  images\n", (int)width - 5, "", (int)width - 9, "");
  else
    printf(" class  predicted  images\n");
  for (size_t k = 0; k < MAX_CONFUSIONS && k < n_left; ++k) {
    size_t next = n, count = 0;
    for (size_t i = 0; i < n; ++i)
      if (i / e->n_classes != i % e->n_classes && e->confusion[i] > count &&
          (e->confusion[i] < last_count || (e->confusion[i] == last_count && i > last))) {
        next = i;
        count = e->confusion[i];
      }
    print_pair(e, names, next, width);
    last = next;
    last_count = count;
  }
}

static void print_confusion(const struct ms_evaluation *e) {
  printf("\nConfusion matrix: a row per true class, a column per predicted class\n      ");
  for (size_t c = 0; c < e->n_classes; ++c)
    printf(" %5zu", c);
  putchar('\n');
  for (size_t row = 0; row < e->n_classes; ++row) {
    printf("%5zu ", row);
    for (size_t col = 0; col < e->n_classes; ++col) {
      const size_t count = e->confusion[row * e->n_classes + col];
      if (count > 0)
        printf(" %5zu", count);
      else
        printf("     .");
    }
    putchar('\n');
  }
}

void print_tables(const struct ms_evaluation *e, const char *const *names, size_t columns) {
  print_classes(e, names, columns);
  if (matrix_width(e->n_classes) <= columns)
    print_confusion(e);
  else
    print_confusions(e, names, columns);
}
