/* mnist_simd verify: trains known runs with the kernels of this CPU and compares the digest of every epoch with the
 * published one. */
#include <golden.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/kernels.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/data.h"
#include "runtime/cli/options.h"
#include "runtime/cli/progress.h"
#include "runtime/cli/verify_runs.h"
#include "runtime/platform/cpu.h"
#include "runtime/platform/dispatch.h"
#include "runtime/platform/error.h"
#include "runtime/run/about.h"

static const struct cli_option options[] = {
    {"full", NULL,
     "the report's final model, 50 epochs on 60000 images, besides the short run;\nwith the best ISA only, if "
     "--isa names no other"},
    {"spot-check", NULL, "of runs: train some epochs alone, chosen at random, from a checkpoint that the run kept"},
    {"epochs", "N",
     "with --full: compare the first N epochs only, 1 to 50. Of runs: FIRST-LAST, a spot check of these"},
    {"csv", NULL, "of runs: print a CSV table; test accuracy and digest of the weights are those of verified runs"},
    {"shard", "K/N",
     "of runs: every N-th only, beginning with the K-th; by default what Slurm or an MPI launcher says"},
    {"digests", NULL, "print the whole digest of every epoch too, to find where two machines part"},
    CLI_ISA_OPTION,
    CLI_THREADS_OPTION,
    CLI_DATA_OPTIONS,
    CLI_VAL_DATA_OPTION,
    {0},
};

static const struct cli_command command = {
    .name = "verify",
    .arguments = "[RUN]...",
    .summary =
        "Trains the run in each folder RUN again, from its run.json and the data here, and compares every epoch, the\n"
        "model and all accuracies with what the folder says. Writes verified.json there, which reports show.\n"
        "Not checked: " MS_REPLAY_NOT_CHECKED ".\n"
        "Without RUN: trains a short run with every ISA of this CPU, on 1, 2, 3 and 7 threads, and compares the\n"
        "SHA-256 of the weights after each epoch with the published ones. Exit code 1 if something differs.",
    .options = options,
    .n_arguments = 0,
};

enum { N_SHORT = sizeof golden_short / sizeof golden_short[0], N_FULL = sizeof golden_full / sizeof golden_full[0] };

/* A training whose digests are published. */
struct trial {
  const char *name;
  struct ms_config *config;
  struct ms_dataset train, validation;
  const char *const *golden; /* (n_golden): a digest an epoch */
  size_t n_golden;
  bool print_digests;
  struct progress progress;
  size_t n_epochs, first_difference; /* finished; the epoch that differs first, 0 if none does */
  char digest[65];                   /* of the last epoch */
};

static enum ms_status compare_epoch(void *context, const struct ms_epoch *epoch) {
  struct trial *trial = context;
  trial->n_epochs = epoch->epoch;
  memcpy(trial->digest, epoch->weights_sha256, sizeof trial->digest);
  const bool same = epoch->epoch <= trial->n_golden && strcmp(trial->digest, trial->golden[epoch->epoch - 1]) == 0;
  if (!same && trial->first_difference == 0)
    trial->first_difference = epoch->epoch;
  live_line_clear(&trial->progress.line);
  if (trial->print_digests)
    printf("       epoch %2zu  %s\n", epoch->epoch, trial->digest);
  return MS_OK;
}

static void show_step(void *context, const struct ms_step *step) {
  progress_step(&((struct trial *)context)->progress, step);
}

/* Trains the run with the kernels and threads that were chosen, prints its row, and says whether it passed. */
static bool verify(struct trial *trial) {
  const struct ms_observer observer = {.context = trial, .step = show_step, .epoch = compare_epoch};
  struct ms_network *network;
  struct ms_train_result result;
  trial->n_epochs = trial->first_difference = 0;
  trial->digest[0] = '\0';
  progress_start(&trial->progress, trial->n_golden, trial->train.n, 1, 0);
  snprintf(trial->progress.name, sizeof trial->progress.name, "%s, %s, %zu: ", trial->name, ms_isa(), ms_threads());
  const enum ms_status status = ms_train(
      trial->config, &trial->train, trial->validation.n > 0 ? &trial->validation : NULL, &observer, &network, &result);
  ms_network_free(network);
  live_line_clear(&trial->progress.line);
  printf("%-6s %-7s %7zu  %.16s...  ", trial->name, ms_isa(), ms_threads(), trial->digest);
  bool passed = false;
  if (status != MS_OK)
    printf("FAIL: %s\n", ms_error_message());
  else if (trial->first_difference > 0)
    printf("FAIL: differs from epoch %zu on\n", trial->first_difference);
  else if (trial->n_epochs != trial->n_golden)
    printf("FAIL: %zu epochs, published are %zu\n", trial->n_epochs, trial->n_golden);
  else
    passed = printf("pass\n") > 0;
  fflush(stdout);
  return passed;
}

/* A run that goes through every kernel of training, a short last batch, validation, early stopping, input dropout and
 * the cosine schedule, in less than a second. In the first layer MaxNorm shrinks the weights of pixels that no image
 * uses, until the penalty l1 would show in them if Adam did not flush its moments, which are below FLT_MIN. */
static enum ms_status make_short(const struct ms_data *data, struct trial *trial) {
  static const struct ms_layer_config hidden[2] = {{.units = 131, .dropout = 0.3, .l1 = 1e-37, .maxnorm = 0.03},
                                                   {.units = 64, .dropout = 0.2, .l1 = 1e-6, .l2 = 1e-4, .maxnorm = 3}};
  trial->name = "short";
  trial->golden = golden_short;
  trial->n_golden = N_SHORT;
  trial->train = ms_dataset_slice(&data->train, 0, 500);
  trial->validation = ms_dataset_slice(&data->train, 50000, 300);
  MS_TRY(ms_config_preset("regularised", &trial->config));
  trial->config->batch = 32;
  trial->config->epochs = 8;
  trial->config->lr = 0.02;
  trial->config->schedule = MS_SCHEDULE_COSINE;
  trial->config->input_dropout = 0.2;
  trial->config->patience = 2;
  trial->config->min_delta = 0.03;
  memcpy(trial->config->hidden, hidden, sizeof hidden);
  return MS_OK;
}

static enum ms_status make_full(const struct ms_data *data, size_t epochs, struct trial *trial) {
  trial->name = "full";
  trial->golden = golden_full;
  trial->n_golden = epochs;
  trial->train = data->train;
  MS_TRY(ms_config_preset("final", &trial->config));
  trial->config->epochs = epochs;
  return MS_OK;
}

/* The run with one ISA, on the threads that were asked for or on several numbers of them. */
static bool verify_isa(const char *isa, size_t threads, bool several, struct trial *trial) {
  static const size_t numbers[] = {1, 2, 3, 7};
  const size_t n = threads == 0 && several ? sizeof numbers / sizeof numbers[0] : 1;
  bool passed = true;
  for (size_t i = 0; i < n; ++i) {
    if (ms_init(isa, n > 1 ? numbers[i] : threads) != MS_OK) {
      printf("%-6s %-7s FAIL: %s%s\n", trial->name, isa, ms_error_message(), cli_remedy(&command));
      return false;
    }
    passed &= verify(trial);
    ms_shutdown();
  }
  return passed;
}

static bool verify_all(const struct cli_values *values, const char *isa, size_t threads, struct trial *short_trial,
                       struct trial *full_trial) {
  char cpu[128];
  ms_cpu_name(cpu, sizeof cpu);
  printf("mnist_simd %s, numerics contract %d, %s, %s\n\nrun    ISA     threads  SHA-256 of the weights  \n",
         MS_VERSION, MS_CONTRACT_VERSION, MS_COMPILER, cpu);
  bool passed = true;
  const char *best = NULL;
  for (size_t i = 0; i < ms_isa_count(); ++i) {
    const struct ms_isa_entry *entry = ms_isa_entry(i);
    if (isa && strcmp(isa, entry->name) != 0)
      continue;
    if (!ms_isa_is_supported(entry)) {
      printf("short  %-7s          skipped: not on this CPU\n", entry->name);
      continue;
    }
    best = entry->name;
    passed &= verify_isa(entry->name, threads, true, short_trial);
  }
  if (cli_get(values, "full"))
    passed &= verify_isa(best, threads, false, full_trial);
  printf("\n%s\n", passed ? "All digests are the published ones." : "Some digests are NOT the published ones.");
  return passed;
}

static int load_and_verify(const struct cli_values *values, const char *isa, size_t threads, size_t epochs) {
  struct trial short_trial = {0}, full_trial = {0};
  short_trial.print_digests = full_trial.print_digests = cli_get(values, "digests") != NULL;
  struct ms_data data;
  const char *folder;
  int exit_code = cli_load_data(values, MS_DATA_BOTH, &data, &folder);
  if (exit_code != 0)
    return exit_code;
  char digest[65];
  ms_dataset_sha256(&data.train, digest);
  if (strcmp(digest, MS_MNIST_SHA256) != 0) {
    cli_error(&command, "%s: is not MNIST, whose digests are the published ones: get it with ci/get_data.sh", folder);
    exit_code = EXIT_FAILURE;
  } else if (make_short(&data, &short_trial) != MS_OK || make_full(&data, epochs, &full_trial) != MS_OK) {
    cli_error(&command, "%s", ms_error_message());
    exit_code = EXIT_FAILURE;
  } else {
    exit_code = verify_all(values, isa, threads, &short_trial, &full_trial) ? EXIT_SUCCESS : EXIT_FAILURE;
  }
  ms_config_free(short_trial.config);
  ms_config_free(full_trial.config);
  ms_data_free(&data);
  return exit_code;
}

static const char *const golden_options[] = {"full", "digests", NULL};
static const char *const run_options[] = {"spot-check", "csv", "shard", "val-data", NULL};

/* Refuses those that do nothing. */
static int check_options(const struct cli_values *values, const char *const *refused, const char *when) {
  for (; *refused; ++refused)
    if (cli_get(values, *refused)) {
      cli_error(&command, "--%s: does nothing %s: leave it out", *refused, when);
      return EXIT_USAGE;
    }
  return 0;
}

int cmd_verify(int argc, char **argv) {
  struct cli_values values;
  int exit_code;
  size_t threads = 0, epochs = N_FULL;
  if (!cli_parse(&command, argc, argv, &values, &exit_code))
    return exit_code;
  if (values.n_arguments > 0) {
    exit_code = check_options(&values, golden_options, "with RUN");
    if (exit_code == 0)
      exit_code = cli_init(&values);
    if (exit_code == 0)
      exit_code = verify_runs(&values);
    ms_shutdown();
    return exit_code;
  }
  exit_code = check_options(&values, run_options, "without RUN");
  if (exit_code != 0)
    return exit_code;
  if (cli_get(&values, "epochs") && !cli_get(&values, "full")) {
    cli_error(&command, "--epochs: goes with --full or RUN");
    return EXIT_USAGE;
  }
  if (!cli_size(&values, "threads", 1, MS_MAX_THREADS, &threads) || !cli_size(&values, "epochs", 1, N_FULL, &epochs))
    return EXIT_USAGE;
  /* Also tells an unknown or unsupported ISA. */
  exit_code = cli_init(&values);
  const char *isa = cli_get(&values, "isa") || getenv("MNIST_SIMD_ISA") ? ms_isa() : NULL;
  ms_shutdown();
  return exit_code != 0 ? exit_code : load_and_verify(&values, isa, threads, epochs);
}
