/* NPZ archives. Sources: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16; numpy/lib/format.py on
 * versions 1.0 to 3.0 of .npy files. Sizes come from the central directory, for NumPy leaves them out of the local
 * headers. */
#define _POSIX_C_SOURCE 200809L /* strncasecmp */
#include "runtime/data/npz.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

#include "runtime/data/unfold.h"
#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"

enum { END_BYTES = 22, ENTRY_BYTES = 46, LOCAL_BYTES = 30, MAX_COMMENT = 65535 };
enum { STORED = 0, DEFLATED = 8, ENCRYPTED = 1 };

static size_t little_endian(const uint8_t *bytes, int n) {
  size_t value = 0;
  while (n-- > 0)
    value = value << 8 | bytes[n];
  return value;
}

/* A file in the archive, as the central directory has it. */
struct member {
  const char *name; /* without ".npy"; not ended by a 0 */
  size_t name_bytes;
  unsigned flags, method;
  uint32_t crc;
  size_t packed, unpacked, at;
};

struct directory {
  const uint8_t *file;
  size_t n_bytes, at, end, n_left;
};

/* The record at the end of the archive, behind which a comment may be. */
static bool find_directory(const uint8_t *file, size_t n_bytes, struct directory *d) {
  for (size_t back = END_BYTES; back <= n_bytes && back <= END_BYTES + MAX_COMMENT; ++back) {
    const uint8_t *end = file + n_bytes - back;
    if (memcmp(end, "PK\5\6", 4) != 0 || little_endian(end + 20, 2) != back - END_BYTES)
      continue;
    *d = (struct directory){file, n_bytes, little_endian(end + 16, 4), n_bytes - back, little_endian(end + 10, 2)};
    return d->at <= d->end;
  }
  return false;
}

/* False at the end, and where the directory is damaged. */
static bool next_member(struct directory *d, struct member *m) {
  if (d->n_left == 0 || d->end - d->at < ENTRY_BYTES || memcmp(d->file + d->at, "PK\1\2", 4) != 0)
    return false;
  const uint8_t *entry = d->file + d->at;
  const size_t name_bytes = little_endian(entry + 28, 2);
  const size_t more = little_endian(entry + 30, 2) + little_endian(entry + 32, 2);
  if (d->end - d->at - ENTRY_BYTES < name_bytes + more)
    return false;
  *m = (struct member){(const char *)entry + ENTRY_BYTES,      name_bytes,
                       (unsigned)little_endian(entry + 8, 2),  (unsigned)little_endian(entry + 10, 2),
                       (uint32_t)little_endian(entry + 16, 4), little_endian(entry + 20, 4),
                       little_endian(entry + 24, 4),           little_endian(entry + 42, 4)};
  if (name_bytes > 4 && strncasecmp(m->name + name_bytes - 4, ".npy", 4) == 0)
    m->name_bytes -= 4;
  d->at += ENTRY_BYTES + name_bytes + more;
  --d->n_left;
  return true;
}

void ms_npz_names(const uint8_t *file, size_t n_bytes, char *text, size_t n_text) {
  struct directory d;
  struct member m;
  size_t length = 0;
  text[0] = '\0';
  if (!find_directory(file, n_bytes, &d))
    return;
  while (length < n_text && next_member(&d, &m))
    length +=
        (size_t)snprintf(text + length, n_text - length, "%s%.*s", length > 0 ? ", " : "", (int)m.name_bytes, m.name);
}

static enum ms_status fail(const char *path, const struct member *m, const char *what) {
  return ms_fail(MS_ERROR_DATA, "%s: %.*s: %s", path, (int)(m->name_bytes < 64 ? m->name_bytes : 64), m->name, what);
}

/* Unpacked, and held against its checksum; *memory: m->unpacked bytes. */
static enum ms_status unpack(const char *path, const struct directory *d, const struct member *m, uint8_t **memory) {
  if (m->flags & ENCRYPTED)
    return fail(path, m, "is encrypted: save the arrays without a password");
  if (m->packed == UINT32_MAX || m->unpacked == UINT32_MAX || m->at == UINT32_MAX)
    return fail(path, m, "has 4 GiB or more: save it as an IDX file");
  if (m->at > d->n_bytes - LOCAL_BYTES || memcmp(d->file + m->at, "PK\3\4", 4) != 0)
    return fail(path, m, "is not where the archive says: get it again");
  const uint8_t *local = d->file + m->at;
  const size_t skipped = LOCAL_BYTES + little_endian(local + 26, 2) + little_endian(local + 28, 2);
  if (skipped > d->n_bytes - m->at || m->packed > d->n_bytes - m->at - skipped)
    return fail(path, m, "goes beyond the end of the archive: get it again");
  if (m->method == STORED ? m->unpacked != m->packed : m->unpacked / MS_MAX_UNFOLDING > m->packed)
    return fail(path, m, "cannot unfold to the size that the archive says: get it again");
  if (m->method != STORED && m->method != DEFLATED)
    return fail(path, m, "is compressed in a way that NumPy does not use: save it with numpy.savez");
  if (m->unpacked > ms_unfold_limit(d->n_bytes))
    return fail(path, m, "unfolds to more than a hundred times the archive: save it as an IDX file, if it is meant to");
  MS_TRY(ms_reserve(m->unpacked, 1, path, memory));
  enum ms_status status = MS_OK;
  if (m->method == STORED)
    memcpy(*memory, local + skipped, m->packed);
  else
    status = ms_inflate(path, local + skipped, m->packed, *memory, m->unpacked);
  if (status == MS_OK && crc32_z(0, *memory, m->unpacked) != m->crc)
    status = fail(path, m, "its checksum does not match: get it again");
  if (status != MS_OK) {
    free(*memory);
    *memory = NULL;
  }
  return status;
}

/* ---- .npy ---- */

/* What follows 'key': in the header's dictionary; NULL if it is not there. */
static const char *value_of(const char *header, const char *key) {
  char quoted[32];
  snprintf(quoted, sizeof quoted, "'%s':", key);
  const char *at = strstr(header, quoted);
  return at ? at + strlen(quoted) + strspn(at + strlen(quoted), " ") : NULL;
}

/* "'<f4'" and the like. */
static bool parse_type(const char *text, struct ms_array *a) {
  static const char *const codes[MS_N_ELEMENTS] = {"u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"};
  if (text[0] != '\'' || !strchr("<>|=", text[1]) || text[1] == '\0')
    return false;
  a->is_little_endian = text[1] != '>';
  for (int t = 0; t < MS_N_ELEMENTS; ++t)
    if (strncmp(text + 2, codes[t], 2) == 0 && text[4] == '\'') {
      a->type = (enum ms_element)t;
      return true;
    }
  return false;
}

/* "(60000, 28, 28)", "(60000,)" */
static bool parse_shape(const char *text, struct ms_array *a) {
  a->n_dimensions = 0;
  if (*text++ != '(')
    return false;
  while (*text != ')') {
    uint64_t size = 0;
    if (!isdigit((unsigned char)*text) || a->n_dimensions == MS_ARRAY_MAX_DIMENSIONS)
      return false;
    for (; isdigit((unsigned char)*text); ++text) {
      size = size * 10 + (uint64_t)(*text - '0');
      if (size > UINT32_MAX)
        return false;
    }
    a->size[a->n_dimensions++] = (size_t)size;
    text += strspn(text, ", ");
  }
  return a->n_dimensions > 0;
}

static enum ms_status parse_npy(const char *path, const struct member *m, const uint8_t *npy, struct ms_array *a) {
  enum { MAX_TEXT = 4096 };
  char text[MAX_TEXT + 1];
  const int length_bytes = m->unpacked > 6 && npy[6] == 1 ? 2 : 4;
  const size_t begin = 8 + (size_t)length_bytes;
  if (m->unpacked < begin || memcmp(npy, "\x93NUMPY", 6) != 0 || npy[6] < 1 || npy[6] > 3)
    return fail(path, m, "is not an array as NumPy saves it: save it with numpy.savez");
  const size_t length = little_endian(npy + 8, length_bytes);
  if (length > MAX_TEXT || length > m->unpacked - begin)
    return fail(path, m, "has a header of a size that NumPy does not write: get it again");
  memcpy(text, npy + begin, length);
  text[length] = '\0';
  const char *type = value_of(text, "descr"), *order = value_of(text, "fortran_order"),
             *shape = value_of(text, "shape");
  if (!type || !order || !shape)
    return fail(path, m, "has a header that NumPy does not write: get it again");
  if (strncmp(type, "'|O", 3) == 0)
    return fail(path, m, "holds Python objects (a pickle), which are never read: save it as an array of numbers");
  if (!parse_type(type, a)) {
    char what[128];
    snprintf(what, sizeof what,
             "is of type %.*s, which is not read: save it as float32 (ARRAY.astype('float32')), labels as uint8",
             (int)strcspn(type, ",}"), type);
    return fail(path, m, what);
  }
  if (strncmp(order, "False", 5) != 0)
    return fail(path, m, "is in Fortran order: save numpy.ascontiguousarray(ARRAY)");
  if (!parse_shape(shape, a))
    return fail(path, m, "has a shape that is not read: 1 to 4 dimensions, each below 2^32");
  uint64_t n_bytes;
  MS_TRY(ms_array_bytes(path, a, &n_bytes));
  if (n_bytes != m->unpacked - begin - length)
    return fail(path, m, "its header and its length disagree: get it again");
  a->elements = npy + begin + length;
  return MS_OK;
}

static enum ms_status read_member(const char *path, const struct directory *d, const struct member *m,
                                  struct ms_array *array, void **memory) {
  uint8_t *npy = NULL;
  MS_TRY(unpack(path, d, m, &npy));
  const enum ms_status status = parse_npy(path, m, npy, array);
  if (status == MS_OK)
    *memory = npy;
  else
    free(npy);
  return status;
}

static enum ms_status open_archive(const char *path, const uint8_t *file, size_t n_bytes, struct directory *d) {
  if (n_bytes < LOCAL_BYTES || !find_directory(file, n_bytes, d))
    return ms_fail(MS_ERROR_DATA, "%s: is not an NPZ archive, or cut off: get it again", path);
  return MS_OK;
}

enum ms_status ms_npz_read(const char *path, const uint8_t *file, size_t n_bytes, const char *const *names,
                           struct ms_array *array, void **memory) {
  struct directory directory;
  struct member m;
  *memory = NULL;
  MS_TRY(open_archive(path, file, n_bytes, &directory));
  for (; *names; ++names)
    for (struct directory d = directory; next_member(&d, &m);)
      if (m.name_bytes == strlen(*names) && strncasecmp(m.name, *names, m.name_bytes) == 0)
        return read_member(path, &directory, &m, array, memory);
  return MS_OK;
}

enum ms_status ms_npz_read_at(const char *path, const uint8_t *file, size_t n_bytes, size_t index, char *name,
                              size_t n_name, struct ms_array *array, void **memory) {
  struct directory d;
  struct member m;
  *memory = NULL;
  MS_TRY(open_archive(path, file, n_bytes, &d));
  for (size_t i = 0; i <= index; ++i) {
    if (d.n_left == 0)
      return MS_OK;
    if (!next_member(&d, &m))
      return ms_fail(MS_ERROR_DATA, "%s: its directory is damaged: get it again", path);
  }
  if (m.name_bytes >= n_name || memchr(m.name, '\0', m.name_bytes))
    return fail(path, &m, "is a name that is not read");
  memcpy(name, m.name, m.name_bytes);
  name[m.name_bytes] = '\0';
  return read_member(path, &d, &m, array, memory);
}
