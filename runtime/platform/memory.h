/* Allocation with overflow checks. */
#ifndef MS_PLATFORM_MEMORY_H
#define MS_PLATFORM_MEMORY_H

#include "runtime/mnist_simd.h"

#define MS_ALIGNMENT 64 /* bytes: a cache line, and the widest vector register */

/* count * size zeroed bytes, aligned to MS_ALIGNMENT, to *p; free() releases them. A count of 0 gives memory that may
 * be freed. MS_ERROR_MEMORY, naming `what`, when they cannot be had; *p is then NULL. */
enum ms_status ms_allocate(size_t count, size_t size, const char *what, void *p);

/* The same, not zeroed: what is never written costs no memory. */
enum ms_status ms_reserve(size_t count, size_t size, const char *what, void *p);

/* Bytes of memory that this process may use: those of the machine, or of its control group where it has fewer. Of the
 * system's side. */
double ms_memory_limit(void);

#endif
