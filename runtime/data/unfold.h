/* What gzip and zip files hold, unfolded by zlib. */
#ifndef MS_DATA_UNFOLD_H
#define MS_DATA_UNFOLD_H

#include "runtime/mnist_simd.h"

bool ms_is_gzip(const uint8_t *file, size_t n_bytes);

/* The whole file, unfolded if it is a gzip file, which *is_gzip then says; free(*data). MS_ERROR_DATA: as ms_file_read
 * says; damaged or cut off; or it unfolds to more than ms_unfold_limit. */
enum ms_status ms_file_unfold(const char *path, uint8_t **data, size_t *n_bytes, bool *is_gzip);

/* The bytes that a file of so many may unfold to: a hundred times as many, at least 256 MiB. */
size_t ms_unfold_limit(size_t n_bytes);

/* The deflate stream of n_in bytes, which must give exactly n_out. MS_ERROR_DATA: it does not. */
enum ms_status ms_inflate(const char *path, const uint8_t *in, size_t n_in, uint8_t *out, size_t n_out);

/* deflate makes nothing smaller than this: what a header claims beyond it is a lie, known before memory is taken. */
#define MS_MAX_UNFOLDING 1032

#endif
