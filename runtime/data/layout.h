/* Where the parts of a data set are, by the names of the files in a folder. */
#ifndef MS_DATA_LAYOUT_H
#define MS_DATA_LAYOUT_H

#include "runtime/data/known.h"
#include "runtime/platform/files.h"

enum ms_format { MS_FORMAT_IDX, MS_FORMAT_NPZ, MS_FORMAT_NPZ_PAIR, MS_FORMAT_CSV };

struct ms_layout {
  enum ms_format format;
  char folder[MS_PATH_SIZE];         /* that the files are in */
  const struct ms_known_data *known; /* NULL: none */
  bool has_others;                   /* other data sets lie beside it */
  char images[2][MS_PATH_SIZE],      /* of training and test; "": not there */
      labels[2][MS_PATH_SIZE];       /* the same file where it holds both */
};

/* The one that a file's name tells; NULL: none. */
const struct ms_known_data *ms_known_by_file(const char *path);

/* path: a folder, or an NPZ or CSV file. MS_ERROR_DATA, the message naming the remedy: no such folder, no data set in
 * it, several of which options->split names none, or a part of options->part is missing. */
enum ms_status ms_layout_find(const char *path, const struct ms_data_options *options, struct ms_layout *layout);

#endif
