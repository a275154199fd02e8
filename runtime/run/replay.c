/* A run trained again, and compared with what its folder claims. */
#include "runtime/run/replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/kernels.h"
#include "runtime/nn/checkpoint.h"
#include "runtime/nn/network.h"
#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"
#include "runtime/platform/system.h"
#include "runtime/run/folder.h"
#include "runtime/run/origin.h"
#include "runtime/run/replay_compare.h"

enum { MAX_CHAIN = 32 }; /* runs that began from one another */

/* ---- Training again ---- */

struct session {
  struct ms_replay *replay;
  const struct ms_run *run;
  struct ms_split split;
  size_t last;           /* epoch, after which training ends */
  const char *keep_path; /* of a checkpoint to be written then; NULL: none */
};

static void on_step(void *context, const struct ms_step *step) {
  const struct ms_observer *o = ((struct session *)context)->replay->observer;
  if (o && o->step)
    o->step(o->context, step);
}

static bool on_stop(void *context) {
  const struct ms_observer *o = ((struct session *)context)->replay->observer;
  return o && o->stop && o->stop(o->context);
}

static enum ms_status on_epoch(void *context, const struct ms_epoch *epoch) {
  struct session *s = context;
  if (epoch->epoch > s->run->n_epochs)
    ms_replay_compare_size(s->replay, s->run->n_epochs, epoch->epoch, "epochs_run");
  else
    ms_replay_compare_epoch(s->replay, &s->run->epochs[epoch->epoch - 1], epoch);
  return s->replay->difference[0] ? ms_fail(MS_STOPPED, "%s", s->replay->difference) : MS_OK;
}

static enum ms_status on_keep(void *context, enum ms_moment moment, const struct ms_train_state *state) {
  const struct session *s = context;
  if (moment != MS_AFTER_EPOCH || state->at.epoch - 1 != s->last)
    return MS_OK;
  if (s->keep_path)
    MS_TRY(ms_checkpoint_save(state, NULL, s->keep_path));
  return s->last < state->config->epochs && (s->keep_path || s->run->interrupted || s->last < s->run->n_epochs)
             ? ms_fail(MS_STOPPED, "replayed to epoch %zu", s->last)
             : MS_OK;
}

/* From a checkpoint, or from random weights if it is NULL, to the epoch `last`. *network: the model then. */
static enum ms_status train(const struct ms_run *run, const struct ms_checkpoint *from, size_t last,
                            const char *keep_path, struct ms_replay *replay, struct ms_network **network,
                            struct ms_train_result *result) {
  struct session s = {.replay = replay, .run = run, .last = last, .keep_path = keep_path};
  const struct ms_observer observer = {&s, on_step, on_epoch, on_stop, on_keep};
  *network = NULL;
  enum ms_status status = ms_split_make(&replay->data->train, run->config, &s.split);
  if (status == MS_OK) {
    const struct ms_dataset *validation = s.split.validation.n > 0 ? &s.split.validation : NULL;
    status = from ? ms_train_resume(from, &s.split.train, validation, &observer, network, result)
                  : ms_train(run->config, &s.split.train, validation, &observer, network, result);
    const bool is_stopped =
        replay->observer && replay->observer->stop && replay->observer->stop(replay->observer->context);
    if (status == MS_STOPPED && !is_stopped)
      status = MS_OK;
  }
  if ((status == MS_ERROR_ARGUMENT || status == MS_ERROR_NUMERIC || status == MS_ERROR_DATA) &&
      !replay->difference[0]) { /* its configuration cannot be trained, or not to its end */
    snprintf(replay->difference, sizeof replay->difference, "cannot be trained: %.900s", ms_error_message());
    status = MS_OK;
  }
  ms_split_free(&s.split);
  return status;
}

/* ---- Where it began ---- */

/* A run that another one began from. */
struct link {
  struct ms_run run;
  char path[MS_PATH_SIZE];
};

static enum ms_status read_parent(const char *path, const struct ms_run_origin *origin, struct ms_run *parent) {
  MS_TRY(ms_run_read(path, parent));
  if (strcmp(parent->weights_sha256, origin->weights_sha256) == 0)
    return MS_OK;
  ms_run_free(parent);
  return MS_ERROR_DATA;
}

/* The folder that run.json names, or one of its name beside this run's. */
static enum ms_status find_parent(const char *folder, const struct ms_run_origin *origin, struct ms_run *parent,
                                  char path[MS_PATH_SIZE]) {
  snprintf(path, MS_PATH_SIZE, "%s", origin->folder);
  const enum ms_status status = read_parent(path, origin, parent);
  char here[MS_PATH_SIZE];
  if (status != MS_ERROR_DATA || !ms_os_full_path(folder, here))
    return status;
  size_t length = strlen(origin->folder);
  while (length > 0 && ms_os_is_slash(origin->folder[length - 1]))
    --length;
  size_t first = length;
  while (first > 0 && !ms_os_is_slash(origin->folder[first - 1]))
    --first;
  snprintf(path, MS_PATH_SIZE, "%.*s%.*s", (int)(ms_last_part(here) - here), here, (int)(length - first),
           origin->folder + first);
  return read_parent(path, origin, parent);
}

/* The parent's epochs to the one that the run began from. *state: of the parent's beginning, NULL for random weights;
 * then that of the run's, unless there is a difference. */
static enum ms_status replay_link(const struct link *parent, const struct ms_run *run, const char *keep_path,
                                  struct ms_replay *replay, struct ms_checkpoint **state) {
  const struct ms_run_origin *origin = run->about.origin;
  struct ms_checkpoint *before = *state;
  struct ms_network *network;
  struct ms_train_result result;
  *state = NULL;
  enum ms_status status =
      train(&parent->run, before, origin->epoch, origin->has_moments ? keep_path : NULL, replay, &network, &result);
  ms_checkpoint_free(before);
  for (size_t i = 0; status == MS_OK && i < origin->epoch && i < run->n_epochs; ++i)
    ms_replay_compare_epoch(replay, &run->epochs[i], &parent->run.epochs[i]);
  if (status == MS_OK && !replay->difference[0] && origin->has_moments) {
    status = ms_checkpoint_load(keep_path, state);
    if (status == MS_OK)
      status = ms_origin_with_moments(*state, run->config);
  } else if (status == MS_OK && !replay->difference[0]) {
    status = ms_origin_without_moments(network, origin->epoch, run, run->config, state);
  }
  ms_network_free(network);
  if (status == MS_ERROR_ARGUMENT) {
    snprintf(replay->difference, sizeof replay->difference, "from: %.900s", ms_error_message());
    status = MS_OK;
  }
  if (replay->difference[0] && strncmp(replay->difference, "from: ", 6) != 0) {
    char words[MS_DIFFERENCE_SIZE];
    snprintf(words, sizeof words, "from %.300s: %.700s", parent->path, replay->difference);
    strcpy(replay->difference, words);
  }
  return status;
}

/* The runs before it, the nearest first, to the one that began with random weights. A missing one is a difference. */
static enum ms_status find_links(const char *folder, const struct ms_run *run, struct ms_replay *replay,
                                 struct link links[MAX_CHAIN], size_t *n) {
  const struct ms_run_origin *origin = run->about.origin;
  for (*n = 0; origin; ++*n) {
    struct link *link = &links[*n];
    const enum ms_status status = *n < MAX_CHAIN ? find_parent(folder, origin, &link->run, link->path) : MS_ERROR_DATA;
    if (status == MS_ERROR_MEMORY)
      return status;
    if (status == MS_OK && link->run.result.model_epoch == origin->epoch) {
      folder = link->path;
      origin = link->run.about.origin;
      continue;
    }
    snprintf(replay->difference, sizeof replay->difference,
             *n < MAX_CHAIN
                 ? "from: no run %.300s with weights %.16s... of epoch %zu: put the folder of that run beside this one"
                 : "from: %.300s (weights %.16s..., epoch %zu) ends a chain of runs that is too long",
             origin->folder, origin->weights_sha256, origin->epoch);
    replay->is_not_here = true;
    *n += status == MS_OK; /* is to be freed too */
    return MS_OK;
  }
  return MS_OK;
}

static enum ms_status replay_links(const struct link *links, size_t n, const struct ms_run *run,
                                   struct ms_replay *replay, struct ms_checkpoint **state) {
  char folder[MS_PATH_SIZE], keep_path[MS_PATH_SIZE];
  if (!ms_os_make_temporary_folder(folder))
    return ms_fail(MS_ERROR_SYSTEM, "%s: cannot be made: set TMPDIR to another folder", folder);
  enum ms_status status = ms_path_join(keep_path, folder, "state.safetensors");
  for (size_t i = n; status == MS_OK && !replay->difference[0] && i-- > 0;)
    status = replay_link(&links[i], i > 0 ? &links[i - 1].run : run, keep_path, replay, state);
  ms_os_remove(keep_path);
  ms_os_remove_folder(folder);
  return status;
}

/* *start: NULL for a run that began with random weights, and where there is a difference. */
static enum ms_status find_start(const char *folder, const struct ms_run *run, struct ms_replay *replay,
                                 struct ms_checkpoint **start) {
  struct link *links;
  size_t n;
  *start = NULL;
  if (!run->about.origin)
    return MS_OK;
  MS_TRY(ms_allocate(MAX_CHAIN, sizeof *links, "runs", &links));
  enum ms_status status = find_links(folder, run, replay, links, &n);
  if (status == MS_OK && !replay->difference[0])
    status = replay_links(links, n, run, replay, start);
  for (size_t i = 0; i < n; ++i)
    ms_run_free(&links[i].run);
  free(links);
  if (status != MS_OK) {
    ms_checkpoint_free(*start);
    *start = NULL;
  }
  return status;
}

/* ---- A run ---- */

static enum ms_status check_contract(const struct ms_run *run) {
  return run->numerics_contract == MS_CONTRACT_VERSION
             ? MS_OK
             : ms_fail(MS_ERROR_UNSUPPORTED,
                       "of numerics contract %zu, this program's is %d: verify it by the release that wrote it (%s)",
                       run->numerics_contract, MS_CONTRACT_VERSION, run->program);
}

/* The model that a run began with. */
static enum ms_status take_start(const struct ms_checkpoint *start, struct ms_network **network,
                                 struct ms_train_result *result) {
  struct ms_layer_view views[MS_MAX_HIDDEN + 1];
  const size_t n_hidden = start->config->n_hidden;
  for (size_t l = 0; l <= n_hidden; ++l)
    views[l] = (struct ms_layer_view){.n_in = l > 0 ? start->config->hidden[l - 1].units : start->n_inputs,
                                      .n_out = l < n_hidden ? start->config->hidden[l].units : start->n_classes,
                                      .weight = start->layers[l].kept_weight,
                                      .bias = start->layers[l].kept_bias};
  *result = (struct ms_train_result){
      .epochs_run = start->at.epoch - 1, .best_epoch = start->at.best_epoch, .model_epoch = start->at.model_epoch};
  return ms_network_from_layers(n_hidden + 1, views, network);
}

enum ms_status ms_replay(const char *folder, const struct ms_run *run, struct ms_replay *replay) {
  struct ms_checkpoint *start;
  struct ms_network *network = NULL;
  struct ms_train_result result;
  replay->difference[0] = '\0';
  replay->is_not_here = false;
  MS_TRY(check_contract(run));
  ms_replay_compare_images(replay, run);
  if (replay->difference[0])
    return MS_OK;
  MS_TRY(find_start(folder, run, replay, &start));
  enum ms_status status = MS_OK;
  if (!replay->difference[0] && start && run->interrupted && run->n_epochs == start->at.epoch - 1)
    status = take_start(start, &network, &result); /* stopped before its first epoch was done */
  else if (!replay->difference[0])
    status = train(run, start, run->interrupted ? run->n_epochs : run->config->epochs, NULL, replay, &network, &result);
  ms_checkpoint_free(start);
  if (status == MS_OK && !replay->difference[0])
    status = ms_replay_compare_end(replay, run, network, &result);
  ms_network_free(network);
  return status;
}

/* ---- A part of it ---- */

static enum ms_status check_part(const char *path, const struct ms_checkpoint *kept, const struct ms_run *run,
                                 size_t first, struct ms_replay *replay) {
  char digest[65];
  const char *name = ms_config_difference(kept->config, run->config);
  ms_checkpoint_weights_sha256(kept, digest);
  if (kept->at.epoch != first || kept->at.step != 0)
    return ms_fail(MS_ERROR_DATA, "%s: is of epoch %zu, step %zu, not of the end of epoch %zu", path, kept->at.epoch,
                   kept->at.step, first - 1);
  if (name) {
    char claimed[MS_SETTING_SIZE], found[MS_SETTING_SIZE];
    ms_config_get(run->config, name, claimed);
    ms_config_get(kept->config, name, found);
    snprintf(replay->difference, sizeof replay->difference, "%s is %.200s, in the checkpoint of epoch %zu %.200s", name,
             claimed, first - 1, found);
  } else if (strcmp(digest, run->epochs[first - 2].weights_sha256) != 0) {
    snprintf(replay->difference, sizeof replay->difference,
             "epoch %zu: weights_sha256 is %.16s..., that of its checkpoint %.16s...", first - 1,
             run->epochs[first - 2].weights_sha256, digest);
  }
  return MS_OK;
}

enum ms_status ms_replay_part(const char *folder, const struct ms_run *run, size_t first, size_t last,
                              struct ms_replay *replay) {
  char path[MS_PATH_SIZE];
  struct ms_checkpoint *kept = NULL;
  struct ms_network *network = NULL;
  struct ms_train_result result;
  replay->difference[0] = '\0';
  replay->is_not_here = false;
  MS_TRY(check_contract(run));
  if (first < 1 || first > last || last > run->n_epochs)
    return ms_fail(MS_ERROR_ARGUMENT, "epochs %zu to %zu: the run has epochs 1 to %zu", first, last, run->n_epochs);
  MS_TRY(ms_run_folder_epoch_path(path, folder, first - 1));
  if (first == 1 ? run->about.origin != NULL : !ms_exists(path))
    return ms_fail(MS_ERROR_ARGUMENT,
                   "epochs %zu to %zu: no checkpoint was kept before them: give others, or verify the whole run", first,
                   last);
  ms_replay_compare_images(replay, run);
  enum ms_status status = MS_OK;
  if (first > 1 && !replay->difference[0]) {
    status = ms_checkpoint_load(path, &kept);
    if (status == MS_OK)
      status = check_part(path, kept, run, first, replay);
  }
  if (status == MS_OK && !replay->difference[0])
    status = train(run, kept, last, NULL, replay, &network, &result);
  ms_checkpoint_free(kept);
  ms_network_free(network);
  return status;
}

struct kept {
  size_t n, most, *epochs;
};

static void add_epoch(void *context, size_t epoch) {
  struct kept *k = context;
  if (k->n < k->most)
    k->epochs[k->n++] = epoch;
}

static int ascending(const void *a, const void *b) {
  const size_t x = *(const size_t *)a, y = *(const size_t *)b;
  return (x > y) - (x < y);
}

enum ms_status ms_replay_parts(const char *folder, const struct ms_run *run, struct ms_replay_range **parts,
                               size_t *n) {
  struct kept kept = {.most = run->n_epochs + 2};
  *n = 0;
  MS_TRY(ms_allocate(kept.most, sizeof *kept.epochs, "epochs", &kept.epochs));
  const enum ms_status status = ms_allocate(kept.most, sizeof **parts, "epochs", parts);
  ms_run_folder_epochs(folder, add_epoch, &kept);
  qsort(kept.epochs, kept.n, sizeof *kept.epochs, ascending);
  size_t first = run->about.origin ? 0 : 1; /* 0: there is no state to begin with yet */
  for (size_t i = 0; status == MS_OK && i < kept.n && kept.epochs[i] <= run->n_epochs; ++i) {
    if (first > 0)
      (*parts)[(*n)++] = (struct ms_replay_range){first, kept.epochs[i]};
    first = kept.epochs[i] + 1;
  }
  if (status == MS_OK && first > 0 && first <= run->n_epochs)
    (*parts)[(*n)++] = (struct ms_replay_range){first, run->n_epochs};
  free(kept.epochs);
  return status;
}
