/* What is written on paper, apart from the paper: shadows, noise and ruled lines taken away. */
#ifndef MS_PICTURES_INK_H
#define MS_PICTURES_INK_H

#include "runtime/pictures/picture.h"

#define MS_INK_SIDE 1024 /* longer pictures are made smaller first: a digit needs 20 pixels */

struct ms_ink {
  size_t rows, cols;
  float *value;  /* (rows, cols), from 0, paper, to 255, the darkest of the ink: also of light strokes on dark ground */
  uint8_t *mask; /* (rows, cols): 1 where there is ink */
  bool is_dark;  /* the ink is darker than its ground */
};

/* MS_ERROR_DATA: nothing is written on it. MS_ERROR_MEMORY. Free with ms_ink_free. name: of the picture, for messages.
 * The same values on every machine: sums in a fixed order, no function of libm. */
enum ms_status ms_ink_find(const char *name, const struct ms_picture *picture, struct ms_ink *ink);
void ms_ink_free(struct ms_ink *ink);

#endif
