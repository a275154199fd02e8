/* The header of a checkpoint file: metadata, and the tensors that follow from them. */
#ifndef MS_RUN_CHECKPOINT_HEADER_H
#define MS_RUN_CHECKPOINT_HEADER_H

#include "runtime/nn/checkpoint.h"

enum { CHECKPOINT_LENGTH_BYTES = 8, CHECKPOINT_MAX_HEADER_BYTES = 1 << 20 };
#define CHECKPOINT_MAX_SECONDS 1e12 /* what run.json may say, too */

struct checkpoint_header {
  struct ms_config *config;
  struct ms_train_counters at;
  size_t n_inputs, n_classes, contract;
  char *preset, *data_sha256, *about; /* about: NULL or "" for none */
  size_t metrics_bytes, times_bytes;
};

/* MS_ERROR_ARGUMENT, naming the note: the file cannot hold it. */
enum ms_status ms_checkpoint_notes_check(const struct ms_checkpoint_notes *notes);

/* Units before layer l, from 0: the inputs; of n_hidden + 1: the classes. */
size_t ms_checkpoint_width(const struct checkpoint_header *h, size_t l);

/* Whether there is a kept model that is not the state's own. */
bool ms_checkpoint_keeps_other(const struct checkpoint_header *h);

/* The text, to be freed, and the bytes of all tensors but the digest, which may be more than a size_t holds. NULL if
 * memory is missing. */
char *ms_checkpoint_header_text(const struct checkpoint_header *h, uint64_t *tensor_bytes);

/* The text's bytes with the spaces behind it. */
size_t ms_checkpoint_header_bytes(size_t text_bytes);

/* Reads the metadata, which may be anything. The caller frees config, preset, data_sha256 and about, also after a
 * failure. */
enum ms_status ms_checkpoint_header_read(const char *path, const char *text, size_t n_bytes,
                                         struct checkpoint_header *h);

/* MS_ERROR_DATA if the header is not the one that its metadata give. */
enum ms_status ms_checkpoint_header_check(const char *path, const char *text, size_t n_bytes,
                                          const struct checkpoint_header *h, uint64_t *tensor_bytes);

#endif
