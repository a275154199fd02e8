/* A run trained again from what its folder claims, and compared with it: proof that the claims are what this training
 * gives. Times, the machine and what run.json says of name, author and command are not compared: training does not give
 * them. */
#ifndef MS_RUN_REPLAY_H
#define MS_RUN_REPLAY_H

#include "runtime/run/run_read.h"

#define MS_DIFFERENCE_SIZE 1024

struct ms_replay {
  const struct ms_data *data;          /* of the runs: images of another data set that validate are behind data's */
  const struct ms_observer *observer;  /* its step and stop are called; may be NULL */
  char difference[MS_DIFFERENCE_SIZE]; /* the first: "epoch 7: val_accuracy is 0.98, training gives 0.97"; "": none */
};

/* The whole run: images, every epoch, how training ended, weights, accuracies; first the run that it began from, which
 * is looked for where run.json says, then beside it. MS_OK: see difference. MS_ERROR_UNSUPPORTED: it is of another
 * numerics contract. MS_STOPPED: the observer stopped it. */
enum ms_status ms_replay(const char *folder, const struct ms_run *run, struct ms_replay *replay);

/* Epochs first to last alone, from the checkpoint that was kept before them (epoch first - 1), or from random weights
 * for the first epoch. Adam's moments in that checkpoint are taken on trust, its weights are compared with metrics.csv.
 * MS_ERROR_ARGUMENT: no such epochs, or no checkpoint. */
enum ms_status ms_replay_part(const char *folder, const struct ms_run *run, size_t first, size_t last,
                              struct ms_replay *replay);

/* The parts that ms_replay_part can take: (1, k), (k + 1, l), ..., where epochs k and l were kept. *n of them, at most
 * MS_MAX_EPOCHS; free(*parts). */
struct ms_replay_range {
  size_t first, last;
};
enum ms_status ms_replay_parts(const char *folder, const struct ms_run *run, struct ms_replay_range **parts, size_t *n);

#endif
