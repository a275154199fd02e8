/* gzip files and deflate streams. */
#include "runtime/data/unfold.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "runtime/platform/error.h"
#include "runtime/platform/files.h"

#define GZIP_WINDOW (15 + 16)
#define RAW_WINDOW (-15)

bool ms_is_gzip(const uint8_t *file, size_t n_bytes) {
  return n_bytes >= 2 && file[0] == 0x1f && file[1] == 0x8b;
}

size_t ms_unfold_limit(size_t n_bytes) {
  const size_t least = (size_t)256 << 20, many = n_bytes < SIZE_MAX / 200 ? 100 * n_bytes : SIZE_MAX / 2;
  return many > least ? many : least;
}

static enum ms_status damaged(const char *path, const z_stream *z, int error) {
  if (error == Z_MEM_ERROR)
    return ms_fail(MS_ERROR_MEMORY, "%s: no memory to unfold it", path);
  return ms_fail(MS_ERROR_DATA, "%s: its compressed data is damaged or cut off (%s): get it again", path,
                 z->msg ? z->msg : "it ends too early");
}

/* zlib counts in 32 bits. */
static uInt piece(size_t n) {
  return n < 1U << 30 ? (uInt)n : 1U << 30;
}

/* Unfolds what z has as input to out (n_out), until that is full or the stream ends. *n_done: how much that is. */
static int unfold(z_stream *z, const uint8_t *end, uint8_t *out, size_t n_out, size_t *n_done) {
  int result = Z_OK;
  for (*n_done = 0; result == Z_OK && *n_done < n_out;) {
    z->avail_in = piece((size_t)(end - z->next_in));
    z->avail_out = piece(n_out - *n_done);
    z->next_out = out + *n_done;
    const uInt room = z->avail_out;
    result = inflate(z, Z_NO_FLUSH);
    *n_done += room - z->avail_out;
  }
  return result;
}

enum ms_status ms_inflate(const char *path, const uint8_t *in, size_t n_in, uint8_t *out, size_t n_out) {
  z_stream z = {.next_in = (z_const Bytef *)in};
  uint8_t beyond;
  size_t n_done, n_beyond = 0;
  int result = inflateInit2(&z, RAW_WINDOW);
  if (result != Z_OK)
    return damaged(path, &z, result);
  result = unfold(&z, in + n_in, out, n_out, &n_done);
  if (result == Z_OK) /* the end of the stream is behind its last byte */
    result = unfold(&z, in + n_in, &beyond, 1, &n_beyond);
  enum ms_status status = MS_OK;
  if (result != Z_STREAM_END || n_done != n_out || n_beyond > 0)
    status = damaged(path, &z, result);
  inflateEnd(&z);
  return status;
}

/* Makes room behind the n_out bytes that are there. */
static enum ms_status grow(const char *path, size_t n_in, uint8_t **out, size_t n_out, size_t *capacity) {
  const size_t limit = ms_unfold_limit(n_in);
  if (n_out >= limit)
    return ms_fail(MS_ERROR_DATA, "%s: unfolds to over %zu bytes: unpack it with gunzip, if it is meant to", path,
                   limit);
  const size_t wanted = *capacity == 0 ? n_in / 2 + 64 : *capacity;
  *capacity = wanted < limit / 4 ? 4 * wanted : limit;
  uint8_t *larger = realloc(*out, *capacity);
  if (!larger)
    return ms_fail(MS_ERROR_MEMORY, "%s: no memory for %zu bytes that it unfolds to", path, *capacity);
  *out = larger;
  return MS_OK;
}

/* All members of a gzip file, to memory that grows: a length that the file claims is not believed. */
static enum ms_status gunzip(const char *path, const uint8_t *in, size_t n_in, uint8_t **out, size_t *n_out) {
  const uint8_t *end = in + n_in;
  z_stream z = {.next_in = (z_const Bytef *)in};
  size_t capacity = 0, n_done;
  *out = NULL;
  *n_out = 0;
  int result = inflateInit2(&z, GZIP_WINDOW);
  if (result != Z_OK)
    return damaged(path, &z, result);
  enum ms_status status = MS_OK;
  while (status == MS_OK && result == Z_OK) {
    if (*n_out == capacity)
      status = grow(path, n_in, out, *n_out, &capacity);
    if (status != MS_OK)
      break;
    result = unfold(&z, end, *out + *n_out, capacity - *n_out, &n_done);
    *n_out += n_done;
    if (result == Z_STREAM_END && ms_is_gzip(z.next_in, (size_t)(end - z.next_in))) /* another member */
      result = inflateReset(&z);
    else if (result != Z_OK && result != Z_STREAM_END)
      status = damaged(path, &z, result);
  }
  inflateEnd(&z);
  return status;
}

enum ms_status ms_file_unfold(const char *path, uint8_t **data, size_t *n_bytes, bool *is_gzip) {
  MS_TRY(ms_file_read(path, SIZE_MAX / 2, data, n_bytes));
  if (!ms_is_gzip(*data, *n_bytes))
    return MS_OK;
  *is_gzip = true;
  uint8_t *file = *data;
  const enum ms_status status = gunzip(path, file, *n_bytes, data, n_bytes);
  free(file);
  if (status != MS_OK) {
    free(*data);
    *data = NULL;
  }
  return status;
}
