/* mnist_simd report: a page with figures and tables of runs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/cli/commands.h"
#include "runtime/cli/data.h"
#include "runtime/cli/options.h"
#include "runtime/platform/error.h"
#include "runtime/platform/files.h"
#include "runtime/report/report.h"
#include "runtime/report/sweep_page.h"
#include "runtime/sweep/sweep.h"

static const struct cli_option options[] = {
    {"out", "FILE",
     "the page (default: report.html in the folder of the last RUN); its figures also\nbecome SVG files, their values "
     "CSV files, in a folder "
     "<FILE without .html>_figures"},
    CLI_DATA_OPTIONS,
    CLI_VAL_DATA_OPTION,
    CLI_ISA_OPTION,
    CLI_THREADS_OPTION,
    {0},
};

static const struct cli_command command = {
    .name = "report",
    .arguments = "RUN...",
    .summary =
        "Writes one HTML page about runs: the report's claims, curves, mistakes, weights, settings. RUN is a folder "
        "that training\nleft. Name the report's three stages to see all of its figures: mistakes, classes and "
        "confusion "
        "are those of the\nfinal run, or of the last one named. Or name folders of sweeps: what each setting did. The "
        "page "
        "needs nothing but\nitself to be looked at.",
    .options = options,
    .n_arguments = 1,
};

static enum ms_status choose_path(const struct cli_values *values, char path[MS_PATH_SIZE]) {
  const char *out = cli_get(values, "out");
  if (!out)
    return ms_path_join(path, values->arguments[values->n_arguments - 1], "report.html");
  if (ms_is_folder(out))
    return ms_path_join(path, out, "report.html");
  if (out[0] == '\0' || strlen(out) >= MS_PATH_SIZE)
    return ms_fail(MS_ERROR_ARGUMENT, "--out: must be a file's name of 1 to %d bytes", MS_PATH_SIZE - 1);
  strcpy(path, out);
  return MS_OK;
}

/* Whether all arguments are folders of sweeps, or none is. */
static bool are_sweeps(const struct cli_values *values, bool *sweeps) {
  size_t n = 0;
  for (size_t i = 0; i < values->n_arguments; ++i) {
    char path[MS_PATH_SIZE];
    n += ms_path_join(path, values->arguments[i], MS_SWEEP_FILE) == MS_OK && ms_exists(path);
  }
  *sweeps = n > 0;
  return n == 0 || n == values->n_arguments;
}

static int finish(enum ms_status status, const char *path) {
  if (status != MS_OK)
    return cli_fail(&command, status);
  printf("Written: %s\n", path);
  return EXIT_SUCCESS;
}

static int write_run_page(const struct cli_values *values, const char *path) {
  struct ms_data data;
  struct ms_report report;
  const char *folder;
  const int exit_code = cli_load_data(values, MS_DATA_TEST_IF_THERE, &data, &folder);
  if (exit_code != 0)
    return exit_code;
  enum ms_status status = ms_report_create(values->arguments, values->n_arguments, &data, folder, &report);
  if (status == MS_OK) {
    status = ms_report_write(&report, path);
    ms_report_free(&report);
  }
  ms_data_free(&data);
  return finish(status, path);
}

static int write_page(const struct cli_values *values) {
  char path[MS_PATH_SIZE];
  bool sweeps;
  if (!are_sweeps(values, &sweeps)) {
    cli_error(values->command, "some of the folders are of sweeps, others are not: name runs or sweeps");
    return EXIT_USAGE;
  }
  const enum ms_status status = choose_path(values, path);
  if (status != MS_OK)
    return cli_fail(&command, status);
  return sweeps ? finish(ms_sweep_page_write(values->arguments, values->n_arguments, path), path)
                : write_run_page(values, path);
}

int cmd_report(int argc, char **argv) {
  struct cli_values values;
  int exit_code;
  if (!cli_parse(&command, argc, argv, &values, &exit_code))
    return exit_code;
  exit_code = cli_init(&values);
  if (exit_code == 0)
    exit_code = write_page(&values);
  ms_shutdown();
  return exit_code;
}
