/* Digits in a picture, made into what MNIST's own images are: light on dark, fitted into 20 x 20 pixels by their longer
 * side, and with their centre of mass in the middle of 28 x 28.
 * Source: LeCun, Cortes & Burges, the MNIST database; NIST's images were prepared so. */
#ifndef MS_PICTURES_DIGITS_H
#define MS_PICTURES_DIGITS_H

#include "runtime/pictures/picture.h"

enum { MS_DIGIT_SIDE = 28, MS_MAX_DIGITS = 64 };

struct ms_digits {
  size_t n;
  size_t n_others;                                  /* of one digit: strokes beside it that may be others */
  uint8_t (*pixels)[MS_DIGIT_SIDE * MS_DIGIT_SIDE]; /* (n), line by line, from the left */
  struct {
    size_t top, left, rows, cols;
  } box[MS_MAX_DIGITS]; /* in the picture's pixels */
};

/* One digit, or with many all that stand side by side. MS_ERROR_DATA, naming the picture: nothing is written on it, or
 * more than MS_MAX_DIGITS. MS_ERROR_MEMORY. free(digits->pixels). */
enum ms_status ms_digits_find(const char *name, const struct ms_picture *picture, bool many, struct ms_digits *digits);

/* For what is no digit: the whole picture, stretched to rows x cols by the means of the areas. */
enum ms_status ms_picture_fit(const struct ms_picture *picture, size_t rows, size_t cols, uint8_t *pixels);

#endif
