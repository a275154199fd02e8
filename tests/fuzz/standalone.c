/* Runs a fuzz target without libFuzzer: on each file of the folders that are given, on its beginnings and with changed
 * bytes. Usage: fuzz_<name> FOLDER...     At least one file must be there. */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/platform/files.h"
#include "tests/fuzz/fuzz.h"

enum { TRIALS = 300 };

/* The input in a block of its own size, so that sanitizers and valgrind see a read behind it. */
static void try_bytes(const uint8_t *data, size_t n_bytes, size_t changed, uint8_t bits) {
  uint8_t *copy = malloc(n_bytes > 0 ? n_bytes : 1);
  if (!copy)
    abort();
  memcpy(copy, data, n_bytes);
  if (changed < n_bytes)
    copy[changed] ^= bits;
  LLVMFuzzerTestOneInput(copy, n_bytes);
  free(copy);
}

static void try_file(const char *path) {
  uint8_t *data;
  size_t n_bytes;
  if (ms_file_read(path, 1 << 24, &data, &n_bytes) != MS_OK) {
    fprintf(stderr, "%s\n", ms_error_message());
    exit(EXIT_FAILURE);
  }
  try_bytes(data, n_bytes, n_bytes, 0);
  for (size_t trial = 0; n_bytes > 0 && trial < TRIALS; ++trial) {
    const size_t at = trial * n_bytes / TRIALS;
    try_bytes(data, at, at, 0);
    try_bytes(data, n_bytes, at, (uint8_t)(1 << trial % 8));
    try_bytes(data, n_bytes, at, 0xff);
  }
  free(data);
}

int main(int argc, char **argv) {
  size_t n_files = 0;
  for (int i = 1; i < argc; ++i) {
    DIR *folder = opendir(argv[i]);
    const struct dirent *entry;
    while (folder && (entry = readdir(folder)) != NULL) {
      char path[MS_PATH_SIZE];
      if (entry->d_name[0] == '.' || ms_path_join(path, argv[i], entry->d_name) != MS_OK)
        continue;
      try_file(path);
      ++n_files;
    }
    if (folder)
      closedir(folder);
  }
  printf("%zu files\n", n_files);
  return n_files > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
