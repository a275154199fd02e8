/* The cores that this process can use. */
#ifndef MS_PLATFORM_CORES_H
#define MS_PLATFORM_CORES_H

#include <stddef.h>

/* How many threads can be at work at once, at least 1: the CPUs that the process may run on (taskset, cpuset), no more
 * than the time that its control groups give it, rounded up. */
size_t ms_cpu_cores(void);

/* The first call of a thread of the pool, by its index: Windows keeps it to 64 processors, of which there may be
 * more. */
void ms_cores_enter(size_t index);

/* CPUs' worth of time that control groups, of either version, leave a process; 0: no limit. The files are looked for
 * below root, which is "" but in tests. */
double ms_cgroup_cpus(const char *root);

#endif
