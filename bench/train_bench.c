/* Epochs of the report's final configuration against the machine's peak of multiply-adds, measured in the same run.
 * Usage: train_bench [--data DIR] [--isa NAME] [--threads N] [--epochs N] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/peak.h"
#include "runtime/mnist_simd.h"
#include "runtime/platform/cpu.h"
#include "runtime/platform/dispatch.h"

enum { MAX_EPOCHS = 1000 };

struct measurement {
  double gflop;        /* of one epoch, counted densely */
  const char *fastest; /* the ISA of the highest peak that this CPU has */
  size_t n;
  double seconds[MAX_EPOCHS], peak[MAX_EPOCHS], fastest_peak[MAX_EPOCHS];
};

/* Two flop a multiply-add: forward and weight gradient in every layer, input gradient in all but the first. */
static double dense_gflop(const struct ms_config *config, const struct ms_dataset *train) {
  double per_image = 0;
  size_t n_in = train->rows * train->cols;
  for (size_t l = 0; l <= config->n_hidden; ++l) {
    const size_t n_out = l < config->n_hidden ? config->hidden[l].units : train->n_classes;
    per_image += (l == 0 ? 2 : 3) * 2.0 * (double)(n_in * n_out);
    n_in = n_out;
  }
  return per_image * (double)train->n * 1e-9;
}

static const char *fastest_isa(void) {
  const char *fastest = "scalar";
  for (size_t i = 0; i < ms_isa_count(); ++i)
    if ((ms_cpu_features() & ms_isa_entry(i)->required) == ms_isa_entry(i)->required)
      fastest = ms_isa_entry(i)->name;
  return fastest;
}

static enum ms_status on_epoch(void *context, const struct ms_epoch *epoch) {
  struct measurement *m = context;
  const size_t i = m->n++;
  m->seconds[i] = epoch->seconds;
  m->peak[i] = bench_peak_gflops(ms_isa());
  m->fastest_peak[i] = bench_peak_gflops(m->fastest);
  printf("epoch %2zu  %.3f s  peak %6.1f GFLOP/s (%s)  %6.1f (%s)  epoch / dense limit: %.2f, %.2f\n", epoch->epoch,
         m->seconds[i], m->peak[i], ms_isa(), m->fastest_peak[i], m->fastest, m->seconds[i] * m->peak[i] / m->gflop,
         m->seconds[i] * m->fastest_peak[i] / m->gflop);
  fflush(stdout);
  return MS_OK;
}

static int compare(const void *x, const void *y) {
  const double a = *(const double *)x, b = *(const double *)y;
  return (a > b) - (a < b);
}

static double median(double *values, size_t n) {
  qsort(values, n, sizeof *values, compare);
  return (values[(n - 1) / 2] + values[n / 2]) / 2;
}

static int fail(void) {
  fprintf(stderr, "train_bench: %s\n", ms_error_message());
  return EXIT_FAILURE;
}

static int run(const char *folder, struct ms_config *config) {
  static struct measurement m;
  struct ms_data data;
  struct ms_network *network;
  struct ms_train_result result;
  if (ms_data_load(folder, &data) != MS_OK)
    return fail();
  m.gflop = dense_gflop(config, &data.train);
  m.fastest = fastest_isa();
  char cpu[128];
  ms_cpu_name(cpu, sizeof cpu);
  printf("%s, kernels %s, %zu threads; one epoch counted densely: %.1f GFLOP\n", cpu, ms_isa(), ms_threads(), m.gflop);

  const struct ms_observer observer = {.context = &m, .epoch = on_epoch};
  const enum ms_status status = ms_train(config, &data.train, NULL, &observer, &network, &result);
  ms_data_free(&data);
  if (status != MS_OK)
    return fail();
  ms_network_free(network);
  for (int phase = 0; phase < MS_N_PHASES; ++phase)
    printf("%-22s %.1f ms an epoch\n", ms_phase_name(phase), 1e3 * result.phase_seconds[phase] / (double)m.n);

  const double seconds = median(m.seconds, m.n), peak = median(m.peak, m.n), fastest = median(m.fastest_peak, m.n);
  printf("median    %.3f s  peak %6.1f GFLOP/s (%s)  %6.1f (%s)  epoch / dense limit: %.2f, %.2f\n", seconds, peak,
         ms_isa(), fastest, m.fastest, seconds * peak / m.gflop, seconds * fastest / m.gflop);
  return EXIT_SUCCESS;
}

int main(int argc, char **argv) {
  const char *folder = getenv("MNIST_SIMD_DATA"), *isa = NULL;
  unsigned long threads = 0, epochs = 9;
  if (argc % 2 == 0) {
    fprintf(stderr, "Usage: train_bench [--data DIR] [--isa NAME] [--threads N] [--epochs N]\n");
    return 2;
  }
  for (int i = 1; i + 1 < argc; i += 2) {
    if (strcmp(argv[i], "--data") == 0)
      folder = argv[i + 1];
    else if (strcmp(argv[i], "--isa") == 0)
      isa = argv[i + 1];
    else if (strcmp(argv[i], "--threads") == 0)
      threads = strtoul(argv[i + 1], NULL, 10);
    else if (strcmp(argv[i], "--epochs") == 0)
      epochs = strtoul(argv[i + 1], NULL, 10);
    else {
      fprintf(stderr, "train_bench: %s: unknown option, must be --data, --isa, --threads or --epochs\n", argv[i]);
      return 2;
    }
  }
  if (epochs < 1 || epochs > MAX_EPOCHS) {
    fprintf(stderr, "train_bench: --epochs must be 1 to %d\n", MAX_EPOCHS);
    return 2;
  }
  struct ms_config *config;
  if (ms_init(isa, threads) != MS_OK || ms_config_preset("final", &config) != MS_OK)
    return fail();
  config->epochs = epochs;
  const int exit_code = run(folder ? folder : "../data/mnist", config);
  ms_config_free(config);
  ms_shutdown();
  return exit_code;
}
