/* IDX files: every size is checked against the file's length before it is used. */
#include "runtime/data/idx.h"

#include <stdlib.h>

#include "runtime/platform/error.h"
#include "runtime/platform/files.h"

enum { TYPE_UNSIGNED_BYTE = 8 };

static size_t big_endian_32(const uint8_t *bytes) {
  return (size_t)bytes[0] << 24 | (size_t)bytes[1] << 16 | (size_t)bytes[2] << 8 | bytes[3];
}

/* The product, UINT64_MAX on overflow. */
static uint64_t multiply(uint64_t x, uint64_t y) {
  return y != 0 && x > UINT64_MAX / y ? UINT64_MAX : x * y;
}

/* file: the first bytes of it, all of its header where n_bytes, its length, has room for one. */
static enum ms_status parse(const char *path, size_t n_dimensions, const uint8_t *file, uint64_t n_bytes,
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
    return ms_fail(MS_ERROR_DATA, "%s: the file ends inside its header, after %ju of %zu bytes: get it again", path,
                   (uintmax_t)n_bytes, header_bytes);

  uint64_t n_elements = 1;
  for (size_t d = 0; d < n_dimensions; ++d) {
    idx->size[d] = big_endian_32(file + 4 + 4 * d);
    if (idx->size[d] == 0)
      return ms_fail(MS_ERROR_DATA, "%s: the header says that dimension %zu is 0: get it again", path, d + 1);
    n_elements = multiply(n_elements, idx->size[d]);
  }
  if (n_elements != n_bytes - header_bytes) {
    return ms_fail(MS_ERROR_DATA,
                   "%s: the header says %zu %s of %ju bytes, the file holds %ju bytes of them: get it again", path,
                   idx->size[0], kind, (uintmax_t)(n_elements / idx->size[0]), (uintmax_t)(n_bytes - header_bytes));
  }
  if (n_elements / idx->size[0] > SIZE_MAX / 2) /* where a size has 32 bits */
    return ms_fail(MS_ERROR_DATA, "%s: images of %ju bytes are more than memory can hold", path,
                   (uintmax_t)(n_elements / idx->size[0]));
  idx->n_dimensions = n_dimensions;
  return MS_OK;
}

enum ms_status ms_idx_read(const char *path, size_t n_dimensions, struct ms_idx *idx) {
  uint8_t *file = NULL;
  size_t n_bytes = 0;
  MS_TRY(ms_file_read(path, SIZE_MAX / 2, &file, &n_bytes));
  enum ms_status status = parse(path, n_dimensions, file, n_bytes, idx);
  if (status != MS_OK) {
    free(file);
    return status;
  }
  idx->file = file;
  idx->elements = file + 4 + 4 * n_dimensions;
  return MS_OK;
}

enum ms_status ms_idx_read_header(const char *path, size_t n_dimensions, struct ms_idx *idx) {
  uint8_t header[4 + 4 * MS_IDX_MAX_DIMENSIONS];
  size_t n_read;
  uint64_t file_bytes;
  idx->file = NULL;
  idx->elements = NULL;
  MS_TRY(ms_file_read_part(path, 0, sizeof header, header, &n_read, &file_bytes));
  return parse(path, n_dimensions, header, file_bytes, idx);
}

enum ms_status ms_idx_read_item(const char *path, const struct ms_idx *idx, size_t index, uint8_t *elements) {
  size_t item_bytes = 1, n_read;
  uint64_t file_bytes;
  for (size_t d = 1; d < idx->n_dimensions; ++d)
    item_bytes *= idx->size[d];
  const uint64_t at = 4 + 4 * idx->n_dimensions + (uint64_t)index * item_bytes;
  MS_TRY(ms_file_read_part(path, at, item_bytes, elements, &n_read, &file_bytes));
  return n_read == item_bytes ? MS_OK : ms_fail(MS_ERROR_DATA, "%s: the file became shorter: get it again", path);
}
