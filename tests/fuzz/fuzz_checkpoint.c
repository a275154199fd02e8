/* Checkpoints. Their SHA-256 is made right, or nothing behind it would be reached. */
#include <stdlib.h>
#include <string.h>

#include "runtime/mnist_simd.h"
#include "runtime/platform/sha256.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes) {
  enum { DIGEST_BYTES = 32 };
  struct ms_checkpoint *checkpoint;
  uint8_t *copy = malloc(n_bytes + 1);
  if (!copy)
    abort();
  memcpy(copy, data, n_bytes);
  if (n_bytes >= DIGEST_BYTES) {
    struct ms_sha256 sha;
    char hex[65];
    ms_sha256_init(&sha);
    ms_sha256_update(&sha, data, n_bytes - DIGEST_BYTES);
    ms_sha256_finish(&sha, hex);
    for (size_t i = 0; i < DIGEST_BYTES; ++i) {
      const char byte[3] = {hex[2 * i], hex[2 * i + 1]};
      copy[n_bytes - DIGEST_BYTES + i] = (uint8_t)strtoul(byte, NULL, 16);
    }
  }
  if (ms_checkpoint_load(fuzz_file(copy, n_bytes), &checkpoint) == MS_OK)
    ms_checkpoint_free(checkpoint);
  free(copy);
  return 0;
}
