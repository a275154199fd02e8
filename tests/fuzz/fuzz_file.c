/* Bytes as a file, for readers that take a path. */
#define _GNU_SOURCE /* memfd_create */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

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
