/* Which way up a photograph is. */
#ifndef MS_PICTURES_ORIENTATION_H
#define MS_PICTURES_ORIENTATION_H

#include "runtime/pictures/picture.h"

/* The orientation that the Exif block of a JPEG file says, 1 to 8; 1, upright, where there is none or it is damaged.
 * Source: Exif 2.3, sections 4.5.4 and 4.6.4, tag 274. */
int ms_exif_orientation(const uint8_t *file, size_t n_bytes);

/* Turns and mirrors the picture so that it is upright. MS_ERROR_MEMORY: it is as before. */
enum ms_status ms_turn_upright(struct ms_picture *picture, int orientation);

#endif
