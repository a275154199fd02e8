/* NPZ archives: a zip file without compression, each member a .npy file. Sources: PKWARE's APPNOTE.TXT 6.3.10, sections
 * 4.3.7, 4.3.12 and 4.3.16; numpy/lib/format.py on version 1.0. Reading: runtime/data/npz.h. */
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "runtime/exchange/formats.h"
#include "runtime/run/model_file.h"

enum { NPY_ALIGNMENT = 64, NPY_LENGTH_BYTES = 10, SHAPE_SIZE = 64 };

struct archive {
  struct ms_text *file, directory;
  unsigned n_members;
};

static void add_npy(struct ms_text *npy, const char *shape, const float *values, size_t n) {
  char text[3 * NPY_ALIGNMENT];
  int length = snprintf(text, sizeof text, "{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }", shape);
  while ((NPY_LENGTH_BYTES + length + 1) % NPY_ALIGNMENT != 0)
    text[length++] = ' ';
  text[length++] = '\n';
  ms_text_add_bytes(npy, "\x93NUMPY\1\0", 8);
  ms_add_number(npy, (uint64_t)length, 2);
  ms_text_add_bytes(npy, text, (size_t)length);
  ms_add_floats(npy, values, n);
}

/* The fields that a member's header and its entry in the directory share: all but the first and last ones. */
static void add_fields(struct ms_text *text, size_t name_bytes, const struct ms_text *npy) {
  const uint64_t needed_version = 20, first_of_january_1980 = 0x21; /* a date of its own would change the bytes */
  ms_add_number(text, needed_version, 2);
  ms_add_number(text, 0, 2); /* flags */
  ms_add_number(text, 0, 2); /* stored */
  ms_add_number(text, first_of_january_1980 << 16, 4);
  ms_add_number(text, crc32_z(0, (const uint8_t *)npy->data, npy->length), 4);
  ms_add_number(text, npy->length, 4);
  ms_add_number(text, npy->length, 4);
  ms_add_number(text, name_bytes, 2);
  ms_add_number(text, 0, 2); /* no extra fields */
}

static void add_member(struct archive *a, const char *array, const char *shape, const float *values, size_t n) {
  struct ms_text npy = {0}, *directory = &a->directory;
  char name[MS_TENSOR_NAME_SIZE + 8];
  const size_t name_bytes = (size_t)snprintf(name, sizeof name, "%s.npy", array), at = a->file->length;
  add_npy(&npy, shape, values, n);
  a->file->failed |= npy.failed;
  if (!a->file->failed) {
    ms_text_add_bytes(a->file, "PK\3\4", 4);
    add_fields(a->file, name_bytes, &npy);
    ms_text_add(a->file, name);
    ms_text_add_bytes(a->file, npy.data, npy.length);
    ms_text_add_bytes(directory, "PK\1\2", 4);
    ms_add_number(directory, 20, 2); /* version of the writer */
    add_fields(directory, name_bytes, &npy);
    ms_add_number(directory, 0, 2 + 2 + 2); /* comment, disk, attributes: none */
    ms_add_number(directory, 0, 4);         /* nor of the system's */
    ms_add_number(directory, at, 4);
    ms_text_add(directory, name);
    ++a->n_members;
  }
  ms_text_free(&npy);
}

static void add_end(struct archive *a) {
  const size_t at = a->file->length;
  a->file->failed |= a->directory.failed;
  if (a->file->failed)
    return;
  ms_text_add_bytes(a->file, a->directory.data, a->directory.length);
  ms_text_add_bytes(a->file, "PK\5\6", 4);
  ms_add_number(a->file, 0, 2 + 2); /* disks */
  ms_add_number(a->file, a->n_members, 2);
  ms_add_number(a->file, a->n_members, 2);
  ms_add_number(a->file, a->directory.length, 4);
  ms_add_number(a->file, at, 4);
  ms_add_number(a->file, 0, 2); /* no comment */
}

void ms_export_npz(const struct ms_network *network, const char *name, struct ms_text *file) {
  struct archive a = {.file = file};
  char array[MS_TENSOR_NAME_SIZE], shape[SHAPE_SIZE];
  (void)name;
  for (size_t l = 0; l < network->n_layers; ++l) {
    const struct ms_dense *layer = &network->layers[l];
    ms_weight_name(array, l);
    snprintf(shape, sizeof shape, "%zu, %zu", layer->n_in, layer->n_out);
    add_member(&a, array, shape, layer->weight, layer->n_in * layer->n_out);
    ms_bias_name(array, l);
    snprintf(shape, sizeof shape, "%zu,", layer->n_out);
    add_member(&a, array, shape, layer->bias, layer->n_out);
  }
  add_end(&a);
  ms_text_free(&a.directory);
}
