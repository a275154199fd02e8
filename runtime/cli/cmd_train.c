/* mnist_simd train: trains a network, evaluates it and saves the run. */
#define _POSIX_C_SOURCE 200809L /* sigaction */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/cli/commands.h"
#include "runtime/cli/options.h"
#include "runtime/cli/print.h"
#include "runtime/cli/progress.h"
#include "runtime/cli/train_config.h"
#include "runtime/platform/files.h"
#include "runtime/run/run_folder.h"

static const struct cli_command command = {
    "train", "",
    "Trains a network on MNIST, evaluates it on the test images and saves the run. Without "
    "options: the report's final\n"
    "configuration. Values per hidden layer are comma lists; a single value serves all hidden "
    "layers.",
    train_options, 0};

/* ---- Signals: the first asks the loop to stop after its step, the second ends the program at once. ---- */

static volatile sig_atomic_t signal_received;

static void on_signal(int number) {
  if (signal_received)
    _exit(128 + number);
  signal_received = number;
}

static void catch_signals(void) {
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGHUP, &action, NULL);
}

/* ---- What the training loop tells us ---- */

struct run {
  const char *preset;
  struct ms_config *config;
  char folder[MS_PATH_SIZE];
  struct ms_data data;
  struct ms_dataset train, validation;
  struct progress progress;
  struct ms_metrics_log metrics;
  struct ms_train_result result;
};

static void on_step(void *context, size_t epoch, size_t step, size_t n_steps, size_t images, double loss,
                    double accuracy) {
  struct run *run = context;
  progress_step(&run->progress, epoch, step, n_steps, images, loss, accuracy);
}

static enum ms_status on_epoch(void *context, const struct ms_epoch *epoch) {
  struct run *run = context;
  progress_epoch(&run->progress, epoch);
  const enum ms_status status = ms_metrics_log_add(&run->metrics, run->folder, epoch);
  return status == MS_OK && epoch->epoch == 1 ? ms_run_folder_forget(run->folder) : status;
}

static bool on_stop(void *context) {
  (void)context;
  return signal_received != 0;
}

/* ---- Before and after ---- */

static void print_plan(const struct run *run, const char *data_folder) {
  const struct ms_config *c = run->config;
  printf("mnist_simd %s, kernels %s, %zu threads\n", MS_VERSION, ms_isa(), ms_threads());
  printf("data      %s: %zu training, %zu validation, %zu test images of %zu x %zu, %zu classes\n", data_folder,
         run->train.n, c->n_validation, run->data.test.n, run->train.rows, run->train.cols, run->train.n_classes);
  printf("training  %s, seed %llu, up to %zu epochs, batch %zu, learning rate %g\n", run->preset,
         (unsigned long long)c->seed, c->epochs, c->batch, c->learning_rate);
  if (c->patience > 0)
    printf("stopping  after %zu epochs without %s improving by more than %g\n", c->patience,
           c->monitor == MS_VAL_ACCURACY ? "validation accuracy" : "validation loss", c->min_delta);
  for (size_t l = 0; l < c->n_hidden; ++l) {
    const struct ms_layer_config *h = &c->hidden[l];
    printf("hidden %zu  %zu units, ReLU, dropout %g, L1 %g, L2 %g, MaxNorm ", l + 1, h->units, h->dropout, h->l1,
           h->l2);
    if (h->max_norm > 0)
      printf("%g\n", h->max_norm);
    else
      printf("none\n");
  }
  printf("output    %s\n\n", run->folder);
  fflush(stdout);
}

static enum ms_status evaluate_and_save(const struct run *run, const struct ms_network *network, bool interrupted) {
  char path[MS_PATH_SIZE];
  struct ms_evaluation train = {0}, validation = {0}, test = {0};
  enum ms_status status = ms_path_join(path, run->folder, MS_MODEL_FILE);
  if (status == MS_OK)
    status = ms_network_save(network, path);
  if (status == MS_OK)
    status = ms_evaluate(network, &run->train, &train);
  if (status == MS_OK && run->config->n_validation > 0)
    status = ms_evaluate(network, &run->validation, &validation);
  if (status == MS_OK)
    status = ms_evaluate(network, &run->data.test, &test);
  if (status == MS_OK) {
    const struct ms_run_summary summary = {
        .preset = run->preset,
        .config = run->config,
        .result = &run->result,
        .network = network,
        .train = &train,
        .validation = run->config->n_validation > 0 ? &validation : NULL,
        .test = &test,
        .interrupted = interrupted,
    };
    status = ms_run_summary_write(run->folder, &summary);
  }
  if (status == MS_OK) {
    char digest[65];
    ms_network_sha256(network, digest);
    printf("\nTraining accuracy %.2f %% (dropout off)\n", 100 * train.accuracy);
    if (run->config->n_validation > 0)
      printf("Validation accuracy %.2f %%\n", 100 * validation.accuracy);
    print_evaluation(&test);
    printf("\nSHA-256 of the weights: %s\n", digest);
    printf("Saved in %s: %s, %s, %s\n", run->folder, MS_MODEL_FILE, MS_METRICS_FILE, MS_RUN_FILE);
  }
  ms_evaluation_free(&train);
  ms_evaluation_free(&validation);
  ms_evaluation_free(&test);
  return status;
}

static void print_outcome(const struct run *run, enum ms_status status) {
  const struct ms_train_result *r = &run->result;
  if (status != MS_OK)
    printf("\n%s%s\n", ms_error_message(), r->epochs_run > 0 && signal_received ? ": evaluating what is kept" : "");
  if (r->epochs_run == 0) {
    printf("No epoch was finished: nothing was kept.\n");
    if (ms_run_folder_is_used(run->folder))
      printf("The earlier run in %s is as it was.\n", run->folder);
    return;
  }
  if (r->stopped_early)
    printf("\nStopped early: no improvement in %zu epochs.", run->config->patience);
  printf("\nKept: the model of epoch %zu. %zu epochs in %.1f s, median %.3f s.\n", r->model_epoch, r->epochs_run,
         r->elapsed_s, r->epoch_seconds_median);
}

static int train(struct run *run) {
  const struct ms_observer observer = {run, on_step, on_epoch, on_stop};
  struct ms_network *network;
  catch_signals();
  progress_start(&run->progress, run->config->epochs, run->train.n);
  enum ms_status status = ms_train(run->config, &run->train, run->config->n_validation > 0 ? &run->validation : NULL,
                                   &observer, &network, &run->result);
  progress_clear(&run->progress);
  const bool usable = status == MS_OK || status == MS_STOPPED || status == MS_ERROR_NUMERIC;
  if (!usable)
    return cli_fail(&command, status);

  print_outcome(run, status);
  int exit_code = status == MS_OK ? EXIT_SUCCESS : status == MS_STOPPED ? 128 + signal_received : EXIT_FAILURE;
  if (network) {
    status = evaluate_and_save(run, network, status != MS_OK);
    if (status != MS_OK)
      exit_code = cli_fail(&command, status);
  } else {
    rmdir(run->folder); /* goes only if it is empty */
  }
  ms_network_free(network);
  return exit_code;
}

static int run_training(const struct cli_values *values, struct run *run) {
  const char *data_folder;
  int exit_code = cli_init(values);
  if (exit_code == 0)
    exit_code = cli_load_data(values, &run->data, &data_folder);
  if (exit_code != 0)
    return exit_code;
  if (run->config->n_validation >= run->data.train.n) {
    cli_error(&command, "--val: '%zu' is not a whole number from 0 to %zu, one less than the training images",
              run->config->n_validation, run->data.train.n - 1);
    return EXIT_USAGE;
  }
  run->train = ms_dataset_slice(&run->data.train, 0, run->data.train.n - run->config->n_validation);
  run->validation = ms_dataset_slice(&run->data.train, run->train.n, run->config->n_validation);

  const enum ms_status status = ms_run_folder_make(run->folder, cli_get(values, "force") != NULL);
  if (status != MS_OK)
    return cli_fail(&command, status);
  print_plan(run, data_folder);
  return train(run);
}

int cmd_train(int argc, char **argv) {
  struct cli_values values;
  struct run run = {0};
  int exit_code;
  if (!cli_parse(&command, argc, argv, &values, &exit_code))
    return exit_code;
  if (!train_config_from_options(&values, &run.preset, &run.config))
    return EXIT_USAGE;

  const char *out = cli_get(&values, "out");
  const int length = out ? snprintf(run.folder, sizeof run.folder, "%s", out)
                         : snprintf(run.folder, sizeof run.folder, "runs/%s-seed%llu", run.preset,
                                    (unsigned long long)run.config->seed);
  if (length <= 0 || length >= (int)sizeof run.folder) {
    cli_error(&command, "--out: must be a folder's name of 1 to %zu bytes", sizeof run.folder - 1);
    exit_code = EXIT_USAGE;
  } else {
    exit_code = run_training(&values, &run);
  }
  ms_metrics_log_free(&run.metrics);
  ms_data_free(&run.data);
  ms_config_free(run.config);
  ms_shutdown();
  return exit_code;
}
