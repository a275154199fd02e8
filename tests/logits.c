/* Logits of MNIST's test images, for tests that compare them with those of other programs.
 * Usage: logits MODEL DATA              float32, native, (10000, classes), to standard output
 *        logits --compare N A B         of two such files, N classes: how many predictions are equal, and the largest
 *                                       difference of two logits */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/nn/forward.h"
#include "runtime/nn/network.h"
#include "runtime/platform/files.h"
#include "runtime/platform/memory.h"
#include "runtime/run/folder.h"

static int failed(void) {
  fprintf(stderr, "logits: %s\n", ms_error_message());
  return 1;
}

static int write_logits(const char *model, const char *folder) {
  const struct ms_data_options options = {.part = MS_DATA_TEST};
  struct ms_network *network;
  struct ms_data data;
  float *logits;
  if (ms_init(NULL, 0) != MS_OK || ms_run_folder_model(model, &network) != MS_OK ||
      ms_data_read(folder, &options, &data) != MS_OK)
    return failed();
  const size_t n_classes = network->layers[network->n_layers - 1].n_out;
  if (ms_allocate(data.test.n * n_classes, sizeof *logits, "logits", &logits) != MS_OK ||
      ms_predict_bytes(network, data.test.n, data.test.images, MS_LOGITS, logits) != MS_OK)
    return failed();
  const bool is_written = fwrite(logits, n_classes * sizeof *logits, data.test.n, stdout) == data.test.n;
  free(logits);
  ms_data_free(&data);
  ms_network_free(network);
  ms_shutdown();
  return is_written && fflush(stdout) == 0 ? 0 : 1;
}

static int compare(size_t n_classes, const char *const paths[2]) {
  uint8_t *files[2];
  size_t n_bytes[2], n_equal = 0;
  double largest = 0;
  for (int i = 0; i < 2; ++i)
    if (ms_file_read(paths[i], SIZE_MAX / 2, &files[i], &n_bytes[i]) != MS_OK)
      return failed();
  const size_t n = n_bytes[0] / sizeof(float) / n_classes;
  if (n == 0 || n_bytes[0] != n_bytes[1] || n * n_classes * sizeof(float) != n_bytes[0]) {
    fprintf(stderr, "logits: %zu and %zu bytes are not logits of the same images\n", n_bytes[0], n_bytes[1]);
    return 1;
  }
  for (size_t i = 0; i < n; ++i) {
    const float *a = (const float *)(const void *)files[0] + i * n_classes;
    const float *b = (const float *)(const void *)files[1] + i * n_classes;
    n_equal += ms_argmax(a, n_classes) == ms_argmax(b, n_classes);
    for (size_t j = 0; j < n_classes; ++j) {
      const double difference = fabs((double)a[j] - (double)b[j]);
      largest = difference <= largest ? largest : difference; /* a NaN is the largest */
    }
  }
  if (n_equal == n)
    printf("all %zu", n);
  else
    printf("%zu of %zu", n_equal, n);
  printf(" predictions are equal, largest difference of two logits %g\n", largest);
  free(files[0]);
  free(files[1]);
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 5 && strcmp(argv[1], "--compare") == 0)
    return compare(strtoul(argv[2], NULL, 10), (const char *const[]){argv[3], argv[4]});
  return argc == 3 ? write_logits(argv[1], argv[2]) : 2;
}
