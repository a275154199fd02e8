/* Allocation with overflow checks. */
#include "runtime/platform/memory.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/platform/error.h"

enum ms_status ms_allocate(size_t count, size_t size, const char *what, void *p) {
  void *memory = NULL;
  if (size == 0 || count <= (SIZE_MAX - MS_ALIGNMENT) / size) {
    /* aligned_alloc wants a multiple of the alignment. */
    const size_t bytes = (count * size + MS_ALIGNMENT) / MS_ALIGNMENT * MS_ALIGNMENT;
    memory = aligned_alloc(MS_ALIGNMENT, bytes);
    if (memory)
      memset(memory, 0, bytes);
  }
  memcpy(p, &memory, sizeof memory);
  if (!memory)
    return ms_fail(MS_ERROR_MEMORY,
                   "%s: %zu x %zu bytes of memory could not be had: close other programs or choose "
                   "a smaller configuration",
                   what, count, size);
  return MS_OK;
}
