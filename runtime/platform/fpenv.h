/* The floating-point environment that the numerics contract needs. */
#ifndef MS_PLATFORM_FPENV_H
#define MS_PLATFORM_FPENV_H

#include <stdint.h>

/* Rounding to nearest, subnormals kept, no traps, for the calling thread. Returns what was there, for ms_fpenv_restore.
 * Needed because a fast-math shared library may have switched flushing on in the process that loads it, and because
 * threads inherit the flags of the thread that starts them. */
uint64_t ms_fpenv_enter(void);
void ms_fpenv_restore(uint64_t saved);

#endif
