/* mnist_simd reproduce: the report's three stages, each in its own folder, and the claims against what came out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/kernels.h"
#include "runtime/cli/claim_table.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/data.h"
#include "runtime/cli/signals.h"
#include "runtime/cli/train_session.h"
#include "runtime/platform/clock.h"
#include "runtime/platform/console.h"
#include "runtime/platform/error.h"
#include "runtime/platform/files.h"
#include "runtime/platform/memory.h"
#include "runtime/report/page.h"
#include "runtime/report/report.h"
#include "runtime/run/folder.h"
#include "runtime/run/run_read.h"

#define CLAIMS_FILE "claims.txt"
#define CLAIMS_HEAD "Claims of the report, seed "
#define PAGE_FILE "report.html"
#define MAX_SEEDS 1000

static const struct cli_option options[] = {
    {"seed", "N", "seed of weights, dropout and order of images, 0 to 2^53 - 1 [42]"},
    {"seeds", "N", "repeat with N seeds from there on, 1 to 1000, and give mean, standard deviation and range [1]"},
    {"out", "DIR", "folder of the runs (default: runs/reproduce)"},
    CLI_THREADS_OPTION,
    CLI_ISA_OPTION,
    CLI_DATA_OPTION,
    {0},
};

static const struct cli_command command = {
    .name = "reproduce",
    .arguments = "",
    .summary = "Trains the report's three stages (unregularised; regularised with early stopping; final, on all "
               "training images "
               "and\n"
               "tested once) and compares what comes out with the report, claim by claim. Started again, it goes on "
               "where it was\n"
               "stopped. The first two stages do not look at the test images.",
    .options = options,
    .n_arguments = 0,
};

struct reproduction {
  const struct cli_values *values;
  const char *out;
  uint64_t seed;
  size_t n_seeds;
  const char *data_folder;
  struct ms_data data;
  char data_sha256[65];
  bool is_mnist;
  struct ms_claim *claims; /* (n_seeds, MS_N_CLAIMS) */
};

/* ---- A stage ---- */

struct stage {
  const char *preset;
  struct ms_config *config;
  char folder[MS_PATH_SIZE];
  struct ms_run run; /* once it is there */
};

/* MS_ERROR_DATA, naming the difference, if the run in the folder is not this stage with this data. */
static enum ms_status check_same(const struct stage *stage, const char *data_sha256) {
  static const char remedy[] = "move the folder away, or choose another with --out";
  const char *name = ms_config_difference(stage->run.config, stage->config);
  if (name) {
    char there[MS_SETTING_SIZE], here[MS_SETTING_SIZE];
    ms_config_get(stage->run.config, name, there);
    ms_config_get(stage->config, name, here);
    return ms_fail(MS_ERROR_DATA, "%s: holds a run with %s %.80s, this stage has %.80s: %s", stage->folder, name, there,
                   here, remedy);
  }
  if (stage->run.numerics_contract != MS_CONTRACT_VERSION)
    return ms_fail(MS_ERROR_DATA, "%s: holds a run of numerics contract %zu, this program's is %d: %s", stage->folder,
                   stage->run.numerics_contract, MS_CONTRACT_VERSION, remedy);
  if (strcmp(stage->run.data_sha256, data_sha256) != 0)
    return ms_fail(MS_ERROR_DATA,
                   "%s: holds a run on other training images (SHA-256 %.16s..., these have %.16s...): %s",
                   stage->folder, stage->run.data_sha256, data_sha256, remedy);
  return MS_OK;
}

/* Whether the folder holds the stage, finished; stage->run then has it. */
static enum ms_status look(struct stage *stage, const char *data_sha256, bool *finished) {
  char path[MS_PATH_SIZE];
  *finished = false;
  MS_TRY(ms_path_join(path, stage->folder, MS_SUMMARY_FILE));
  if (!ms_exists(path))
    return MS_OK;
  enum ms_status status = ms_run_read(stage->folder, &stage->run);
  if (status == MS_ERROR_DATA)
    return ms_fail(status, "%s: move %s away, and the same command trains it anew", ms_error_message(), stage->folder);
  if (status == MS_OK)
    status = check_same(stage, data_sha256);
  if (status == MS_OK && !stage->run.interrupted)
    *finished = true;
  else
    ms_run_free(&stage->run);
  return status;
}

static int run_stage(const struct reproduction *r, size_t number, struct stage *stage) {
  bool finished;
  if (stage->config->val >= r->data.train.n) {
    cli_error(&command, "%s: has %zu training images, stage %zu validates with %zu: name other data with --data",
              r->data_folder, r->data.train.n, number + 1, stage->config->val);
    return EXIT_FAILURE;
  }
  enum ms_status status = look(stage, r->data_sha256, &finished);
  if (status != MS_OK)
    return cli_fail(&command, status);
  printf("\n---- Stage %zu of %d: %s, seed %llu ----\n\n", number + 1, MS_N_STAGES, stage->preset,
         (unsigned long long)stage->config->seed);
  if (finished) {
    printf("%s holds it, finished.\n", stage->folder);
    fflush(stdout);
    return EXIT_SUCCESS;
  }
  struct ms_text about = {0};
  char name[64];
  snprintf(name, sizeof name, "%s-seed%llu", stage->preset, (unsigned long long)stage->config->seed);
  status = session_describe(r->values, name, 0, NULL, &about);
  if (status != MS_OK)
    return cli_fail(&command, status);
  const struct session session = {
      .command = &command,
      .plan = {.folder = stage->folder,
               .preset = stage->preset,
               .config = stage->config,
               .data = &r->data,
               .start = MS_SESSION_RESUME_OR_OVERWRITE, /* look() found nothing that is finished */
               .without_test = stage->config->val > 0,
               .about = about.data},
      .data_folder = r->data_folder,
  };
  const int exit_code = session_train(&session);
  ms_text_free(&about);
  if (exit_code != EXIT_SUCCESS)
    return exit_code;
  status = look(stage, r->data_sha256, &finished);
  if (status == MS_OK && !finished)
    status = ms_fail(MS_ERROR_SYSTEM, "%s: was removed or replaced as soon as it was finished", stage->folder);
  return status == MS_OK ? EXIT_SUCCESS : cli_fail(&command, status);
}

static enum ms_status folder_of(const struct reproduction *r, size_t number, uint64_t seed, char folder[MS_PATH_SIZE]) {
  char name[64];
  snprintf(name, sizeof name, "%s-seed%llu", ms_stage_preset(number), (unsigned long long)seed);
  return ms_path_join(folder, r->out, name);
}

static enum ms_status prepare_stage(const struct reproduction *r, size_t number, uint64_t seed, struct stage *stage) {
  stage->preset = ms_stage_preset(number);
  MS_TRY(folder_of(r, number, seed, stage->folder));
  MS_TRY(ms_config_preset(stage->preset, &stage->config));
  stage->config->seed = seed;
  return MS_OK;
}

/* ---- All stages ---- */

static int run_seed(const struct reproduction *r, uint64_t seed, struct ms_claim claims[MS_N_CLAIMS]) {
  struct stage stages[MS_N_STAGES] = {{0}};
  struct ms_claim_run runs[MS_N_STAGES];
  int exit_code = EXIT_SUCCESS;
  for (size_t s = 0; exit_code == EXIT_SUCCESS && s < MS_N_STAGES; ++s) {
    const enum ms_status status = prepare_stage(r, s, seed, &stages[s]);
    exit_code = status == MS_OK ? run_stage(r, s, &stages[s]) : cli_fail(&command, status);
    if (exit_code == EXIT_SUCCESS)
      runs[s] = ms_claim_run(&stages[s].run);
  }
  if (exit_code == EXIT_SUCCESS) {
    const struct ms_claim_run *const all[MS_N_STAGES] = {&runs[0], &runs[1], &runs[2]};
    ms_claims(all, r->is_mnist, claims);
  }
  for (size_t s = 0; s < MS_N_STAGES; ++s) {
    ms_run_free(&stages[s].run);
    ms_config_free(stages[s].config);
  }
  return exit_code;
}

/* The page about the first seed's runs. */
static enum ms_status write_page(const struct reproduction *r) {
  char paths[MS_N_STAGES][MS_PATH_SIZE], page[MS_PATH_SIZE];
  const char *folders[MS_N_STAGES];
  struct ms_report report;
  MS_TRY(ms_path_join(page, r->out, PAGE_FILE));
  for (size_t s = 0; s < MS_N_STAGES; ++s) {
    MS_TRY(folder_of(r, s, r->seed, paths[s]));
    folders[s] = paths[s];
  }
  MS_TRY(ms_report_create(folders, MS_N_STAGES, &r->data, r->data_folder, &report));
  const enum ms_status status = ms_report_write(&report, page);
  ms_report_free(&report);
  return status;
}

/* Prints the claims, and writes them to a file beside the runs, as a page too. */
static enum ms_status conclude(const struct reproduction *r, double elapsed_s) {
  struct ms_text text = {0};
  ms_text_printf(&text, CLAIMS_HEAD "%llu\n\n", (unsigned long long)r->seed);
  claim_table(&text, r->claims);
  if (r->n_seeds > 1) {
    ms_text_add(&text, "\n");
    claim_spread_table(&text, r->claims, r->seed, r->n_seeds);
  }
  if (!r->is_mnist)
    ms_text_add(&text, "\nThe data is not MNIST, for which the report's figures are.\n");
  enum ms_status status = ms_run_folder_write(r->out, CLAIMS_FILE, &text);
  if (status == MS_OK)
    status = write_page(r);
  if (status == MS_OK) {
    printf("\n---- %s", text.data);
    printf("\nThis took %.0f s. Written beside the runs: %s/%s, with all figures, and %s\n", elapsed_s, r->out,
           PAGE_FILE, CLAIMS_FILE);
  }
  ms_text_free(&text);
  return status;
}

/* What is written at the end must find its place before hours of training. */
static enum ms_status check_places(const struct reproduction *r) {
  char path[MS_PATH_SIZE];
  MS_TRY(ms_path_join(path, r->out, PAGE_FILE));
  MS_TRY(ms_page_check(path));
  MS_TRY(ms_path_join(path, r->out, CLAIMS_FILE));
  return ms_check_place(path, CLAIMS_HEAD, "move it away, or choose another folder");
}

static int reproduce(struct reproduction *r) {
  char test_sha256[65];
  const double start = ms_clock_s();
  enum ms_status status = ms_allocate(r->n_seeds, MS_N_CLAIMS * sizeof *r->claims, "claims", &r->claims);
  if (status == MS_OK)
    status = check_places(r);
  if (status != MS_OK)
    return cli_fail(&command, status);
  ms_dataset_sha256(&r->data.train, r->data_sha256);
  ms_dataset_sha256(&r->data.test, test_sha256);
  r->is_mnist = strcmp(r->data_sha256, MS_MNIST_SHA256) == 0 && strcmp(test_sha256, MS_MNIST_TEST_SHA256) == 0;
  for (size_t s = 0; s < r->n_seeds; ++s) {
    const int exit_code = run_seed(r, r->seed + s, r->claims + s * MS_N_CLAIMS);
    if (exit_code != EXIT_SUCCESS) {
      if (ms_console_stop())
        printf("\nStopped: the same command goes on from here.\n");
      return exit_code;
    }
  }
  status = conclude(r, ms_clock_s() - start);
  return status == MS_OK ? EXIT_SUCCESS : cli_fail(&command, status);
}

int cmd_reproduce(int argc, char **argv) {
  struct cli_values values;
  int exit_code;
  struct reproduction r = {.values = &values, .seed = 42, .n_seeds = 1};
  if (!cli_parse(&command, argc, argv, &values, &exit_code))
    return exit_code;
  if (!cli_size(&values, "seeds", 1, MAX_SEEDS, &r.n_seeds) ||
      !cli_u64(&values, "seed", 0, (UINT64_C(1) << 53) - r.n_seeds, &r.seed))
    return EXIT_USAGE;
  r.out = cli_get(&values, "out") ? cli_get(&values, "out") : "runs/reproduce";
  if (r.out[0] == '\0') {
    cli_error(&command, "--out: '' is no folder's name");
    return EXIT_USAGE;
  }
  exit_code = cli_init(&values);
  if (exit_code == 0)
    exit_code = cli_load_data(&values, MS_DATA_BOTH, &r.data, &r.data_folder);
  if (exit_code == 0)
    exit_code = reproduce(&r);
  free(r.claims);
  ms_data_free(&r.data);
  ms_shutdown();
  return exit_code;
}
