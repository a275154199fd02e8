/* Files and digests are little-endian on every machine. On one that is, nothing here costs anything. */
#ifndef MS_PLATFORM_ENDIAN_H
#define MS_PLATFORM_ENDIAN_H

#include <stddef.h>
#include <stdint.h>

#define MS_LITTLE_ENDIAN (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
_Static_assert(MS_LITTLE_ENDIAN || __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__, "a mixed byte order is not supported");
#if defined(__FLOAT_WORD_ORDER__) /* gcc has it; clang knows no machine where it differs */
_Static_assert(__FLOAT_WORD_ORDER__ == __BYTE_ORDER__, "floats in another byte order than integers are not supported");
#endif

/* Reverses the bytes of each of n values of `size` bytes, in place. */
static inline void ms_reverse_bytes(void *values, size_t n, size_t size) {
  uint8_t *bytes = values;
  for (; n > 0; --n, bytes += size)
    for (size_t i = 0; i < size / 2; ++i) {
      const uint8_t byte = bytes[i];
      bytes[i] = bytes[size - 1 - i];
      bytes[size - 1 - i] = byte;
    }
}

/* From this machine's byte order to little-endian, in place, or back: one is the other. */
static inline void ms_little_endian(void *values, size_t n, size_t size) {
  if (!MS_LITTLE_ENDIAN)
    ms_reverse_bytes(values, n, size);
}

#endif
