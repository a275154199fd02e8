/* Affinity, and the limits of Linux' control groups: their files are described in the kernel's cgroup-v2.rst and
 * sched-bwc.rst. */
#define _GNU_SOURCE /* sched_getaffinity, on Linux */
#include "runtime/platform/cores.h"

#include <errno.h>
#include <math.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "runtime/platform/files.h"

static size_t online_cpus(void) {
#if defined(_SC_NPROCESSORS_ONLN)
  const long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? (size_t)online : 1;
#else
  return 1;
#endif
}

#if defined(__linux__)
/* The kernel refuses a set that is smaller than its own. */
static size_t allowed_cpus(void) {
  enum { MAX_CPUS = 1 << 20 };
  for (size_t n = CPU_SETSIZE; n <= MAX_CPUS; n *= 2) {
    cpu_set_t *allowed = CPU_ALLOC(n);
    if (!allowed)
      break;
    const bool known = sched_getaffinity(0, CPU_ALLOC_SIZE(n), allowed) == 0;
    const bool is_too_small = !known && errno == EINVAL;
    const int count = known ? CPU_COUNT_S(CPU_ALLOC_SIZE(n), allowed) : 0;
    CPU_FREE(allowed);
    if (count > 0)
      return (size_t)count;
    if (!is_too_small)
      break;
  }
  return online_cpus();
}
#else
static size_t allowed_cpus(void) {
  return online_cpus();
}
#endif

static bool read_line(const char *path, char *line, size_t size) {
  FILE *file = fopen(path, "re");
  const bool found = file && fgets(line, (int)size, file);
  if (file)
    fclose(file);
  return found;
}

/* Microseconds of CPU time in a period of so many, as one group has them; 0: no limit. */
static double group_cpus(const char *folder, bool is_v2) {
  char path[MS_PATH_SIZE], line[64];
  long long quota, period;
  if (is_v2) {
    if (ms_path_join(path, folder, "cpu.max") != MS_OK || !read_line(path, line, sizeof line) ||
        sscanf(line, "%lld %lld", &quota, &period) != 2) /* "max 100000": no limit */
      return 0;
  } else {
    if (ms_path_join(path, folder, "cpu.cfs_quota_us") != MS_OK || !read_line(path, line, sizeof line) ||
        sscanf(line, "%lld", &quota) != 1 || ms_path_join(path, folder, "cpu.cfs_period_us") != MS_OK ||
        !read_line(path, line, sizeof line) || sscanf(line, "%lld", &period) != 1)
      return 0;
  }
  return quota > 0 && period > 0 ? (double)quota / (double)period : 0;
}

/* The least of a group and those above it. In a container the path may be that of the host, which is not to be seen
 * inside: then the topmost folder is the container's own group. */
static double least_cpus(const char *root, const char *mount, char *group, bool is_v2) {
  double least = 0;
  for (char *end = group + strlen(group); end;) {
    char folder[MS_PATH_SIZE];
    *end = '\0';
    if (snprintf(folder, sizeof folder, "%s/sys/fs/cgroup%s%s", root, mount, group) < (int)sizeof folder) {
      const double cpus = group_cpus(folder, is_v2);
      if (cpus > 0 && (least == 0 || cpus < least))
        least = cpus;
    }
    end = strrchr(group, '/');
  }
  return least;
}

/* Whether a comma list of controllers has cpu. */
static bool has_cpu(const char *controllers) {
  for (const char *at = controllers; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
    if (strncmp(at, "cpu", 3) == 0 && (at[3] == ',' || at[3] == '\0'))
      return true;
  return false;
}

double ms_cgroup_cpus(const char *root) {
  char path[MS_PATH_SIZE], line[MS_PATH_SIZE];
  double least = 0;
  if (snprintf(path, sizeof path, "%s/proc/self/cgroup", root) >= (int)sizeof path)
    return 0;
  FILE *file = fopen(path, "re");
  while (file && fgets(line, sizeof line, file)) { /* NUMBER:CONTROLLERS:GROUP, version 2 without controllers */
    char *controllers = strchr(line, ':');
    char *group = controllers ? strchr(controllers + 1, ':') : NULL;
    if (!group)
      continue;
    *group++ = '\0';
    ++controllers;
    group[strcspn(group, "\n")] = '\0';
    const bool is_v2 = controllers[0] == '\0';
    if (!is_v2 && !has_cpu(controllers))
      continue;
    const double cpus = least_cpus(root, is_v2 ? "" : "/cpu", group, is_v2);
    if (cpus > 0 && (least == 0 || cpus < least))
      least = cpus;
  }
  if (file)
    fclose(file);
  return least;
}

void ms_cores_enter(size_t index) {
  (void)index;
}

size_t ms_cpu_cores(void) {
  const size_t allowed = allowed_cpus();
  const double cpus = ms_cgroup_cpus("");
  return cpus > 0 && cpus < (double)allowed ? (size_t)ceil(cpus) : allowed;
}
