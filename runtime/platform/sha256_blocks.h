/* The block function of SHA-256: adds n_blocks blocks of 64 bytes to the state. All give the same. */
#ifndef MS_PLATFORM_SHA256_BLOCKS_H
#define MS_PLATFORM_SHA256_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

void ms_sha256_blocks_portable(uint32_t state[8], const uint8_t *data, size_t n_blocks);

/* With the CPU's SHA instructions, where ms_cpu_has_sha() says so: the digest of each epoch's weights costs a tenth. */
void ms_sha256_blocks_x86(uint32_t state[8], const uint8_t *data, size_t n_blocks);

extern const uint32_t ms_sha256_constants[64];

#endif
