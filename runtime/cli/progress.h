/* Progress of training: a live line on a terminal, one plain line per epoch everywhere. */
#ifndef MS_CLI_PROGRESS_H
#define MS_CLI_PROGRESS_H

#include "runtime/cli/terminal.h"
#include "runtime/mnist_simd.h"

struct progress {
  char name[32];             /* of the run, with a blank behind it, "" where there is but one */
  size_t n_epochs, n_images; /* of the run; images of one epoch */
  struct live_line line;
  double start_s, epoch_start_s; /* clock readings */
  double done_before;            /* epochs that were done when this began */
  size_t images_before;          /* images of the first epoch that were done */
};

/* epoch, images: where this begins, 1 and 0 unless a run is gone on with. */
void progress_start(struct progress *progress, size_t n_epochs, size_t n_images, size_t epoch, size_t images);
void progress_step(struct progress *progress, const struct ms_step *step);
void progress_epoch(struct progress *progress, const struct ms_epoch *epoch);

#endif
