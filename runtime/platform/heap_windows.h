/* Included before each file of ours on Windows (CMakeLists.txt), whose aligned memory has a free of its own: all of our
 * memory is of that kind. What libraries allocate and release is theirs. */
#ifndef MS_PLATFORM_HEAP_WINDOWS_H
#define MS_PLATFORM_HEAP_WINDOWS_H

#define _CRT_RAND_S /* of <stdlib.h>: random bytes of the system */
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MS_HEAP_ALIGNMENT = 64 };

static inline void *ms_heap_malloc(size_t n_bytes) {
  return _aligned_malloc(n_bytes, MS_HEAP_ALIGNMENT);
}

static inline void *ms_heap_calloc(size_t count, size_t size) {
  void *memory = size == 0 || count <= SIZE_MAX / size ? ms_heap_malloc(count * size) : NULL;
  if (memory)
    memset(memory, 0, count * size);
  return memory;
}

static inline void *ms_heap_realloc(void *memory, size_t n_bytes) {
  return _aligned_realloc(memory, n_bytes, MS_HEAP_ALIGNMENT);
}

static inline char *ms_heap_strdup(const char *text) {
  const size_t n_bytes = strlen(text) + 1;
  char *copy = ms_heap_malloc(n_bytes);
  if (copy)
    memcpy(copy, text, n_bytes);
  return copy;
}

#undef strdup
#define malloc ms_heap_malloc
#define calloc ms_heap_calloc
#define realloc ms_heap_realloc
#define strdup ms_heap_strdup
#define free _aligned_free

#endif
