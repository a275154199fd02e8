/* NPZ, NumPy's archives: a zip file with an array, a .npy file, for each name. */
#ifndef MS_DATA_NPZ_H
#define MS_DATA_NPZ_H

#include "runtime/data/array.h"

/* The array of the first of the names, ended by NULL, that the archive has, without regard to case; *memory holds its
 * elements, free() it. *memory is NULL, with MS_OK, where it has none of them.
 * MS_ERROR_DATA, naming path: no such archive, damaged, encrypted, of 4 GiB and more, an array of Python objects, of
 * another type, in Fortran's order, or of more than MS_ARRAY_MAX_DIMENSIONS. MS_ERROR_MEMORY. */
enum ms_status ms_npz_read(const char *path, const uint8_t *file, size_t n_bytes, const char *const *names,
                           struct ms_array *array, void **memory);

/* The array at a place in the archive's directory, from 0, and its name (n_name bytes). *memory is NULL, with MS_OK,
 * behind the last one. MS_ERROR_DATA besides: a damaged directory, a longer name. */
enum ms_status ms_npz_read_at(const char *path, const uint8_t *file, size_t n_bytes, size_t index, char *name,
                              size_t n_name, struct ms_array *array, void **memory);

/* The names in it, in their order, "x_train, y_train", cut off where they are long. */
void ms_npz_names(const uint8_t *file, size_t n_bytes, char *text, size_t n_text);

#endif
