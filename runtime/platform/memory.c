/* Allocation with overflow checks. */
#include "runtime/platform/memory.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/platform/error.h"
#include "runtime/platform/system.h"

enum ms_status ms_reserve(size_t count, size_t size, const char *what, void *p) {
  void *memory = NULL;
  if (size == 0 || count <= SIZE_MAX / 2 / size)
    memory = ms_os_allocate((count * size + MS_ALIGNMENT) / MS_ALIGNMENT * MS_ALIGNMENT);
  memcpy(p, &memory, sizeof memory);
  if (!memory)
    return ms_fail(MS_ERROR_MEMORY,
                   "%s: %zu x %zu bytes of memory could not be had: close other programs or choose "
                   "a smaller configuration",
                   what, count, size);
  return MS_OK;
}

enum ms_status ms_allocate(size_t count, size_t size, const char *what, void *p) {
  const enum ms_status status = ms_reserve(count, size, what, p);
  if (status == MS_OK) {
    void *memory;
    memcpy(&memory, p, sizeof memory);
    memset(memory, 0, count * size);
  }
  return status;
}

void ms_free(void *memory) {
  free(memory);
}
