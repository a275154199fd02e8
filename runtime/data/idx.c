/* IDX files: every size is checked against the file's length before it is used. */
#include "runtime/data/idx.h"

#include <stdlib.h>

#include "runtime/platform/error.h"
#include "runtime/platform/files.h"

enum { TYPE_UNSIGNED_BYTE = 8 };

static size_t big_endian_32(const uint8_t *bytes) {
  return (size_t)bytes[0] << 24 | (size_t)bytes[1] << 16 | (size_t)bytes[2] << 8 | bytes[3];
}

/* size of the product, SIZE_MAX on overflow. */
static size_t multiply(size_t x, size_t y) {
  return y != 0 && x > SIZE_MAX / y ? SIZE_MAX : x * y;
}

static enum ms_status parse(const char *path, size_t n_dimensions, const uint8_t *file, size_t n_bytes,
                            struct ms_idx *idx) {
  const char *kind = n_dimensions == 1 ? "labels" : "images";
  if (n_bytes == 0)
    return ms_fail(MS_ERROR_DATA, "%s: the file is empty: get it again", path);
  if (n_bytes >= 2 && file[0] == 0x1f && file[1] == 0x8b)
    return ms_fail(MS_ERROR_DATA, "%s: is compressed with gzip: unpack it with gunzip", path);
  if (n_bytes < 4 || file[0] != 0 || file[1] != 0 || file[2] != TYPE_UNSIGNED_BYTE)
    return ms_fail(MS_ERROR_DATA,
                   "%s: wrong magic number, an IDX file of unsigned bytes begins with 00 00 08: give "
                   "the raw file of the data set",
                   path);
  if (file[3] != n_dimensions)
    return ms_fail(MS_ERROR_DATA, "%s: the header says %d dimensions, %s have %zu: are images and labels mixed up?",
                   path, file[3], kind, n_dimensions);
  const size_t header_bytes = 4 + 4 * n_dimensions;
  if (n_bytes < header_bytes)
    return ms_fail(MS_ERROR_DATA, "%s: the file ends inside its header, after %zu of %zu bytes: get it again", path,
                   n_bytes, header_bytes);

  size_t n_elements = 1;
  for (size_t d = 0; d < n_dimensions; ++d) {
    idx->size[d] = big_endian_32(file + 4 + 4 * d);
    if (idx->size[d] == 0)
      return ms_fail(MS_ERROR_DATA, "%s: the header says that dimension %zu is 0: get it again", path, d + 1);
    n_elements = multiply(n_elements, idx->size[d]);
  }
  if (n_elements != n_bytes - header_bytes) {
    const size_t image_bytes = n_elements / idx->size[0];
    return ms_fail(MS_ERROR_DATA,
                   "%s: the header says %zu %s of %zu bytes, the file holds %zu bytes of them: get it again", path,
                   idx->size[0], kind, image_bytes, n_bytes - header_bytes);
  }
  idx->n_dimensions = n_dimensions;
  idx->elements = file + header_bytes;
  return MS_OK;
}

enum ms_status ms_idx_read(const char *path, size_t n_dimensions, struct ms_idx *idx) {
  uint8_t *file = NULL;
  size_t n_bytes = 0;
  MS_TRY(ms_file_read(path, SIZE_MAX / 2, &file, &n_bytes));
  enum ms_status status = parse(path, n_dimensions, file, n_bytes, idx);
  if (status != MS_OK)
    free(file);
  else
    idx->file = file;
  return status;
}
