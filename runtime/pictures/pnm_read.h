/* Portable anymaps: PBM, PGM and PPM, as text or bytes. For ms_picture_read, which knows the format by the first
 * bytes. Source: the manual pages pbm, pgm and ppm of Netpbm. */
#ifndef MS_PICTURES_PNM_READ_H
#define MS_PICTURES_PNM_READ_H

#include "runtime/pictures/picture.h"

/* file: all n_bytes of it, beginning with "P1" to "P6". The first picture is read of several. As ms_picture_read
 * otherwise. */
enum ms_status ms_pnm_read(const char *path, const uint8_t *file, size_t n_bytes,
                           const struct ms_picture_limits *limits, struct ms_picture *picture);

#endif
