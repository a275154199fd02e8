/* PNG files, by libpng. For ms_picture_read, which knows the format by the first bytes. */
#ifndef MS_PICTURES_PNG_READ_H
#define MS_PICTURES_PNG_READ_H

#include "runtime/pictures/picture.h"

#define MS_PNG_MAGIC "\x89PNG\r\n\x1a\n"

/* file: all n_bytes of it, beginning with MS_PNG_MAGIC; path is for messages. As ms_picture_read otherwise. */
enum ms_status ms_png_read(const char *path, const uint8_t *file, size_t n_bytes,
                           const struct ms_picture_limits *limits, struct ms_picture *picture);

#endif
