/* Limits of control groups, read from folders that look like /proc and /sys. */
#define _GNU_SOURCE /* sched_setaffinity */
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "runtime/platform/cores.h"
#include "runtime/platform/files.h"
#include "tests/harness.h"

static char root[MS_PATH_SIZE];

static void put(const char *name, const char *text) {
  char path[MS_PATH_SIZE], folder[MS_PATH_SIZE];
  CHECK(ms_path_join(path, root, name) == MS_OK);
  snprintf(folder, sizeof folder, "%s", path);
  *strrchr(folder, '/') = '\0';
  CHECK(ms_make_folder(folder) == MS_OK);
  test_write_file(path, text, strlen(text));
}

static void begin(const char *groups) {
  snprintf(root, sizeof root, "%s", test_folder());
  put("proc/self/cgroup", groups);
}

static void check(double expected) {
  const double found = ms_cgroup_cpus(root);
  CHECK_MESSAGE(found == expected, "%g CPUs, expected %g", found, expected);
}

static void version_2(void) {
  begin("0::/user.slice/job\n");
  check(0);
  put("sys/fs/cgroup/user.slice/job/cpu.max", "max 100000\n");
  check(0);
  put("sys/fs/cgroup/user.slice/job/cpu.max", "250000 100000\n");
  check(2.5);
  put("sys/fs/cgroup/user.slice/cpu.max", "50000 100000\n");
  check(0.5);
  put("sys/fs/cgroup/user.slice/cpu.max", "800000 100000\n");
  check(2.5);
}

/* The topmost group of a container is its own, whatever the path says. */
static void in_a_container(void) {
  begin("0::/../../docker/4f2a\n");
  put("sys/fs/cgroup/cpu.max", "150000 100000\n");
  check(1.5);
}

static void version_1(void) {
  begin("5:cpuset:/\n4:cpuacct,cpu:/job\n3:memory:/job\n0::/\n");
  put("sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "-1\n");
  put("sys/fs/cgroup/cpu/job/cpu.cfs_period_us", "100000\n");
  check(0);
  put("sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "20000\n");
  put("sys/fs/cgroup/cpu/job/cpu.cfs_period_us", "40000\n");
  check(0.5);
}

static void nonsense(void) {
  begin("");
  check(0);
  begin("0:/\nx\n\n4:cpuset:/\n0::/job\n");
  put("sys/fs/cgroup/job/cpu.max", "5\n");
  check(0);
  put("sys/fs/cgroup/job/cpu.max", "-5 0\n");
  check(0);
  put("sys/fs/cgroup/job/cpu.max", "");
  check(0);
  put("sys/fs/cgroup/cpuset/cpu.cfs_quota_us", "1\n");
  put("sys/fs/cgroup/cpuset/cpu.cfs_period_us", "1\n");
  check(0);
}

static void affinity(void) {
  cpu_set_t before, one;
  CHECK(sched_getaffinity(0, sizeof before, &before) == 0);
  const size_t cores = ms_cpu_cores();
  CHECK(cores >= 1 && cores <= (size_t)CPU_COUNT(&before));
  CPU_ZERO(&one);
  for (int cpu = 0; CPU_COUNT(&one) == 0; ++cpu)
    if (CPU_ISSET(cpu, &before))
      CPU_SET(cpu, &one);
  CHECK(sched_setaffinity(0, sizeof one, &one) == 0);
  CHECK(ms_cpu_cores() == 1);
  CHECK(sched_setaffinity(0, sizeof before, &before) == 0);
}

static const struct test_case cases[] = {
    {"version_2", version_2}, {"in_a_container", in_a_container}, {"version_1", version_1}, {"nonsense", nonsense},
    {"affinity", affinity},
};

TEST_MAIN(cases)
