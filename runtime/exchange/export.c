/* Exports: the format by the file's ending, and what the formats share. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "runtime/exchange/exchange.h"
#include "runtime/exchange/formats.h"
#include "runtime/platform/endian.h"
#include "runtime/platform/error.h"
#include "runtime/platform/files.h"

/* max_bytes: of all parameters, with room below the format's own limit for all that is written beside them. */
static const struct format {
  const char *ending;
  ms_export_format *add;
  uint64_t max_bytes;
} formats[] = {
    {".npz", ms_export_npz, UINT32_MAX - (1 << 20)},
    {".h", ms_export_c_header, UINT32_MAX}, /* compilers end long before */
    {".onnx", ms_export_onnx, INT32_MAX - (1 << 20)},
    {".safetensors", ms_export_torch, SIZE_MAX / 4},
};
enum { N_FORMATS = sizeof formats / sizeof formats[0] };

/* The name in the path, without its folder; *length of it precede the ending. */
static const char *split(const char *path, size_t *length) {
  const char *name = ms_last_part(path), *point = strrchr(name, '.');
  *length = point ? (size_t)(point - name) : strlen(name);
  return name;
}

static enum ms_status find_format(const char *path, const struct format **format) {
  char endings[64] = "";
  size_t length;
  const char *name = split(path, &length);
  for (size_t i = 0; i < N_FORMATS; ++i) {
    *format = &formats[i];
    if (length > 0 && strcasecmp(name + length, formats[i].ending) == 0)
      return MS_OK;
    const size_t used = strlen(endings);
    snprintf(endings + used, sizeof endings - used, "%s%s",
             i == 0              ? ""
             : i + 1 < N_FORMATS ? ", "
                                 : " or ",
             formats[i].ending);
  }
  return ms_fail(MS_ERROR_ARGUMENT, "%s: must be a name that ends in %s", path, endings);
}

enum ms_status ms_check_vacant(const char *path, bool overwrite) {
  MS_TRY(ms_path_check(path));
  return overwrite || !ms_exists(path) ? MS_OK
                                       : ms_fail_by(MS_ERROR_ARGUMENT, MS_OVERWRITE,
                                                    "%s: is there already: choose another name, or overwrite it", path);
}

enum ms_status ms_export_check(const char *path) {
  const struct format *format;
  return find_format(path, &format);
}

enum ms_status ms_export(const struct ms_network *network, const char *path) {
  const struct format *format;
  struct ms_text file = {0};
  char name[MS_PATH_SIZE];
  size_t length;
  MS_TRY(find_format(path, &format));
  if (ms_network_parameters(network) > format->max_bytes / sizeof(float))
    return ms_fail(MS_ERROR_UNSUPPORTED, "%s: %zu parameters are more than a file of this format can hold", path,
                   ms_network_parameters(network));
  const char *whole = split(path, &length);
  snprintf(name, sizeof name, "%.*s", (int)length, whole);
  format->add(network, name, &file);
  enum ms_status status = ms_text_status(&file, path);
  if (status == MS_OK)
    status = ms_file_write(path, file.data, file.length);
  ms_text_free(&file);
  return status;
}

void ms_add_number(struct ms_text *text, uint64_t number, int n_bytes) {
  ms_little_endian(&number, 1, sizeof number);
  ms_text_add_bytes(text, (const char *)&number, (size_t)n_bytes);
}

void ms_add_floats(struct ms_text *text, const float *values, size_t n) {
  ms_text_add_bytes(text, (const char *)values, n * sizeof(float));
  if (!text->failed)
    ms_little_endian(text->data + text->length - n * sizeof(float), n, sizeof(float));
}
