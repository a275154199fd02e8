/* Progress of training: a live line on a terminal, one plain line per epoch elsewhere. */
#ifndef MS_CLI_PROGRESS_H
#define MS_CLI_PROGRESS_H

#include "runtime/mnist_simd.h"

struct progress {
  size_t n_epochs, n_images; /* of the run; images of one epoch */
  bool terminal;
  double start_s, epoch_start_s, drawn_s; /* clock readings; drawn_s of the live line */
  double done_before;                     /* epochs that were done when this began */
  size_t images_before;                   /* images of the first epoch that were done */
};

/* epoch, images: where this begins, 1 and 0 unless a run is gone on with. */
void progress_start(struct progress *progress, size_t n_epochs, size_t n_images, size_t epoch, size_t images);
void progress_step(struct progress *progress, size_t epoch, size_t step, size_t n_steps, size_t images, double loss,
                   double accuracy);
void progress_epoch(struct progress *progress, const struct ms_epoch *epoch);

/* Takes the live line away, before anything else is printed. */
void progress_clear(const struct progress *progress);

#endif
