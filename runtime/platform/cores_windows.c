/* Processors on Windows: affinity, the limits of job objects, groups of 64. */
#include "runtime/platform/cores.h"

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

/* The processors that the process is confined to, or 0. One that has several groups, or all of its only one, is not. */
static DWORD_PTR confinement(void) {
  DWORD_PTR mine, all;
  return GetProcessAffinityMask(GetCurrentProcess(), &mine, &all) && mine != all ? mine : 0;
}

size_t ms_cpu_cores(void) {
  JOBOBJECT_CPU_RATE_CONTROL_INFORMATION rate;
  const DWORD_PTR confined = confinement();
  const DWORD all = GetActiveProcessorCount(ALL_PROCESSOR_GROUPS),
              needed = JOB_OBJECT_CPU_RATE_CONTROL_ENABLE | JOB_OBJECT_CPU_RATE_CONTROL_HARD_CAP;
  size_t cores = confined ? (size_t)__builtin_popcountll(confined) : all;
  if (QueryInformationJobObject(NULL, JobObjectCpuRateControlInformation, &rate, sizeof rate, NULL) &&
      (rate.ControlFlags & needed) == needed) {
    const size_t limit = ((size_t)rate.CpuRate * all + 9999) / 10000;
    cores = limit < cores ? limit : cores;
  }
  return cores > 0 ? cores : 1;
}

void ms_cores_enter(size_t index) {
  const WORD n_groups = GetActiveProcessorGroupCount();
  GROUP_AFFINITY affinity;
  if (n_groups < 2 || confinement() != 0 || !GetThreadGroupAffinity(GetCurrentThread(), &affinity))
    return;
  index %= GetActiveProcessorCount(ALL_PROCESSOR_GROUPS);
  for (WORD i = 0; i < n_groups; ++i) {
    const WORD group = (WORD)((affinity.Group + i) % n_groups);
    const DWORD n = GetActiveProcessorCount(group);
    if (index < n) {
      affinity = (GROUP_AFFINITY){.Group = group, .Mask = n < 64 ? ((KAFFINITY)1 << n) - 1 : ~(KAFFINITY)0};
      SetThreadGroupAffinity(GetCurrentThread(), &affinity, NULL);
      return;
    }
    index -= n;
  }
}
