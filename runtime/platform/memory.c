/* Allocation with overflow checks. Large blocks begin at a huge page and ask for them: a training step runs through
 * tens of megabytes in strides that small pages do not keep up with. */
#define _DEFAULT_SOURCE /* madvise */
#include "runtime/platform/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

#include "runtime/platform/error.h"

enum { HUGE_PAGE = 2 << 20, LARGE = 256 << 10 }; /* bytes */

static void *allocate(size_t bytes) {
  if (bytes < LARGE)
    return aligned_alloc(MS_ALIGNMENT, bytes);
  void *memory = aligned_alloc(HUGE_PAGE, (bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE);
#if defined(MADV_HUGEPAGE)
  if (memory)
    madvise(memory, (bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE,
            MADV_HUGEPAGE); /* a refusal costs speed, no more */
#endif
  return memory;
}

enum ms_status ms_reserve(size_t count, size_t size, const char *what, void *p) {
  void *memory = NULL;
  if (size == 0 || count <= (SIZE_MAX - HUGE_PAGE) / size) {
    /* aligned_alloc wants a multiple of the alignment. */
    memory = allocate((count * size + MS_ALIGNMENT) / MS_ALIGNMENT * MS_ALIGNMENT);
  }
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

double ms_memory_limit(void) {
  static const char *const groups[] = {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"};
  const long n_pages = sysconf(_SC_PHYS_PAGES);
  double limit = n_pages > 0 ? (double)n_pages * (double)sysconf(_SC_PAGESIZE) : (double)SIZE_MAX;
  for (size_t i = 0; i < sizeof groups / sizeof groups[0]; ++i) {
    FILE *file = fopen(groups[i], "r");
    unsigned long long bytes;
    if (file && fscanf(file, "%llu", &bytes) == 1 && (double)bytes < limit)
      limit = (double)bytes;
    if (file)
      fclose(file);
  }
  return limit;
}
