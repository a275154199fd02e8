/* What is in a folder. */
#ifndef MS_PICTURES_ENTRIES_H
#define MS_PICTURES_ENTRIES_H

#include "runtime/mnist_simd.h"

/* Called with the path of an entry and its name, the last part of path. Anything but MS_OK ends the listing. */
typedef enum ms_status ms_entry_function(void *context, const char *path, const char *name);

/* All entries, in no order, but hidden ones, whose names begin with a dot. The status of the last call; MS_ERROR_DATA
 * if the folder cannot be read. */
enum ms_status ms_entries(const char *folder, ms_entry_function *function, void *context);

#endif
