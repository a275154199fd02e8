/* Images as lines of comma-separated values, a label and the pixels, as Kaggle has them. */
#ifndef MS_DATA_CSV_H
#define MS_DATA_CSV_H

#include "runtime/data/array.h"

/* A first line of names is skipped. images: (n, pixels), labels: (n), both of bytes, in memory[0] and memory[1]; free()
 * them. A file whose names have no label, class, target or y, and whose lines have a square number of values, has no
 * labels, as Kaggle's test.csv: both are NULL then, with MS_OK.
 * MS_ERROR_DATA, naming path, line and value: lines of different lengths, what is no whole number from 0 to 255, labels
 * that are not first, no images. MS_ERROR_MEMORY. */
enum ms_status ms_csv_parse(const char *path, const char *text, size_t n_bytes, struct ms_array *images,
                            struct ms_array *labels, void *memory[2]);

#endif
