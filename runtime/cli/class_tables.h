/* Tables of an evaluation, for a terminal. names: of the classes, as struct ms_data has them. */
#ifndef MS_CLI_CLASS_TABLES_H
#define MS_CLI_CLASS_TABLES_H

#include "runtime/report/class_names.h"

/* The table of precision, recall and F1 per class, and the confusion matrix, for so many columns: where they are too
 * few for the matrix, its largest confusions, and names are cut off. */
void print_tables(const struct ms_evaluation *evaluation, const char *const *names, size_t columns);

/* ms_class_words for this locale: where it is not UTF-8, '?' for what is not ASCII. */
const char *class_words(char out[MS_CLASS_WORDS], const char *const *names, size_t class, size_t columns);

#endif
