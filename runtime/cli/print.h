/* What sub-commands print of an evaluation. */
#ifndef MS_CLI_PRINT_H
#define MS_CLI_PRINT_H

#include "runtime/mnist_simd.h"
#include "runtime/report/half_blocks.h"

/* The line of accuracy, errors and loss on the test images. */
void print_test(const struct ms_evaluation *evaluation);

/* What a folder's file system lacks, in a line each. */
void print_storage(bool is_durable, bool is_locked);

/* "784 -> 1024 -> 512 -> 10, 1333770 parameters" */
void print_network(const struct ms_network *network);

/* "Written: PATH: 784 -> ...", and the digest of its weights. */
void print_model(const char *what, const char *path, const struct ms_network *network);

/* Images side by side, as wide as the terminal, else in 80 columns: with half blocks where LC_ALL, LC_CTYPE or LANG
 * says UTF-8, in greys on a terminal. */
enum ms_status print_images(const struct ms_captioned *images, size_t n, size_t rows, size_t cols);

/* The captions of an image: "image 5: 9 Ankle boot" and "predicted 7 Sneaker, 99.10 %". What is too long of a name is
 * cut off. */
void caption_label(struct ms_captioned *image, size_t index, const char *const *names, uint8_t label);
void caption_prediction(struct ms_captioned *image, const char *const *names, uint8_t class, float confidence);

/* The first n misclassified images with these captions; nothing if n is 0 or there are none. */
enum ms_status print_mistakes(const struct ms_dataset *data, const char *const *names,
                              const struct ms_evaluation *evaluation, size_t n);

/* "1 epoch", "2 epochs": what follows the noun after a number. */
const char *plural_s(size_t n);

/* Prints an item of a list behind the first `column` characters of the line; where it does not fit, in another line
 * below column 10, at which the first begins. Returns the column behind it. */
__attribute__((format(printf, 2, 3))) int print_item(int column, const char *format, ...);

/* "training best, seed 42, epochs 150, ..." and "hidden 1 units 1024, ...": every setting with its label, but for those
 * that are switched off by 0 or have the first choice. */
void print_settings(const char *preset, const struct ms_config *config);

#define SHELL_WORD_SIZE (4 * 4096 + 3)

/* A path for a command to be typed, to out (SHELL_WORD_SIZE): in quotes if a shell would read anything else into it.
 * Returns out. */
const char *shell_word(char *out, const char *path);

#endif
