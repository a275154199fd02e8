/* A run's folder in use, and when its checkpoints are written. */
#include "runtime/run/checkpoint_saver.h"

#include <stdio.h>

#include "runtime/nn/checkpoint.h"
#include "runtime/platform/clock.h"
#include "runtime/platform/error.h"

static const double share = 0.005;     /* of the time, for checkpoints */
static const double long_epoch_s = 60; /* after which one is due within an epoch */

enum ms_status ms_checkpoint_saver_open(const char *folder, struct ms_checkpoint_saver *saver) {
  *saver = (struct ms_checkpoint_saver){.every_epochs = 0};
  MS_TRY(ms_make_folder(folder));
  const enum ms_status status = ms_run_lock(folder, &saver->lock);
  if (status != MS_OK) {
    ms_os_remove_folder(folder); /* goes only if it is empty */
    return status;
  }
  snprintf(saver->folder, sizeof saver->folder, "%s", folder);
  return MS_OK;
}

void ms_checkpoint_saver_close(struct ms_checkpoint_saver *saver) {
  ms_run_unlock(&saver->lock);
  ms_os_remove_folder(saver->folder); /* goes only if it is empty */
  ms_checkpoint_free(saver->checkpoint);
  saver->checkpoint = NULL;
}

void ms_checkpoint_saver_start(struct ms_checkpoint_saver *saver) {
  saver->start_s = saver->last_s = ms_clock_s();
}

static bool is_due(const struct ms_checkpoint_saver *k, enum ms_moment moment, size_t epochs_done, double now) {
  if (moment == MS_AT_STOP || k->request == MS_REQUESTED || (moment == MS_AFTER_EPOCH && k->after_next_epoch))
    return true;
  if (k->every_epochs > 0 || k->every_s > 0)
    return (k->every_epochs > 0 && moment == MS_AFTER_EPOCH && epochs_done % k->every_epochs == 0) ||
           (k->every_s > 0 && now - k->last_s >= k->every_s);
  return (moment == MS_AFTER_EPOCH || now - k->last_s >= long_epoch_s) && k->spent_s <= share * (now - k->start_s);
}

enum ms_status ms_checkpoint_saver_offer(struct ms_checkpoint_saver *k, enum ms_moment moment,
                                         const struct ms_train_state *state) {
  const double now = ms_clock_s();
  const bool is_over = state->at.epoch > state->config->epochs; /* the model is about to be saved */
  if ((is_over && !k->after_next_epoch) || !is_due(k, moment, state->at.epoch - 1, now))
    return MS_OK;
  enum ms_status status = ms_run_lock_check(&k->lock, k->folder);
  if (status == MS_OK)
    status = ms_checkpoint_pair_save(&k->pair, state, &k->notes);
  k->last_s = ms_clock_s();
  k->spent_s += k->last_s - now;
  if (status == MS_OK) {
    ++k->n_saved;
    k->request = k->request == MS_REQUESTED ? MS_REQUEST_DONE : k->request;
    k->after_next_epoch = k->after_next_epoch && moment != MS_AFTER_EPOCH;
    k->epoch = state->at.epoch;
    k->step = state->at.step;
  }
  /* A weight that is not finite ends training at a place of its own, whenever a checkpoint was due. */
  return status == MS_ERROR_NUMERIC ? MS_OK : status;
}
