/* What this CPU, and its operating system, can run. */
#ifndef MS_PLATFORM_CPU_H
#define MS_PLATFORM_CPU_H

#include <stdbool.h>
#include <stddef.h>

/* The bits of enum ms_cpu_feature (kernels.h). Reads the CPU at each call. */
unsigned ms_cpu_features(void);

/* Whether the CPU has x86's SHA instructions (and SSSE3 and SSE4.1, which go with them here). */
bool ms_cpu_has_sha(void);

/* A model name such as the CPU reports it, "unknown" if it does not. */
void ms_cpu_name(char *name, size_t size);

#endif
