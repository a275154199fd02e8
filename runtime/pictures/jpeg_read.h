/* JPEG files, by libjpeg (libjpeg-turbo, where a distribution has it). For ms_picture_read, which knows the format by
 * the first bytes. */
#ifndef MS_PICTURES_JPEG_READ_H
#define MS_PICTURES_JPEG_READ_H

#include "runtime/pictures/picture.h"

#define MS_JPEG_MAGIC "\xff\xd8\xff"

/* file: all n_bytes of it, beginning with MS_JPEG_MAGIC. Turned upright as its Exif block says: cameras store what
 * their sensor saw. As ms_picture_read otherwise. */
enum ms_status ms_jpeg_read(const char *path, const uint8_t *file, size_t n_bytes,
                            const struct ms_picture_limits *limits, struct ms_picture *picture);

#endif
