/* Images for a terminal, side by side, each above its caption. */
#ifndef MS_REPORT_HALF_BLOCKS_H
#define MS_REPORT_HALF_BLOCKS_H

#include "runtime/platform/text.h"

enum ms_block_style {
  MS_BLOCKS_GREY,  /* half blocks in the greys of a terminal of 256 colours: two pixels a character */
  MS_BLOCKS_PLAIN, /* half blocks: two pixels a character, each there or not */
  MS_BLOCKS_ASCII  /* a character of ASCII for two pixels */
};

enum { MS_CAPTION_SIZE = 120 };
struct ms_captioned {
  const uint8_t *pixels;          /* (rows, cols) */
  char lines[2][MS_CAPTION_SIZE]; /* UTF-8 */
};

/* images: (n), of rows x cols pixels each; margins that are empty in all of them are cut off. Lines hold at most
 * `width` characters: what does not fit goes below, images that are wider become smaller. */
void ms_draw_images(struct ms_text *text, enum ms_block_style style, const struct ms_captioned *images, size_t n,
                    size_t rows, size_t cols, size_t width);

#endif
