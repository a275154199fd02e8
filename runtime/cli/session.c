/* Training into a run folder, as train and reproduce do it. */
#define _POSIX_C_SOURCE 200809L /* rmdir */
#include "runtime/cli/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "runtime/cli/print.h"
#include "runtime/cli/progress.h"
#include "runtime/cli/signals.h"
#include "runtime/platform/files.h"
#include "runtime/run/run_folder.h"

struct run {
  const struct session *session;
  struct ms_dataset train, validation;
  char data_sha256[65];
  struct progress progress;
  struct ms_metrics_log metrics;
  struct ms_train_result result;
};

/* ---- What the training loop tells us ---- */

static void on_step(void *context, size_t epoch, size_t step, size_t n_steps, size_t images, double loss,
                    double accuracy) {
  struct run *run = context;
  progress_step(&run->progress, epoch, step, n_steps, images, loss, accuracy);
}

static enum ms_status on_epoch(void *context, const struct ms_epoch *epoch) {
  struct run *run = context;
  const char *folder = run->session->folder;
  progress_epoch(&run->progress, epoch);
  const enum ms_status status = ms_metrics_log_add(&run->metrics, folder, epoch);
  return status == MS_OK && epoch->epoch == 1 ? ms_run_folder_forget(folder) : status;
}

static bool on_stop(void *context) {
  (void)context;
  return signals_received() != 0;
}

/* ---- Before and after ---- */

static void print_plan(const struct run *run) {
  const struct session *s = run->session;
  const struct ms_config *c = s->config;
  printf("mnist_simd %s, kernels %s, %zu thread%s\n", MS_VERSION, ms_isa(), ms_threads(), plural_s(ms_threads()));
  printf("data      %s: %zu training, %zu validation, %zu test images of %zu x %zu, %zu classes\n", s->data_folder,
         run->train.n, c->n_validation, s->data->test.n, run->train.rows, run->train.cols, run->train.n_classes);
  if (s->test == SESSION_NO_TEST)
    printf("          the test images are not looked at\n");
  printf("training  %s, seed %llu, up to %zu epoch%s, batch %zu, learning rate %g\n", s->preset,
         (unsigned long long)c->seed, c->epochs, plural_s(c->epochs), c->batch, c->learning_rate);
  if (c->patience > 0)
    printf("stopping  after %zu epoch%s without %s improving by more than %g\n", c->patience, plural_s(c->patience),
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
  printf("output    %s\n\n", s->folder);
  fflush(stdout);
}

static void print_outcome(const struct run *run, enum ms_status status) {
  const struct ms_train_result *r = &run->result;
  const char *folder = run->session->folder;
  if (status != MS_OK)
    printf("\n%s%s\n", ms_error_message(), r->epochs_run > 0 && signals_received() ? ": evaluating what is kept" : "");
  if (r->epochs_run == 0) {
    printf("No epoch was finished: nothing was kept.\n");
    if (ms_run_folder_is_used(folder))
      printf("The earlier run in %s is as it was.\n", folder);
    return;
  }
  if (r->stopped_early)
    printf("\nStopped early: no improvement in %zu epoch%s.", run->session->config->patience,
           plural_s(run->session->config->patience));
  printf("\nKept: the model of epoch %zu. %zu epoch%s in %.1f s, median %.3f s.\n", r->model_epoch, r->epochs_run,
         plural_s(r->epochs_run), r->elapsed_s, r->epoch_seconds_median);
}

/* Of the network that was kept; validation and test are NULL where there is none or it is not to be looked at. */
struct evaluations {
  struct ms_evaluation train_memory, validation_memory, test_memory;
  const struct ms_evaluation *train, *validation, *test;
};

static enum ms_status evaluate(const struct run *run, const struct ms_network *network, bool interrupted,
                               struct evaluations *e) {
  enum ms_status status = ms_evaluate(network, &run->train, &e->train_memory);
  e->train = &e->train_memory;
  if (status == MS_OK && run->validation.n > 0) {
    status = ms_evaluate(network, &run->validation, &e->validation_memory);
    e->validation = &e->validation_memory;
  }
  if (status == MS_OK &&
      (run->session->test == SESSION_TEST || (run->session->test == SESSION_TEST_FINISHED && !interrupted))) {
    status = ms_evaluate(network, &run->session->data->test, &e->test_memory);
    e->test = &e->test_memory;
  }
  return status;
}

static void print_evaluations(const struct run *run, const struct ms_network *network, const struct evaluations *e) {
  char digest[65];
  ms_network_sha256(network, digest);
  printf("\nTraining accuracy %.2f %% (dropout off)\n", 100 * e->train->accuracy);
  if (e->validation)
    printf("Validation accuracy %.2f %%\n", 100 * e->validation->accuracy);
  if (e->test)
    print_evaluation(e->test);
  printf("\nSHA-256 of the weights: %s\n", digest);
  printf("Saved in %s: %s, %s, %s\n", run->session->folder, MS_MODEL_FILE, MS_METRICS_FILE, MS_RUN_FILE);
}

static enum ms_status evaluate_and_save(const struct run *run, const struct ms_network *network, bool interrupted) {
  char path[MS_PATH_SIZE];
  struct evaluations e = {0};
  enum ms_status status = ms_path_join(path, run->session->folder, MS_MODEL_FILE);
  if (status == MS_OK)
    status = ms_network_save(network, path);
  if (status == MS_OK)
    status = evaluate(run, network, interrupted, &e);
  if (status == MS_OK) {
    const struct ms_run_summary summary = {
        .preset = run->session->preset,
        .config = run->session->config,
        .data_sha256 = run->data_sha256,
        .result = &run->result,
        .network = network,
        .train = e.train,
        .validation = e.validation,
        .test = e.test,
        .interrupted = interrupted,
    };
    status = ms_run_summary_write(run->session->folder, &summary);
  }
  if (status == MS_OK)
    print_evaluations(run, network, &e);
  ms_evaluation_free(&e.train_memory);
  ms_evaluation_free(&e.validation_memory);
  ms_evaluation_free(&e.test_memory);
  return status;
}

static int train(struct run *run) {
  const struct session *s = run->session;
  const struct ms_observer observer = {run, on_step, on_epoch, on_stop};
  struct ms_network *network;
  signals_catch();
  progress_start(&run->progress, s->config->epochs, run->train.n);
  enum ms_status status = ms_train(s->config, &run->train, run->validation.n > 0 ? &run->validation : NULL, &observer,
                                   &network, &run->result);
  progress_clear(&run->progress);
  const bool usable = status == MS_OK || status == MS_STOPPED || status == MS_ERROR_NUMERIC;
  if (!usable)
    return cli_fail(s->command, status);

  print_outcome(run, status);
  int exit_code = status == MS_OK ? EXIT_SUCCESS : status == MS_STOPPED ? 128 + signals_received() : EXIT_FAILURE;
  if (network) {
    status = evaluate_and_save(run, network, status != MS_OK);
    if (status != MS_OK)
      exit_code = cli_fail(s->command, status);
  } else {
    rmdir(s->folder); /* goes only if it is empty */
  }
  ms_network_free(network);
  return exit_code;
}

int session_train(const struct session *session) {
  const struct ms_dataset *images = &session->data->train;
  const size_t n_validation = session->config->n_validation;
  if (n_validation >= images->n) {
    cli_error(session->command, "--val: '%zu' is not a whole number from 0 to %zu, one less than the training images",
              n_validation, images->n - 1);
    return EXIT_USAGE;
  }
  struct run run = {
      .session = session,
      .train = ms_dataset_slice(images, 0, images->n - n_validation),
      .validation = ms_dataset_slice(images, images->n - n_validation, n_validation),
  };
  const enum ms_status status = ms_run_folder_make(session->folder, session->overwrite);
  if (status != MS_OK)
    return cli_fail(session->command, status);
  ms_dataset_sha256(images, run.data_sha256);
  print_plan(&run);
  const int exit_code = train(&run);
  ms_metrics_log_free(&run.metrics);
  return exit_code;
}
