/* Trains a network on arrays of the caller and asks it about one image. The images are 8 x 8 pixels of noise with one
 * bright row; the class is that row. */
#include <mnist_simd.h>
#include <stdio.h>

enum { N = 4000, SIDE = 8, PIXELS = SIDE * SIDE, CLASSES = SIDE };
static uint8_t images[N][PIXELS], labels[N];

static void draw_images(void) {
  uint32_t random = 1;
  for (int i = 0; i < N; ++i) {
    labels[i] = (uint8_t)(i % CLASSES);
    for (int p = 0; p < PIXELS; ++p) {
      random = 1664525 * random + 1013904223;
      images[i][p] = (uint8_t)((random >> 25) + (p / SIDE == labels[i] ? 64 : 0));
    }
  }
}

int main(void) {
  struct ms_config *config = NULL;
  struct ms_network *network = NULL;
  struct ms_train_result result;
  float probabilities[CLASSES];
  draw_images(); /* the last one is not trained on */
  const struct ms_dataset train = {
      .n = N - 1, .rows = SIDE, .cols = SIDE, .n_classes = CLASSES, .images = images[0], .labels = labels};

  if (ms_init(NULL, 0) != MS_OK || ms_config_preset("unregularised", &config) != MS_OK ||
      ms_config_set(config, "hidden", "32") != MS_OK || ms_config_set(config, "lr", "0.01") != MS_OK ||
      ms_train(config, &train, NULL, NULL, &network, &result) != MS_OK ||
      ms_predict_bytes(network, 1, images[N - 1], MS_PROBABILITIES, probabilities) != MS_OK) {
    fprintf(stderr, "%s\n", ms_error_message());
    return 1;
  }
  printf("%zu epochs; the bright row is row %d with probability %.3f\n", result.epochs_run, labels[N - 1],
         (double)probabilities[labels[N - 1]]);
  ms_network_free(network);
  ms_config_free(config);
  ms_shutdown();
  return 0;
}
