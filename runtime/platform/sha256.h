/* SHA-256 (FIPS 180-4). */
#ifndef MS_PLATFORM_SHA256_H
#define MS_PLATFORM_SHA256_H

#include <stddef.h>
#include <stdint.h>

struct ms_sha256 {
  uint32_t state[8];
  uint64_t n_bytes;
  uint8_t block[64];
};

void ms_sha256_init(struct ms_sha256 *sha);
void ms_sha256_update(struct ms_sha256 *sha, const void *data, size_t n_bytes);
/* As little-endian binary32. */
void ms_sha256_floats(struct ms_sha256 *sha, const float *values, size_t n);
/* 64 lower-case hex digits and a 0. sha must be initialised again before its next use. */
void ms_sha256_finish(struct ms_sha256 *sha, char hex[65]);

#endif
