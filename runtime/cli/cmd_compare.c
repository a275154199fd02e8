/* mnist_simd compare: what two runs have in common, and where they part. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/cli/class_tables.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/data.h"
#include "runtime/cli/options.h"
#include "runtime/cli/print.h"
#include "runtime/data/pixels.h"
#include "runtime/platform/c_locale.h"
#include "runtime/platform/console.h"
#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"
#include "runtime/report/paired.h"
#include "runtime/run/run_read.h"

enum { DEFAULT_SHOWN = 6, MAX_SHOWN = 1000 };

static const struct cli_option options[] = {
    {"show", "N", "draw the first N images on which they disagree, 0 to 1000 [6]; how: see 'show --help'"},
    CLI_DATA_OPTIONS,
    CLI_ISA_OPTION,
    CLI_THREADS_OPTION,
    {0},
};

static const struct cli_command command = {
    .name = "compare",
    .arguments = "A B",
    .summary =
        "Compares the runs in two folders: settings, data, program; the first epoch after which their weights differ;\n"
        "their curves; and their predictions of the test images: McNemar's exact test, a confidence interval of the\n"
        "difference, and images on which they disagree.",
    .options = options,
    .n_arguments = 2,
};

/* ---- What run.json says ---- */

static size_t n_printed; /* lines of what differs */

static bool is_narrow(void) {
  enum { WIDTH_OF_CURVES = 62 };
  return ms_console_columns(SIZE_MAX) < WIDTH_OF_CURVES;
}

static void print_row(const char *name, const char *a, const char *b) {
  printf(is_narrow() ? "%s\n  A %s\n  B %s\n" : "%-18s %-28s %s\n", name, a[0] ? a : "-", b[0] ? b : "-");
}

static void print_line(const char *name, const char *a, const char *b) {
  if (strcmp(a, b) == 0)
    return;
  ++n_printed;
  print_row(name, a, b);
}

static const char *text_of(const char *text) {
  return text ? text : "";
}

static void print_settings_that_differ(const struct ms_run *a, const struct ms_run *b) {
  const char *name;
  for (size_t i = 0; (name = ms_setting_name(i)) != NULL; ++i) {
    char value_a[MS_SETTING_SIZE], value_b[MS_SETTING_SIZE];
    ms_config_get(a->config, name, value_a);
    ms_config_get(b->config, name, value_b);
    print_line(name, value_a, value_b);
  }
}

static void print_number(const char *name, size_t a, size_t b) {
  char text_a[32], text_b[32];
  snprintf(text_a, sizeof text_a, "%zu", a);
  snprintf(text_b, sizeof text_b, "%zu", b);
  print_line(name, text_a, text_b);
}

static void print_digest(const char *name, const char *a, const char *b) {
  char text_a[32], text_b[32];
  snprintf(text_a, sizeof text_a, "%.16s%s", a, a[0] ? "..." : "");
  snprintf(text_b, sizeof text_b, "%.16s%s", b, b[0] ? "..." : "");
  print_line(name, text_a, text_b);
}

/* Only what differs. */
static void print_differences(const char *const folder[2], const struct ms_run *a, const struct ms_run *b) {
  print_row("differs", folder[0], folder[1]);
  print_settings_that_differ(a, b);
  print_line("name", text_of(a->about.name), text_of(b->about.name));
  print_line("status", a->interrupted ? "interrupted" : "finished", b->interrupted ? "interrupted" : "finished");
  print_line("began from", a->about.origin ? a->about.origin->folder : "",
             b->about.origin ? b->about.origin->folder : "");
  print_digest("training images", a->data_sha256, b->data_sha256);
  print_digest("test images", a->test_sha256, b->test_sha256);
  print_number("numerics contract", a->numerics_contract, b->numerics_contract);
  print_line("program", a->program, b->program);
  print_line("commit", text_of(a->about.commit), text_of(b->about.commit));
  print_line("compiler", text_of(a->about.compiler), text_of(b->about.compiler));
  print_line("kernels", a->isa, b->isa);
  print_number("threads", a->threads, b->threads);
  print_line("CPU", a->cpu, b->cpu);
  print_number("model of epoch", a->result.model_epoch, b->result.model_epoch);
  print_digest("weights", a->weights_sha256, b->weights_sha256);
  if (n_printed == 0)
    printf("nothing\n");
}

/* ---- Epochs ---- */

static void print_first_difference(const struct ms_run *a, const struct ms_run *b) {
  const size_t n = a->n_epochs < b->n_epochs ? a->n_epochs : b->n_epochs;
  size_t same = 0;
  while (same < n && strcmp(a->epochs[same].weights_sha256, b->epochs[same].weights_sha256) == 0)
    ++same;
  if (same < n)
    printf("\nWeights: %s epoch %zu on they differ.\n", same > 0 ? "the same before, from" : "from", same + 1);
  else
    printf("\nWeights: the same after each of %zu epochs%s.\n", n,
           a->n_epochs != b->n_epochs ? ", then one goes on" : "");
}

static void print_figures(const struct ms_run *run, size_t epoch) {
  char text[64] = "";
  if (epoch <= run->n_epochs) {
    const struct ms_epoch *e = &run->epochs[epoch - 1];
    const int length = ms_snprintf(text, sizeof text, "%8.4f %8.2f", e->train_loss, 100 * e->train_accuracy);
    if (e->has_validation)
      ms_snprintf(text + length, sizeof text - (size_t)length, " %8.2f", 100 * e->val_accuracy);
  }
  printf("  %-26s", text);
}

/* The first, the last, and about ten between. */
static void print_curves(const struct ms_run *a, const struct ms_run *b) {
  enum { ROWS = 10 };
  const size_t n = a->n_epochs > b->n_epochs ? a->n_epochs : b->n_epochs, step = n > ROWS ? (n + ROWS - 1) / ROWS : 1;
  static const char head[] = "    loss  train %    val %";
  const char *next = is_narrow() ? "\n     " : ""; /* B below A, or beside it */
  printf("\nepoch  A%-25s%s  B%s\n", head + 1, next, head + 1);
  for (size_t epoch = 1; epoch <= n; epoch = epoch == n ? n + 1 : epoch + step < n ? epoch + step : n) {
    printf("%5zu", epoch);
    print_figures(a, epoch);
    printf("%s", next);
    print_figures(b, epoch);
    putchar('\n');
  }
}

/* ---- Predictions ---- */

static void print_counts(const struct ms_paired *t) {
  char text[256];
  printf("\nOf %zu test images: right by both %zu, by A alone %zu, by B alone %zu, by none %zu\n", t->n, t->both,
         t->only_a, t->only_b, t->none);
  ms_snprintf(text, sizeof text,
              "Accuracy A %.2f %%, B %.2f %%; difference %+.2f points, 95 %% confidence %+.2f to %+.2f",
              100 * (double)(t->both + t->only_a) / (double)t->n, 100 * (double)(t->both + t->only_b) / (double)t->n,
              100 * t->difference, 100 * t->low, 100 * t->high);
  puts(text);
  ms_snprintf(text, sizeof text, "McNemar's exact test: p = %.4g, %s", t->p,
              t->p < 0.05 ? "which chance alone seldom gives" : "which chance alone may well give");
  puts(text);
}

static enum ms_status print_disagreements(const struct ms_data *data, const uint8_t *a, const uint8_t *b,
                                          size_t n_shown) {
  const size_t n_pixels = data->test.rows * data->test.cols;
  struct ms_captioned *images;
  uint8_t *pixels;
  size_t n = 0, k = 0;
  for (size_t i = 0; i < data->test.n; ++i)
    n += a[i] != b[i];
  n_shown = n < n_shown ? n : n_shown;
  if (n_shown == 0)
    return MS_OK;
  MS_TRY(ms_allocate(n_shown, sizeof *images, "images", &images));
  enum ms_status status = ms_allocate(n_shown, n_pixels, "images", &pixels);
  for (size_t i = 0; status == MS_OK && k < n_shown; ++i) {
    char words_a[MS_CLASS_WORDS], words_b[MS_CLASS_WORDS];
    if (a[i] == b[i])
      continue;
    ms_image_bytes(&data->test, i, pixels + k * n_pixels);
    images[k].pixels = pixels + k * n_pixels;
    caption_label(&images[k], i, data->class_names, data->test.labels[i]);
    snprintf(images[k].lines[1], sizeof images[k].lines[1], "A %s, B %s",
             class_words(words_a, data->class_names, a[i], 14), class_words(words_b, data->class_names, b[i], 14));
    ++k;
  }
  if (status == MS_OK) {
    printf("\nThe first %zu of %zu images on which they disagree\n\n", n_shown, n);
    status = print_images(images, n_shown, data->test.rows, data->test.cols);
  }
  free(pixels);
  free(images);
  return status;
}

static enum ms_status compare_predictions(const struct ms_run *a, const struct ms_run *b, const struct ms_data *data,
                                          size_t n_shown) {
  struct ms_evaluation of_a, of_b;
  MS_TRY(ms_evaluate(a->network, &data->test, &of_a));
  enum ms_status status = ms_evaluate(b->network, &data->test, &of_b);
  if (status == MS_OK) {
    const struct ms_paired t = ms_paired(data->test.n, data->test.labels, of_a.predicted, of_b.predicted);
    print_counts(&t);
    status = print_disagreements(data, of_a.predicted, of_b.predicted, n_shown);
    ms_evaluation_free(&of_b);
  }
  ms_evaluation_free(&of_a);
  return status;
}

/* ---- The command ---- */

/* The test images here, if they are those of both runs. */
static int compare_on_data(const struct cli_values *values, const struct ms_run *a, const struct ms_run *b,
                           size_t n_shown) {
  struct ms_data data;
  const char *folder;
  char digest[65];
  if (!a->test_sha256[0] || strcmp(a->test_sha256, b->test_sha256) != 0) {
    printf("\nThe runs have no test images in common: their predictions are not compared.\n");
    return EXIT_SUCCESS;
  }
  const int exit_code = cli_load_data(values, MS_DATA_TEST, &data, &folder);
  if (exit_code != 0)
    return exit_code;
  ms_dataset_sha256(&data.test, digest);
  enum ms_status status = MS_OK;
  if (strcmp(digest, a->test_sha256) != 0)
    status = ms_fail_by(MS_ERROR_DATA, MS_OTHER_DATA,
                        "%s: its test images are not those of the runs (SHA-256 %.16s..., theirs is %.16s...): name "
                        "their folder",
                        folder, digest, a->test_sha256);
  else
    status = compare_predictions(a, b, &data, n_shown);
  ms_data_free(&data);
  return status == MS_OK ? EXIT_SUCCESS : cli_fail(&command, status);
}

static int compare(const struct cli_values *values) {
  struct ms_run runs[2] = {{0}};
  size_t n_shown = DEFAULT_SHOWN;
  if (!cli_size(values, "show", 0, MAX_SHOWN, &n_shown))
    return EXIT_USAGE;
  int exit_code = EXIT_SUCCESS;
  for (size_t i = 0; exit_code == EXIT_SUCCESS && i < 2; ++i) {
    const enum ms_status status = ms_run_read(values->arguments[i], &runs[i]);
    exit_code = status == MS_OK ? EXIT_SUCCESS : cli_fail(&command, status);
  }
  if (exit_code == EXIT_SUCCESS) {
    print_differences(values->arguments, &runs[0], &runs[1]);
    print_first_difference(&runs[0], &runs[1]);
    print_curves(&runs[0], &runs[1]);
    exit_code = compare_on_data(values, &runs[0], &runs[1], n_shown);
  }
  ms_run_free(&runs[0]);
  ms_run_free(&runs[1]);
  return exit_code;
}

int cmd_compare(int argc, char **argv) {
  struct cli_values values;
  int exit_code;
  if (!cli_parse(&command, argc, argv, &values, &exit_code))
    return exit_code;
  exit_code = cli_init(&values);
  if (exit_code == 0)
    exit_code = compare(&values);
  ms_shutdown();
  return exit_code;
}
