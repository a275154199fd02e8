/* Tables of an evaluation, for a terminal. */
#include "runtime/cli/print.h"

#include <stdio.h>

static void print_classes(const struct ms_evaluation *e) {
  printf("\nclass  precision  recall      F1  images\n");
  for (size_t c = 0; c < e->n_classes; ++c)
    printf("%5zu     %6.4f  %6.4f  %6.4f  %6zu\n", c, e->precision[c], e->recall[c], e->f1[c], e->support[c]);
  printf("macro F1 %.4f\n", e->macro_f1);
}

static void print_confusion(const struct ms_evaluation *e) {
  printf("\nConfusion matrix: a row per true class, a column per predicted class\n      ");
  for (size_t c = 0; c < e->n_classes; ++c)
    printf(" %5zu", c);
  putchar('\n');
  for (size_t row = 0; row < e->n_classes; ++row) {
    printf("%5zu ", row);
    for (size_t col = 0; col < e->n_classes; ++col) {
      const size_t count = e->confusion[row * e->n_classes + col];
      if (count > 0)
        printf(" %5zu", count);
      else
        printf("     .");
    }
    putchar('\n');
  }
}

const char *plural_s(size_t n) {
  return n == 1 ? "" : "s";
}

void format_loss(char text[16], double loss) {
  snprintf(text, 16, loss < 1000 ? "%.4f" : "%.1e", loss);
}

void print_evaluation(const struct ms_evaluation *e) {
  char loss[16];
  format_loss(loss, e->loss);
  printf("Test accuracy %.2f %%: %zu of %zu images misclassified, loss %s\n", 100 * e->accuracy, e->errors, e->n, loss);
  print_classes(e);
  print_confusion(e);
}

void print_network(const struct ms_network *network) {
  printf("%zu", ms_network_layer(network, 0).n_in);
  for (size_t l = 0; l < ms_network_layers(network); ++l)
    printf(" -> %zu", ms_network_layer(network, l).n_out);
  printf(", %zu parameters\n", ms_network_parameters(network));
}
