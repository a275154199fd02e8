/* IDX files: every size is checked against the file's length before it is used. */
#include "runtime/data/idx.h"

#include "runtime/data/unfold.h"
#include "runtime/platform/error.h"
#include "runtime/platform/files.h"

enum { MAX_HEADER = 4 + 4 * MS_ARRAY_MAX_DIMENSIONS };

static size_t big_endian_32(const uint8_t *bytes) {
  return (size_t)bytes[0] << 24 | (size_t)bytes[1] << 16 | (size_t)bytes[2] << 8 | bytes[3];
}

static bool find_type(uint8_t code, enum ms_element *type) {
  static const struct {
    uint8_t code;
    enum ms_element type;
  } types[] = {{8, MS_U8}, {9, MS_I8}, {0x0b, MS_I16}, {0x0c, MS_I32}, {0x0d, MS_F32}, {0x0e, MS_F64}};
  for (size_t t = 0; t < sizeof types / sizeof types[0]; ++t)
    if (types[t].code == code) {
      *type = types[t].type;
      return true;
    }
  return false;
}

/* file: the first bytes of it, all of its header where n_bytes, its length, has room for one. */
static enum ms_status parse(const char *path, const uint8_t *file, uint64_t n_bytes, struct ms_array *a) {
  uint64_t n_wanted;
  char text[MS_ARRAY_TEXT_SIZE];
  if (n_bytes == 0)
    return ms_fail(MS_ERROR_DATA, "%s: the file is empty: get it again", path);
  if (n_bytes < 4 || file[0] != 0 || file[1] != 0 || !find_type(file[2], &a->type))
    return ms_fail(MS_ERROR_DATA,
                   "%s: wrong magic number, an IDX file begins with 00 00, a type from 08 to 0e and the number of "
                   "dimensions: give the raw file of the data set",
                   path);
  a->n_dimensions = file[3];
  a->is_little_endian = false;
  a->elements = NULL;
  if (a->n_dimensions < 1 || a->n_dimensions > MS_ARRAY_MAX_DIMENSIONS)
    return ms_fail(MS_ERROR_DATA, "%s: the header says %zu dimensions, must be 1 to %d: get it again", path,
                   a->n_dimensions, MS_ARRAY_MAX_DIMENSIONS);
  const size_t header_bytes = 4 + 4 * a->n_dimensions;
  if (n_bytes < header_bytes)
    return ms_fail(MS_ERROR_DATA, "%s: the file ends inside its header, after %ju of %zu bytes: get it again", path,
                   (uintmax_t)n_bytes, header_bytes);
  for (size_t d = 0; d < a->n_dimensions; ++d)
    a->size[d] = big_endian_32(file + 4 + 4 * d);
  MS_TRY(ms_array_bytes(path, a, &n_wanted));
  if (n_wanted != n_bytes - header_bytes)
    return ms_fail(MS_ERROR_DATA, "%s: the header says %s, %ju bytes, the file holds %ju bytes of them: get it again",
                   path, ms_array_text(a, text), (uintmax_t)n_wanted, (uintmax_t)(n_bytes - header_bytes));
  if (n_wanted / a->size[0] > SIZE_MAX / 2) /* where a size has 32 bits */
    return ms_fail(MS_ERROR_DATA, "%s: images of %ju bytes are more than memory can hold", path,
                   (uintmax_t)(n_wanted / a->size[0]));
  return MS_OK;
}

enum ms_status ms_idx_parse(const char *path, const uint8_t *file, size_t n_bytes, struct ms_array *a) {
  MS_TRY(parse(path, file, n_bytes, a));
  a->elements = file + 4 + 4 * a->n_dimensions;
  return MS_OK;
}

enum ms_status ms_idx_read_header(const char *path, struct ms_array *a, bool *is_gzip) {
  uint8_t header[MAX_HEADER] = {0};
  size_t n_read;
  uint64_t file_bytes;
  MS_TRY(ms_file_read_part(path, 0, sizeof header, header, &n_read, &file_bytes));
  *is_gzip = ms_is_gzip(header, n_read);
  return *is_gzip ? MS_OK : parse(path, header, file_bytes, a);
}

enum ms_status ms_idx_read_item(const char *path, const struct ms_array *a, size_t index, uint8_t *elements) {
  size_t item_bytes = ms_element_bytes(a->type), n_read;
  uint64_t file_bytes;
  for (size_t d = 1; d < a->n_dimensions; ++d)
    item_bytes *= a->size[d];
  const uint64_t at = 4 + 4 * a->n_dimensions + (uint64_t)index * item_bytes;
  MS_TRY(ms_file_read_part(path, at, item_bytes, elements, &n_read, &file_bytes));
  return n_read == item_bytes ? MS_OK : ms_fail(MS_ERROR_DATA, "%s: the file became shorter: get it again", path);
}
