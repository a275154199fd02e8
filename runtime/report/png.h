/* PNG images as data URIs, by libpng. */
#ifndef MS_REPORT_PNG_H
#define MS_REPORT_PNG_H

#include "runtime/platform/text.h"

/* Adds "data:image/png;base64,...". ink (height, width): how much ink a pixel has, 0 none to 255 full, as black of that
 * opacity on nothing: the page shows through, and a dark page inverts it. MS_ERROR_MEMORY. */
enum ms_status ms_png_add_ink(struct ms_text *text, const uint8_t *ink, size_t width, size_t height);

/* The same for colours: index (height, width) into palette (n_colours, 3), red, green and blue; at most 256. */
enum ms_status ms_png_add_palette(struct ms_text *text, const uint8_t *index, size_t width, size_t height,
                                  const uint8_t *palette, size_t n_colours);

#endif
