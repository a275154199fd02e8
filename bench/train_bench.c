/* Training, evaluation and latency of the report's network: the time of an epoch against the machine's peak of
 * multiply-adds, measured in the same run. Needs nothing but the library. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/common.h"
#include "bench/train_run.h"
#include "runtime/platform/cpu.h"

static const char usage[] =
    "Usage: train_bench [--data DIR] [--preset NAME] [--epochs N] [--isa NAME] [--threads N] [--json FILE] "
    "[--on-demand]\n"
    "  --preset     final (default), regularised or unregularised; early stopping is off\n"
    "  --epochs     10: the median leaves out the first\n"
    "  --json       writes the figures\n"
    "  --on-demand  waits for a line on standard input before each epoch, for runs that take turns\n";

struct options {
  const char *folder, *preset, *isa, *threads, *epochs, *json;
  bool on_demand;
};

/* False if the command line is wrong. */
static bool read_options(int argc, char **argv, struct options *o) {
  const struct {
    const char *name, **value;
  } known[] = {{"--data", &o->folder},     {"--preset", &o->preset}, {"--isa", &o->isa},
               {"--threads", &o->threads}, {"--epochs", &o->epochs}, {"--json", &o->json}};
  const size_t n_known = sizeof known / sizeof known[0];
  for (int i = 1; i < argc; ++i) {
    size_t j = 0;
    while (j < n_known && strcmp(argv[i], known[j].name) != 0)
      ++j;
    if (strcmp(argv[i], "--on-demand") == 0)
      o->on_demand = true;
    else if (j < n_known && i + 1 < argc)
      *known[j].value = argv[++i];
    else
      return false;
  }
  return true;
}

static void print(const struct train_run *run) {
  printf("median    %.3f s  peak %6.1f GFLOP/s (%s)  %6.1f (%s)  epoch / dense limit: %.2f, %.2f\n", run->median_s,
         run->median_peak, ms_isa(), run->median_fastest_peak, run->fastest,
         run->median_s * run->median_peak / run->gflop, run->median_s * run->median_fastest_peak / run->gflop);
  printf("training  %.0f steps/s, %.0f images/s, %.2f epochs/s\n", (double)run->n_steps / run->median_s,
         (double)run->n_train / run->median_s, 1 / run->median_s);
  printf("test      %zu images in %.2f ms: %.0f images/s\n", run->n_test, 1e3 * run->evaluation_s,
         (double)run->n_test / run->evaluation_s);
  printf("one image %.1f us, 99 %% of them within %.1f us\n", 1e6 * run->latency_median_s, 1e6 * run->latency_p99_s);
}

static json_t *epochs_json(const struct train_run *run) {
  json_t *epochs = json_array();
  for (size_t i = 0; i < run->n_epochs; ++i)
    json_array_append_new(epochs, json_pack("{s:f, s:f, s:f, s:f}", "seconds", run->seconds[i], "peak_gflops",
                                            run->peak[i], "fastest_peak_gflops", run->fastest_peak[i], "round_trip_ns",
                                            run->round_trip_ns[i]));
  return epochs;
}

static bool write_json(const char *path, const char *preset, const struct train_run *run) {
  char date[11], cpu[128];
  bench_date(date);
  ms_cpu_name(cpu, sizeof cpu);
  json_t *root = json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:I, s:f}", "program", "train_bench", "version",
                           MS_VERSION, "date", date, "cpu", cpu, "isa", ms_isa(), "threads", (json_int_t)ms_threads(),
                           "preset", preset, "batch", (json_int_t)run->config->batch, "dense_gflop", run->gflop);
  if (!root)
    bench_fail("out of memory");
  json_object_set_new(root, "epochs", epochs_json(run));
  json_object_set_new(root, "epoch",
                      json_pack("{s:f, s:f, s:s, s:f, s:f, s:f}", "seconds_median", run->median_s, "peak_gflops",
                                run->median_peak, "fastest_isa", run->fastest, "fastest_peak_gflops",
                                run->median_fastest_peak, "steps_per_s", (double)run->n_steps / run->median_s,
                                "images_per_s", (double)run->n_train / run->median_s));
  json_t *phases = json_object();
  for (int phase = 0; phase < MS_N_PHASES; ++phase)
    json_object_set_new(phases, ms_phase_name(phase), json_real(run->phase_seconds[phase]));
  json_object_set_new(root, "phases", phases);
  json_object_set_new(root, "evaluation",
                      json_pack("{s:I, s:f, s:f}", "images", (json_int_t)run->n_test, "seconds", run->evaluation_s,
                                "images_per_s", (double)run->n_test / run->evaluation_s));
  json_object_set_new(root, "one_image",
                      json_pack("{s:i, s:f, s:f}", "images", (int)SINGLE_IMAGES, "median_us",
                                1e6 * run->latency_median_s, "p99_us", 1e6 * run->latency_p99_s));
  const bool written = json_dump_file(root, path, JSON_INDENT(2) | JSON_REAL_PRECISION(9)) == 0;
  json_decref(root);
  if (!written)
    fprintf(stderr, "train_bench: %s cannot be written\n", path);
  return written;
}

static int fail(void) {
  fprintf(stderr, "train_bench: %s\n", ms_error_message());
  return EXIT_FAILURE;
}

static int measure(const struct options *o, struct ms_config *config) {
  static struct train_run run;
  struct ms_data data;
  run.config = config;
  run.on_demand = o->on_demand;
  run.fastest = bench_fastest_isa();
  if (ms_data_load(o->folder, &data) != MS_OK)
    return fail();
  char cpu[128];
  ms_cpu_name(cpu, sizeof cpu);
  printf("%s, kernels %s, %zu threads, preset %s\n", cpu, ms_isa(), ms_threads(), o->preset);
  fflush(stdout);
  const enum ms_status status = train_run(&data, &run);
  ms_data_free(&data);
  if (status != MS_OK)
    return fail();
  print(&run);
  return !o->json || write_json(o->json, o->preset, &run) ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv) {
  struct options o = {.folder = getenv("MNIST_SIMD_DATA"), .preset = "final", .threads = "0", .epochs = "10"};
  if (!o.folder)
    o.folder = "../data/mnist";
  if (!read_options(argc, argv, &o)) {
    fputs(usage, stderr);
    return 2;
  }
  const unsigned long epochs = strtoul(o.epochs, NULL, 10);
  if (epochs < 1 || epochs > MAX_EPOCHS) {
    fprintf(stderr, "train_bench: --epochs must be 1 to %d\n", MAX_EPOCHS);
    return 2;
  }
  struct ms_config *config;
  if (ms_init(o.isa, strtoul(o.threads, NULL, 10)) != MS_OK || ms_config_preset(o.preset, &config) != MS_OK)
    return fail();
  config->epochs = epochs;
  config->patience = 0;
  const int exit_code = measure(&o, config);
  ms_config_free(config);
  ms_shutdown();
  return exit_code;
}
