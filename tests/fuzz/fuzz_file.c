/* Bytes as a file, for readers that take a path. */
#define _GNU_SOURCE /* memfd_create */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runtime/data/array.h"
#include "tests/fuzz/fuzz.h"

const char *fuzz_file(const uint8_t *data, size_t n_bytes) {
  static int file = -1;
  static char path[64];
  if (file < 0) {
    file = memfd_create("input", MFD_CLOEXEC);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
  }
  if (file < 0 || ftruncate(file, 0) != 0 || pwrite(file, data, n_bytes, 0) != (ssize_t)n_bytes)
    abort();
  return path;
}

void fuzz_array(const struct ms_array *array) {
  static volatile unsigned sum;
  for (int is_transposed = 0; is_transposed < 2; ++is_transposed) {
    struct ms_dataset part = {0};
    char note[MS_ARRAY_TEXT_SIZE];
    void *made = NULL;
    if (ms_array_images("input", array, is_transposed, &part, &made, note) == MS_OK)
      for (size_t i = 0; i < part.n * part.rows * part.cols; ++i)
        sum += part.images ? part.images[i] : (unsigned)(255 * part.floats[i]);
    free(made);
  }
  const uint8_t *labels;
  size_t n;
  void *made = NULL;
  if (ms_array_labels("input", array, &n, &labels, &made) == MS_OK)
    for (size_t i = 0; i < n; ++i)
      sum += labels[i];
  free(made);
}
