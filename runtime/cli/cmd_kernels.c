/* mnist_simd kernels: what this CPU has, and which ISA serves each kernel. */
#include <stdio.h>
#include <stdlib.h>

#include "runtime/cli/commands.h"
#include "runtime/cli/options.h"
#include "runtime/cli/print.h"
#include "runtime/platform/cores.h"
#include "runtime/platform/cpu.h"
#include "runtime/platform/dispatch.h"

static const struct cli_option options[] = {CLI_ISA_OPTION, {0}};

static const struct cli_command command = {
    .name = "kernels",
    .arguments = "",
    .summary = "Lists the CPU's features and which ISA serves each kernel.",
    .options = options,
    .n_arguments = 0,
};

int cmd_kernels(int argc, char **argv) {
  struct cli_values values;
  int exit_code;
  if (!cli_parse(&command, argc, argv, &values, &exit_code))
    return exit_code;
  exit_code = cli_init(&values);
  if (exit_code != 0)
    return exit_code;

  char cpu[128];
  ms_cpu_name(cpu, sizeof cpu);
  printf("CPU: %s, %zu core%s\n\nISA      this CPU\n", cpu, ms_cpu_cores(), plural_s(ms_cpu_cores()));
  for (size_t i = 0; i < ms_isa_count(); ++i) {
    const struct ms_isa_entry *isa = ms_isa_entry(i);
    printf("%-8s %s\n", isa->name, ms_isa_is_supported(isa) ? "yes" : "no");
  }
  printf("\n%-31s ISA\n", "kernel");
  for (size_t slot = 0; slot < ms_slot_count(); ++slot)
    printf("%-31s %s\n", ms_slot_name(slot), ms_slot_isa(slot));
  ms_shutdown();
  return EXIT_SUCCESS;
}
