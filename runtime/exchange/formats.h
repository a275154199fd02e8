/* The formats that networks are exported in, each a function that adds the whole file to a text. */
#ifndef MS_EXCHANGE_FORMATS_H
#define MS_EXCHANGE_FORMATS_H

#include "runtime/nn/network.h"
#include "runtime/platform/text.h"

/* name: the file's, without folder and ending. */
typedef void ms_export_format(const struct ms_network *network, const char *name, struct ms_text *file);

ms_export_format ms_export_npz, ms_export_c_header, ms_export_onnx, ms_export_torch;

/* ---- Binary fields ---- */

/* The lowest n_bytes bytes of a number, the lowest first. */
void ms_add_number(struct ms_text *text, uint64_t number, int n_bytes);
/* Float32, little-endian. */
void ms_add_floats(struct ms_text *text, const float *values, size_t n);

#endif
